"""Who sees a diary: stopped with one tap, at once, also for what is on its way; and shared again, all of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection

from bot import storage
from bot.diary.people import ChatId
from bot.storage import checks
from bot.storage.outbox import Urgency
from bot.storage.tables import Action
from tests.handlers.desk import Desk
from tests.stage import newest, text_of

EVENING: Final = datetime(2026, 3, 2, 20, tzinfo=UTC)


async def consents(desk: Desk) -> list[tuple[Any, ...]]:
    return await desk.rows(
        "select given, wording from consents where therapist_id is not null and patient_id = 1 order by id"
    )


async def test_it_names_each_therapist_since_when_with_a_button_to_stop(clinic: Desk) -> None:
    said = await clinic.says(clinic.ada, "/sharing")
    assert "Dr Ito, since Monday 2 March 2026" in said
    assert clinic.ada.labels(clinic.ada.last["message_id"]) == ["Stop sharing with Dr Ito"]


async def test_one_tap_stops_it_at_once_and_the_therapist_is_told_without_content(clinic: Desk) -> None:
    ada, ito = clinic.ada, clinic.ito
    await clinic.until(EVENING)
    await clinic.says(ada, "4 3 5")
    await clinic.says(ito, "/patients")
    await clinic.taps(ito, "Ada L")
    card = ito.last["message_id"]
    await clinic.says(ada, "/sharing")
    said = await clinic.taps(ada, "Stop sharing with Dr Ito")
    assert "From now on Dr Ito does not see your diary." in said
    assert "Only you see it." in said
    assert ada.labels(ada.last["message_id"]) == ["Share with Dr Ito"]
    assert newest(ito) == "Ada L no longer shares the diary with you."
    heard, toasts = len(ito.heard), len(ito.toasts)
    for tap in ("pc:1", "pn:1", "se:1::::"):
        await clinic.sends(ito, tap, card)
    assert len(ito.heard) == heard
    assert len(ito.toasts) == toasts + 3
    for command in ("/patients", "/digest", "/session"):
        assert "Ada" not in await clinic.says(ito, command)
    assert [given for given, _ in await consents(clinic)] == [1, 0], "each yes and no is kept"


async def test_what_is_on_its_way_to_that_therapist_is_not_sent_and_the_rest_is(clinic: Desk) -> None:
    ada, ito = clinic.ada, clinic.ito
    roy = await clinic.therapist(clinic.roy)

    def wait(tx: Connection) -> None:
        patient = storage.people.patient(tx, ChatId(ada.id))
        assert patient is not None
        for chat, words in ((ito.id, "burning 9, to Dr Ito"), (roy.id, "of Ada, to Dr Roy"), (ada.id, "to Ada")):
            storage.outbox.add(
                tx,
                ChatId(chat),
                Action.SEND,
                {"text": words},
                urgency=Urgency.ALERT,
                now=clinic.now,
                patient_id=patient.id,
            )

    await clinic.says(ada, "/sharing")
    await clinic.database.write(wait)
    await clinic.taps(ada, "Stop sharing with Dr Ito")
    assert not [message for message in ito.heard if "burning 9" in text_of(message)]
    assert [text_of(message) for message in roy.heard if "to Dr Roy" in text_of(message)]
    assert [text_of(message) for message in ada.heard if text_of(message) == "to Ada"]


async def test_to_share_again_is_asked_once_more_since_it_shows_everything(clinic: Desk) -> None:
    ada, ito = clinic.ada, clinic.ito
    await clinic.says(ada, "/sharing")
    await clinic.taps(ada, "Stop sharing with Dr Ito")
    said = await clinic.taps(ada, "Share with Dr Ito")
    assert "will then see your whole diary" in said
    assert "Only you see it." in await clinic.taps(ada, "No, leave it")
    assert len(await consents(clinic)) == 2
    said = await clinic.taps(ada, "Share with Dr Ito", "Yes, share it all")
    assert "Dr Ito sees your whole diary from now on." in said
    assert newest(ito) == "Ada L shares the diary with you."
    assert "Ada L" in await clinic.says(ito, "/patients")
    assert [given for given, _ in await consents(clinic)] == [1, 0, 1]
    with checks.reader(clinic.database.path) as reader:
        assert checks.thorough(reader) == []


async def test_old_buttons_and_second_taps_show_the_list_as_it_is_and_tell_nobody_twice(clinic: Desk) -> None:
    ada, ito = clinic.ada, clinic.ito
    await clinic.says(ada, "/sharing")
    button = ada.last["message_id"]
    for tap in ("os:1", "os:1", "oa:1", "oy:1", "oy:1", "oa:1"):
        await clinic.sends(ada, tap, button)
    assert "Dr Ito, since" in newest(ada)
    told = [text_of(message) for message in ito.heard]
    assert told[-2:] == ["Ada L no longer shares the diary with you.", "Ada L shares the diary with you."]
    assert [given for given, _ in await consents(clinic)] == [1, 0, 1]


async def test_a_patient_shares_with_another_therapist_of_the_clinic_too(clinic: Desk) -> None:
    ada, roy = clinic.ada, await clinic.therapist(clinic.roy)
    await clinic.says(ada, "/sharing")
    await clinic.taps(ada, "Share with another therapist")
    said = await clinic.taps(ada, "Dr Roy")
    assert "Dr Roy will then see your whole diary" in said
    assert "Dr Roy sees your whole diary from now on." in await clinic.taps(ada, "Yes, share it all")
    assert newest(roy) == "Ada L shares the diary with you."
    assert ada.labels(ada.last["message_id"]) == ["Stop sharing with Dr Ito", "Stop sharing with Dr Roy"]
    assert "Ada L" in await clinic.says(roy, "/patients")


async def test_nobody_can_be_shown_a_diary_who_is_no_therapist_of_the_clinic(clinic: Desk) -> None:
    await clinic.therapist(clinic.roy)
    await clinic.rows("update therapists set left_at = since where id = 2 returning 1")
    assert "Roy" not in await clinic.says(clinic.ada, "/sharing")
    before = await clinic.everything()
    toasts = len(clinic.ada.toasts)
    for tap in ("oy:2", "os:2", "oa:2", "oy:999", "oy:-1"):
        await clinic.sends(clinic.ada, tap)
    assert await clinic.everything() == before
    assert len(clinic.ada.toasts) == toasts + 5


async def test_who_said_no_at_the_start_can_share_later(clinic: Desk) -> None:
    ben = await clinic.enrol(clinic.ben, clinic.ito, "Ben", share=False)
    assert "Only you see it." in await clinic.says(ben, "/sharing")
    await clinic.taps(ben, "Share with Dr Ito", "Yes, share it all")
    assert newest(clinic.ito) == "Ben shares the diary with you."
    assert "Ben" in await clinic.says(clinic.ito, "/patients")


async def test_who_has_stopped_the_diary_can_still_end_the_sharing(clinic: Desk) -> None:
    await clinic.says(clinic.ada, "/stop")
    await clinic.says(clinic.ada, "/sharing")
    assert "Only you see it." in await clinic.taps(clinic.ada, "Stop sharing with Dr Ito")
    assert await clinic.rows("select ended_at is null from shares") == [(0,)]


async def test_it_is_for_people_with_a_diary(clinic: Desk) -> None:
    assert "people who keep a diary here" in await clinic.says(clinic.ito, "/sharing")
    assert "I work by invitation" in await clinic.says(clinic.max, "/sharing")
