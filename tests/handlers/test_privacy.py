"""What is stored, who sees it, and the wish to be forgotten: every way through it, and every way out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from bot.demo.person import Person
from bot.storage import ledger
from tests.handlers.desk import Desk, clinic_at
from tests.stage import link_in, newest, text_of

EVENING: Final = datetime(2026, 3, 2, 20, tzinfo=UTC)
WEEK: Final = timedelta(days=7)
NOTE: Final = "it burns like the sun of Alentejo"


async def stage_of(desk: Desk, person: Person) -> str | None:
    found = await desk.rows("select stage from patients where chat_id = :chat", chat=person.id)
    return found[0][0] if found else None


async def diary_of(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """Every row but who is expected to say what."""
    everything = await desk.everything()
    return {name: rows for name, rows in everything.items() if name != "accounts"}


async def leaving(desk: Desk) -> Person:
    """Ada answers, writes a note, and wants all of it deleted in seven days."""
    await desk.until(EVENING)
    await desk.says(desk.ada, "4 3 5")
    await desk.says(desk.ada, NOTE)
    await desk.says(desk.ada, "/forget")
    await desk.says(desk.ada, "forget")
    await desk.taps(desk.ada, "In seven days")
    return desk.ada


# --- /privacy -------------------------------------------------------------------------------------------------


async def test_privacy_names_who_sees_it_now_and_says_how_long_and_what_telegram_can_do(clinic: Desk) -> None:
    said = await clinic.says(clinic.ada, "/privacy")
    for part in ("Dr Ito", "not end-to-end encrypted", "14 days", "/export", "/sharing", "/forget", "Riverside"):
        assert part in said
    await clinic.says(clinic.ada, "/sharing")
    await clinic.taps(clinic.ada, "Stop sharing with Dr Ito")
    said = await clinic.says(clinic.ada, "/privacy")
    assert "Dr Ito" not in said
    assert "only you" in said


async def test_privacy_answers_anyone_and_keeps_nothing_of_them(clinic: Desk) -> None:
    before = await clinic.everything()
    said = await clinic.says(clinic.max, "/privacy")
    assert "I keep nothing about you." in said
    assert "not end-to-end encrypted" in said
    assert "Dr Ito" not in said
    assert "the name that patients read" in await clinic.says(clinic.ito, "/privacy")
    for command in ("/export", "/forget"):
        assert "I keep nothing about you." in await clinic.says(clinic.max, command)
    assert "people who keep a diary here" in await clinic.says(clinic.ito, "/forget")
    assert await clinic.everything() == before


async def test_the_number_of_days_is_that_of_the_settings(tmp_path: Path) -> None:
    async with clinic_at(tmp_path, backup_days=3) as desk:
        assert "live 3 days" in await desk.says(desk.ada, "/privacy")
        assert "live 3 days" in await desk.says(desk.ada, "/forget")
        await desk.says(desk.ada, "forget")
        await desk.taps(desk.ada, "At once")
        assert "after 3 days" in newest(desk.ada)


# --- the way to the wish --------------------------------------------------------------------------------------


async def test_forget_says_what_goes_and_what_stays_and_deletes_nothing(clinic: Desk) -> None:
    before = await diary_of(clinic)
    said = await clinic.says(clinic.ada, "/forget")
    for part in ("This goes", "This stays", "I can't take them back", "14 days", "random number", "forget"):
        assert part in said
    assert clinic.ada.labels(clinic.ada.last["message_id"]) == ["Send me a copy first", "Keep my diary"]
    assert await diary_of(clinic) == before


async def test_anything_but_the_word_leaves_everything_as_it_was_and_says_so(clinic: Desk) -> None:
    before = await diary_of(clinic)
    for typed in ("no", "forget it", "7", "4 3 5", "FORGE", "olvidar"):
        await clinic.says(clinic.ada, "/forget")
        assert "Nothing was deleted. All is as it was." in await clinic.says(clinic.ada, typed)
    assert await diary_of(clinic) == before
    await clinic.says(clinic.ada, "forget")
    assert "Kept as a note" in newest(clinic.ada), "only right after the question is it the word"


async def test_the_word_is_known_in_any_case_and_deletes_nothing_yet(clinic: Desk) -> None:
    before = await diary_of(clinic)
    for typed in ("forget", "FORGET", " Forget. "):
        await clinic.says(clinic.ada, "/forget")
        assert "When shall I delete it?" in await clinic.says(clinic.ada, typed)
    assert await diary_of(clinic) == before


async def test_in_spanish_it_is_the_spanish_word(clinic: Desk) -> None:
    await clinic.says(clinic.ada, "/language es")
    assert "olvidar" in await clinic.says(clinic.ada, "/forget")
    assert "No se ha borrado nada." in await clinic.says(clinic.ada, "forget")
    await clinic.says(clinic.ada, "/forget")
    await clinic.says(clinic.ada, "Olvidar")
    await clinic.taps(clinic.ada, "Ahora mismo")
    assert "Ya está." in newest(clinic.ada)
    assert await stage_of(clinic, clinic.ada) is None


async def test_the_spanish_day_of_the_deletion_stands_rightly_in_its_sentence(clinic: Desk) -> None:
    await clinic.says(clinic.ada, "/language es")
    await clinic.says(clinic.ada, "/forget")
    await clinic.says(clinic.ada, "olvidar")
    told = await clinic.taps(clinic.ada, "En siete días")
    told += await clinic.taps(clinic.ada, "Borrarlo ya")
    told += await clinic.says(clinic.ada, "/privacy")
    assert told.count("el lunes 9 de marzo a las 10:0") == 3
    assert "el El" not in told


async def test_a_warning_sign_in_place_of_the_word_is_kept_and_nothing_else_is_said_of_it(clinic: Desk) -> None:
    ada = clinic.ada
    await clinic.says(ada, "/forget")
    seen = len(ada.heard)
    await clinic.says(ada, "I have chest pain after the needles")
    told = [text_of(message) for message in ada.heard[seen:]]
    assert told[0] == "Nothing was deleted. All is as it was."
    assert told[1].startswith("Kept as a note")
    assert "warning sign" in told[2]


async def test_an_hour_later_a_text_is_one_like_any_other(clinic: Desk) -> None:
    await clinic.until(EVENING)
    await clinic.says(clinic.ada, "/forget")
    clinic.clock.move(timedelta(minutes=61))
    await clinic.says(clinic.ada, "4 3 5")
    assert len(await clinic.scores(clinic.ada)) == 3
    await clinic.says(clinic.ada, "/forget")
    clinic.clock.move(timedelta(minutes=61))
    await clinic.says(clinic.ada, "forget")
    assert "Kept as a note" in newest(clinic.ada)


async def test_keep_my_diary_ends_it_and_a_later_word_is_a_note(clinic: Desk) -> None:
    await clinic.says(clinic.ada, "/forget")
    assert "Nothing was deleted." in await clinic.taps(clinic.ada, "Keep my diary")
    await clinic.says(clinic.ada, "forget")
    assert "Kept as a note" in newest(clinic.ada)


async def test_a_copy_first_comes_and_the_question_stands(clinic: Desk) -> None:
    await clinic.says(clinic.ada, "/forget")
    await clinic.taps(clinic.ada, "Send me a copy first")
    assert any("document" in message for message in clinic.ada.heard)
    assert "type the word forget" in newest(clinic.ada)
    assert "When shall I delete it?" in await clinic.says(clinic.ada, "forget")


async def test_a_button_of_an_earlier_time_deletes_nothing_without_the_word(clinic: Desk) -> None:
    await clinic.says(clinic.ada, "/forget")
    await clinic.says(clinic.ada, "forget")
    old = clinic.ada.last["message_id"]
    assert "Nothing was deleted." in await clinic.says(clinic.ada, "at once, please")
    before = await diary_of(clinic)
    for tap in ("of:now", "of:later", "of:now"):
        await clinic.sends(clinic.ada, tap, old)
        assert "Nothing was deleted. To delete your diary, send /forget again." in newest(clinic.ada)
    for tap in ("ob", "on"):
        await clinic.sends(clinic.ada, tap, old)
    assert await diary_of(clinic) == before
    await clinic.says(clinic.ada, "/forget")
    await clinic.sends(clinic.ada, "of:now", old)
    assert await diary_of(clinic) == before, "the word comes first"


async def test_at_once_waits_for_a_copy_that_is_still_on_its_way(clinic: Desk) -> None:
    await clinic.says(clinic.ada, "/forget")
    await clinic.says(clinic.ada, "forget")
    await clinic.rows(
        "insert into outbox (chat_id, patient_id, action, urgency, once, body, state, created_at, tries)"
        ' select chat_id, id, \'send\', 9, 0, \'{"text": "", "recipe": {"kind": "export"}}\', \'waiting\','
        " '2026-03-02 20:00:00.000000', 0 from patients where chat_id = :chat returning id",
        chat=clinic.ada.id,
    )
    await clinic.taps(clinic.ada, "At once")
    assert "Your copy is still on its way." in newest(clinic.ada)
    assert await stage_of(clinic, clinic.ada) == "active"
    await clinic.rows("delete from outbox where urgency = 9 returning id")
    await clinic.taps(clinic.ada, "At once")
    assert "It is done." in newest(clinic.ada)


# --- the week in between --------------------------------------------------------------------------------------


async def test_in_the_week_nothing_is_asked_and_nobody_sees_the_diary(clinic: Desk) -> None:
    ada, ito = clinic.ada, clinic.ito
    await clinic.says(ito, "/patients")
    await leaving(clinic)
    assert "Your diary will be deleted on Monday 9 March at 20:00." in newest(ada)
    assert newest(ito) == "Ada L has ended the diary. It can't be seen any more."
    assert NOTE not in newest(ito)
    heard = len(ada.heard)
    await clinic.until(EVENING + WEEK - timedelta(minutes=1))
    assert len(ada.heard) == heard, "no prompt, no reminder, no digest"
    for command in ("/patients", "/digest", "/session"):
        assert "Ada" not in await clinic.says(ito, command)
    toasts = len(ito.toasts)
    for tap in ("pc:1", "pn:1", "sn:1::::", "sd:1:", "ss:1:0", "so:1:1"):
        await clinic.sends(ito, tap, ito.heard[0]["message_id"])
    assert [toast.text for toast in ito.toasts[toasts:]] == ["This button is no longer in use."] * 6


async def test_whatever_is_sent_meanwhile_is_told_how_it_stands_and_not_kept(clinic: Desk) -> None:
    ada = await leaving(clinic)
    before = await diary_of(clinic)
    for send in ("4 3 5", "a note", "forget", "/today", "/week", "/stop", "/sharing", "/help", "/nothing"):
        assert "Your diary will be deleted on Monday 9 March" in await clinic.says(ada, send)
    mine = ada.send("one more")
    ada.edit(mine["message_id"], "7")
    ada.send_photo(caption="7")
    ada.send_location(38.7, -9.1)
    await clinic.settle()
    assert "What you just sent is not kept." in newest(ada)
    for tap in ("s:20260302:1:9", "nt:20260302", "go:20260302", "en:left:yes", "of:now", "os:1", "oy:1"):
        await clinic.sends(ada, tap)
    assert await diary_of(clinic) == before
    assert "112" in await clinic.says(ada, "/urgent")
    told = await clinic.says(ada, "/privacy")
    assert "nobody any more" in told
    assert "How long: until Monday 9 March at 20:00." in told
    assert "/sharing" not in told, "what does not work now is not offered"
    assert "/stop" not in told
    await clinic.says(ada, "/export")
    assert "document" in ada.last


@pytest.mark.parametrize("way", ["/start", "/forget"])
async def test_within_the_week_it_is_taken_back_and_the_diary_goes_on(clinic: Desk, way: str) -> None:
    ada = await leaving(clinic)
    before = await clinic.scores(ada)
    await clinic.until(EVENING + timedelta(days=3))
    await clinic.says(ada, way)
    await clinic.taps(ada, "Keep my diary after all")
    assert "I will ask you next: tomorrow at 20:00" in newest(ada)
    assert newest(clinic.ito) == "Ada L keeps the diary after all. You can see it again."
    assert await clinic.scores(ada) == before
    assert "Ada L" in await clinic.says(clinic.ito, "/patients")
    await clinic.until(EVENING + timedelta(days=4))
    assert "Burning" in newest(ada)
    await clinic.until(EVENING + timedelta(days=9))
    assert await stage_of(clinic, ada) == "active", "the old end comes to nothing"
    assert await clinic.rows("select day, not_asked from diary_days where not_asked is not null") == []


async def test_a_second_tap_on_taking_it_back_changes_nothing(clinic: Desk) -> None:
    ada = await leaving(clinic)
    button = ada.last["message_id"]
    await clinic.sends(ada, "ob", button)
    before, heard = await clinic.everything(), len(ada.heard)
    await clinic.sends(ada, "ob", button)
    assert await clinic.everything() == before
    assert len(ada.heard) == heard


async def test_who_had_stopped_before_is_stopped_again(clinic: Desk) -> None:
    await clinic.says(clinic.ada, "/stop")
    assert "send /forget" in newest(clinic.ada)
    await clinic.says(clinic.ada, "/forget")
    await clinic.says(clinic.ada, "forget")
    await clinic.taps(clinic.ada, "In seven days", "Keep my diary after all")
    assert "Your diary is stopped." in newest(clinic.ada)
    assert await stage_of(clinic, clinic.ada) == "left"


async def test_who_was_only_enrolling_goes_on_where_they_were_or_is_gone(clinic: Desk) -> None:
    lea = clinic.person(151, "Lea")
    await clinic.says(clinic.ito, "/invite Lea")
    await clinic.opens(lea, clinic.ito)
    await clinic.taps(lea, "Yes, store my answers")
    await clinic.says(lea, "/forget")
    await clinic.says(lea, "forget")
    await clinic.taps(lea, "In seven days", "Keep my diary after all")
    assert "May Dr Ito see your answers and notes?" in newest(lea)
    await clinic.says(lea, "/forget")
    await clinic.says(lea, "forget")
    await clinic.taps(lea, "At once")
    assert await clinic.rows("select 1 from invites where label = 'Lea'") == []


async def test_not_to_wait_for_the_end_takes_the_word_once_more(clinic: Desk) -> None:
    ada = await leaving(clinic)
    await clinic.taps(ada, "Delete it now")
    assert "type the word forget" in newest(ada)
    assert "Your diary will be deleted on" in await clinic.says(ada, "no")
    await clinic.says(ada, "forget")
    assert "Your diary will be deleted on" in newest(ada), "only right after the question is it the word"
    await clinic.says(ada, "/forget")
    await clinic.taps(ada, "Delete it now")
    told = len(clinic.ito.heard)
    assert "It is done." in await clinic.says(ada, "Forget")
    assert await stage_of(clinic, ada) is None
    assert len(clinic.ito.heard) == told, "the therapist knew"


async def test_a_link_opened_within_the_week_does_not_open_a_diary_over_it(clinic: Desk) -> None:
    ada = await leaving(clinic)
    await clinic.says(clinic.ito, "/invite Ada once more")
    assert "Your diary will be deleted on" in await clinic.opens(ada, clinic.ito)
    assert await stage_of(clinic, ada) == "forgetting"
    assert await clinic.rows("select used_at from invites where label = 'Ada once more'") == [(None,)]


# --- and then -------------------------------------------------------------------------------------------------


async def gone(desk: Desk, person: Person) -> None:
    """Not a row, and not a byte in the file or its log, but what is sent from now on."""
    everything = await desk.everything()
    named = {name: row for name, rows in everything.items() for row in rows if person.id in row or "Ada L" in row}
    assert named == {}
    assert await desk.rows("select 1 from outbox where chat_id = :chat", chat=person.id) == []
    path = desk.database.path
    found = b"".join(p.read_bytes() for p in path.parent.glob(f"{path.name}*") if p.is_file())
    assert not [trace for trace in (NOTE.encode(), b"Ada L") if trace in found]


async def test_after_seven_days_all_of_it_is_gone_and_the_person_is_told_once(clinic: Desk) -> None:
    ada = await leaving(clinic)
    assert await clinic.database.write(lambda tx: tx.exec_driver_sql("select tag from patients").scalar()) is not None
    heard, told = len(ada.heard), len(clinic.ito.heard)
    await clinic.until(EVENING + WEEK + timedelta(hours=1))
    assert len(ada.heard) == heard + 1
    assert "It is done. All that I kept about you is deleted." in newest(ada)
    assert len([message for message in clinic.ito.heard[told:] if "Ada" in text_of(message)]) == 0
    await gone(clinic, ada)
    assert len(ledger.tags(ledger.beside(clinic.database.path))) == 1
    await clinic.until(EVENING + 3 * WEEK)
    assert len(ada.heard) == heard + 1


async def test_at_once_is_at_once_and_the_therapist_is_told_without_content(clinic: Desk) -> None:
    ada = clinic.ada
    await clinic.until(EVENING)
    await clinic.says(ada, "4 3 5")
    await clinic.says(ada, NOTE)
    await clinic.says(ada, "/forget")
    await clinic.says(ada, "forget")
    choice = ada.last["message_id"]
    await clinic.taps(ada, "At once")
    assert "It is done." in newest(ada)
    assert newest(clinic.ito) == "Ada L has ended the diary. It can't be seen any more."
    await gone(clinic, ada)
    assert ada.labels(choice) == [], "its buttons are gone"
    for tap in ("of:now", "ob", "on", "oc", "ok"):
        await clinic.sends(ada, tap, choice)
        assert newest(ada) == "I keep nothing about you. /privacy tells more."
    assert "by invitation" in await clinic.says(ada, "4 3 5")
    await gone(clinic, ada)


async def test_the_old_link_is_dead_and_with_a_new_one_they_begin_anew(clinic: Desk) -> None:
    await clinic.says(clinic.ito, "/invite lea")
    second = link_in(clinic.ito.last)
    lea = await clinic.enrol(clinic.person(151, "Lea"), clinic.ito, "Lea")
    opened = next(m["text"] for m in lea.messages if m.get("text", "").startswith("/start "))
    await clinic.says(lea, "/forget")
    await clinic.says(lea, "forget")
    await clinic.taps(lea, "At once")
    assert "I do not know this invitation." in await clinic.says(lea, opened)
    lea.open_link(second)
    await clinic.settle()
    assert "I do not know this invitation." in newest(lea), "a second link by the same name would tell it"
    before = await clinic.rows("select max(id) from patients")
    await clinic.enrol(lea, clinic.ito, "Lea", now=True)
    assert "Burning" in newest(lea)
    ((patient_id, tag),) = await clinic.rows("select id, tag from patients where chat_id = 151")
    assert patient_id > before[0][0]
    assert tag not in ledger.tags(ledger.beside(clinic.database.path))


async def test_old_buttons_in_the_therapists_chat_never_reach_the_next_patient(clinic: Desk) -> None:
    ada, ito = clinic.ada, clinic.ito
    await clinic.says(ito, "/session")
    await clinic.taps(ito, "Today", "Dry needling", "Left foot", "Done")
    undo = ito.last["message_id"]
    await clinic.says(ada, "/forget")
    await clinic.says(ada, "forget")
    await clinic.taps(ada, "At once")
    await clinic.enrol(clinic.ben, ito, "Ben")
    await clinic.says(ito, "/session")
    await clinic.taps(ito, "Today", "Dry needling", "Left foot", "Done")
    for tap in ("pc:1", "pn:1", "sl:1:20260302:o:1", "sx:1:1:1", "sy:1:1", "so:1:1"):
        await clinic.sends(ito, tap, undo)
    assert await clinic.rows("select count(*), count(undone_at) from sessions") == [(1, 0)]
    assert "Ben" not in "".join(text_of(message) for message in ito.heard if message["message_id"] == undo)


async def test_a_therapist_with_a_diary_of_their_own_stays_a_therapist(clinic: Desk) -> None:
    roy = await clinic.therapist(clinic.roy)
    await clinic.enrol(roy, clinic.ito, "Roy as a patient")
    await clinic.says(roy, "/forget")
    await clinic.says(roy, "forget")
    await clinic.taps(roy, "In seven days")
    assert "Your diary will be deleted on" in await clinic.says(roy, "/sharing")
    assert "You have no patients yet." in await clinic.says(roy, "/patients")
    await clinic.says(roy, "/forget")
    await clinic.taps(roy, "Delete it now")
    assert "It is done." in await clinic.says(roy, "forget")
    assert "the name that patients read" in await clinic.says(roy, "/privacy")
    assert await clinic.rows("select name from therapists where chat_id = :chat", chat=roy.id) == [("Dr Roy",)]


async def test_an_admin_of_the_settings_with_a_diary_stays_the_admin(clinic: Desk) -> None:
    ito = clinic.ito
    await clinic.therapist(clinic.roy)
    await clinic.enrol(ito, clinic.roy, "Ito as a patient")
    await clinic.says(ito, "/forget")
    await clinic.says(ito, "forget")
    await clinic.taps(ito, "At once")
    assert "It is done." in newest(ito)
    assert await clinic.rows("select 1 from accounts where chat_id = :chat", chat=ito.id) == [(1,)]


async def test_somebody_who_blocked_the_bot_is_deleted_all_the_same(clinic: Desk) -> None:
    ada = await leaving(clinic)
    ada.block()
    await clinic.settle()
    await clinic.until(EVENING + WEEK + timedelta(hours=1))
    assert await stage_of(clinic, ada) is None
    await gone(clinic, ada)
