"""Words that bring the red-flag card, its two answers, and who hears of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.demo.chats import Standing
from bot.demo.person import Person
from bot.diary.people import Reach
from bot.storage.outbox import Urgency
from tests.handlers.desk import Desk
from tests.stage import ITO, newest, text_of

NOW, NO = "This is happening now", "No"
LIST = "trouble breathing or swallowing"
AGAIN = "This may be about a warning sign, too."


def texts(person: Person, after: int = 0) -> list[str]:
    return [text_of(message) for message in person.heard[after:]]


def buttons(person: Person) -> list[str]:
    return person.labels(person.last["message_id"])


async def minutes(desk: Desk, count: int) -> None:
    """The clock ticks through so many minutes."""
    for _ in range(count):
        desk.clock.move(timedelta(minutes=1))
        await desk.tick()


# --- the card -------------------------------------------------------------------------------------------------


async def test_words_bring_the_card_and_are_kept_first(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "I can't breathe well")
    receipt, card = texts(ada)
    assert "Kept as a note for Monday 2 March." in receipt
    assert card.startswith("Your words may be about a warning sign, so here is the list.")
    assert LIST in card
    assert "Call 112 now if you have:" in card
    assert "not watched around the clock" in card
    assert buttons(ada) == [NOW, NO]
    assert texts(desk.ito) == [], "only a tap is a report"
    assert await desk.rows("select shown_at, due_at, answer from red_flags") == [
        ("2026-03-02 10:00:00.000000", "2026-03-02 10:15:00.000000", None)
    ]
    assert desk.sent[-1].method == "sendMessage"
    assert await desk.rows("select count(*) from outbox where urgency = :first", first=Urgency.RED_FLAG) == [(1,)]


async def test_scores_with_such_words_are_stored_all_the_same(clinic: Desk) -> None:
    """A place may be named so."""
    desk, ada = clinic, clinic.ada
    await desk.rows("update items set site = 'chest' where symptom = 'pain' returning id")
    await desk.says(ada, "chest pain 8")
    assert await desk.scores(ada) == [("2026-03-02", "pain", 8)]
    assert LIST in newest(ada)


@pytest.mark.parametrize("typed", ["/flare my chest hurts", "/yesterday no puedo respirar", "/nonsense chest pain"])
async def test_words_behind_a_command_are_searched_and_kept(clinic: Desk, typed: str) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, typed)
    assert LIST in newest(ada)
    assert len(await desk.rows("select text from notes")) == 1


async def test_words_beside_numbers_that_are_not_understood_are_kept(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "burning 4, numb between my legs")
    assert LIST in newest(ada)
    assert await desk.rows("select text from notes") == [("burning 4, numb between my legs",)]
    assert not any("Nothing was stored" in text for text in texts(ada))


async def test_words_while_another_question_is_open_are_searched_and_kept(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/flare")
    await desk.says(ada, "both legs are weak")
    assert LIST in newest(ada)
    assert await desk.rows("select text from notes") == [("both legs are weak",)]


async def test_someone_who_enrols_gets_the_card_too(clinic: Desk) -> None:
    desk, ben = clinic, clinic.ben
    await desk.says(desk.ito, "/invite Ben")
    await desk.opens(ben, desk.ito)
    await desk.says(ben, "my chest hurts")
    assert LIST in newest(ben)
    await desk.taps(ben, NOW)
    assert "Please call 112 now." in newest(ben)
    assert "I could not tell any therapist. Please call Riverside yourself as well." in newest(ben)
    assert not any("RED FLAG" in text for text in texts(desk.ito)), "no yes to show anything was given"
    await desk.taps(ben, "Yes, store my answers", "Yes, show them")
    desk.clock.move(timedelta(minutes=20))
    await desk.says(ben, "my chest hurts")
    await desk.taps(ben, NOW)
    assert "is on its way to Dr Ito." in newest(ben)
    assert "RED FLAG: Ben says" in newest(desk.ito)


async def test_who_has_stopped_the_diary_gets_the_card_too(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/stop")
    await desk.says(ada, "chest pain")
    assert LIST in newest(ada)
    await desk.taps(ada, NOW)
    assert "RED FLAG: Ada L" in newest(desk.ito), "the yes to Dr Ito stands"


async def test_a_name_that_a_therapist_types_is_no_word_about_oneself(clinic: Desk) -> None:
    desk = clinic
    await desk.says(desk.ito, "/invite Ada Chest Pain")
    await desk.says(desk.ito, "/invite")
    await desk.says(desk.ito, "Chest pain Ben")
    assert not any(LIST in text for text in texts(desk.ito))
    assert "by invitation" in await desk.says(desk.max, "I can't breathe")


async def test_a_cough_counts_after_a_needling(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "a cough since this morning")
    assert LIST not in newest(ada)
    await desk.says(desk.ito, "/session")
    await desk.taps(desk.ito, "Today", "Dry needling", "Back", "Done")
    await desk.says(ada, "a cough since this morning")
    assert LIST in newest(ada)


async def test_a_second_find_is_shown_in_few_words_and_neither_heaped_up_nor_swallowed(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "chest pain")
    first = ada.last["message_id"]
    desk.clock.move(timedelta(minutes=10))
    await desk.says(ada, "and I can't breathe")
    assert newest(ada).startswith(AGAIN)
    assert "call 112 and tap here" in newest(ada)
    assert buttons(ada) == [NOW, NO]
    assert ada.labels(first) == [NOW, NO], "either can be tapped"
    assert await desk.rows("select due_at from red_flags") == [("2026-03-02 10:15:00.000000",)], (
        "its silence is not put off"
    )
    await desk.taps(ada, NO)
    await desk.says(ada, "and my legs are weak")
    assert newest(ada).startswith(AGAIN)
    assert await desk.rows("select answer from red_flags order by id") == [("no",), (None,)], "a question of its own"
    desk.clock.move(timedelta(minutes=15))
    await desk.says(ada, "chest pain")
    assert LIST in newest(ada)


# --- now ------------------------------------------------------------------------------------------------------


async def test_now_tells_the_patient_what_to_do_and_every_therapist_at_once(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.therapist(desk.roy)
    await desk.rows(
        "insert into shares (patient_id, therapist_id, label, since) values (1, 2, 'A. Lima', :at) returning 1",
        at="2026-03-02 10:00:00.000000",
    )
    await desk.says(desk.roy, "/language es")
    await desk.says(ada, "chest pain, secret words")
    card = ada.last["message_id"]
    await desk.taps(ada, NOW)
    assert newest(ada).split("\n\n") == [
        "Please call 112 now.",
        "If the list names another step for your sign, take that one. If you are not sure, call.",
        "A message about this is on its way to Dr Ito and Dr Roy. It may not be seen at once.",
        "Please do not wait for an answer here: nobody watches this chat around the clock.",
    ]
    assert ada.labels(card) == []
    assert text_of(ada.chat.messages[card]).endswith(f"✓ {NOW}")
    assert newest(desk.ito).splitlines() == [
        "RED FLAG: Ada L says that a warning sign is happening now.",
        "Reported Monday 2 March, 10:00 on their clock.",
        "They were told to call 112. Please get in touch with them now.",
    ]
    assert buttons(desk.ito) == ["Seen", "Will call", "Add note", "Notes", "Chart and numbers"]
    assert newest(desk.roy).startswith("SEÑAL DE ALARMA: A. Lima dice")
    assert not any("secret" in text for text in [*texts(desk.ito), *texts(desk.roy)])
    await desk.taps(desk.ito, "Notes")
    assert "secret words" in newest(desk.ito)
    await minutes(desk, 20)
    assert not any("no answer" in text or "undelivered" in text for text in texts(desk.ito))


async def test_in_another_country_it_is_the_local_number(clinic: Desk) -> None:
    desk, ben = clinic, clinic.ben
    await desk.enrol(ben, desk.ito, place="Chicago", now=True)
    await desk.says(ben, "chest pain")
    assert "Call the local emergency number now if you have:" in newest(ben)
    await desk.taps(ben, NOW)
    assert "Please call the local emergency number now." in newest(ben)
    assert "04:00 on their clock" in newest(desk.ito)


async def test_a_traveller_is_where_they_are_and_not_where_they_are_asked_by(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.rows("update patients set local_zone = 'America/Chicago', home_zone = zone returning id")
    await desk.says(ada, "chest pain")
    assert "Call the local emergency number now if you have:" in newest(ada)
    assert "the local emergency number" in await desk.says(ada, "/urgent")


async def test_the_same_tap_twice_is_one_report_and_days_later_a_new_one(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "chest pain")
    card, now = ada.last["message_id"], "rf:1:now"
    await desk.sends(ada, now, card)
    await desk.sends(ada, now, card)
    assert newest(ada).splitlines()[0] == "Please call 112 now."
    assert "You told me at 10:00 that this is happening. It stands." in newest(ada)
    reports = [text for text in texts(desk.ito) if "RED FLAG" in text]
    assert len(reports) == 1
    await desk.jump(desk.now + timedelta(days=3))
    await desk.sends(ada, now, card)
    assert "is on its way to Dr Ito." in newest(ada)
    assert "Reported Thursday 5 March" in newest(desk.ito)
    assert len(await desk.rows("select id from red_flags where answer = 'now'")) == 2


async def test_a_report_of_a_card_that_we_do_not_know_counts_and_is_ones_own(clinic: Desk) -> None:
    desk, ben = clinic, clinic.ben
    await desk.enrol(ben, desk.ito, "Ben C", now=True)
    await desk.says(desk.ada, "chest pain")
    await desk.sends(ben, "rf:1:now")
    assert "RED FLAG: Ben C" in newest(desk.ito)
    assert await desk.rows("select patient_id, answer from red_flags order by id") == [(1, None), (2, "now")]
    await desk.sends(ben, "rf:1:no")
    assert ben.toasts[-1].text == "This button is no longer in use."
    assert await desk.rows("select answer from red_flags where id = 1") == [(None,)]
    heard = len(desk.max.heard)
    await desk.says(desk.max, "hello")
    await desk.sends(desk.max, "rf:1:now")
    assert len(desk.max.heard) == heard + 1


# --- no -------------------------------------------------------------------------------------------------------


async def test_no_is_noted_reassures_nobody_and_leaves_the_way_open(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "chest pain")
    said = await desk.taps(ada, NO)
    assert LIST in said
    assert "I have noted your answer: no. I can't judge what you feel." in said
    assert "call 112 at once" in said
    assert buttons(ada) == [NOW]
    await minutes(desk, 20)
    assert texts(desk.ito) == []
    await desk.taps(ada, NOW)
    assert "Please call 112 now." in newest(ada)
    assert "RED FLAG" in newest(desk.ito)
    await desk.sends(ada, "rf:1:no")
    assert "that stands" in newest(ada)
    assert await desk.rows("select answer from red_flags") == [("now",)]


# --- silence --------------------------------------------------------------------------------------------------


async def test_a_card_that_nobody_answers_is_reported_once(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/pause")
    await desk.taps(ada, buttons(ada)[0])
    desk.clock.move_to(datetime(2026, 3, 2, 23, tzinfo=UTC))
    await desk.says(ada, "chest pain")
    await minutes(desk, 14)
    assert not any("Card shown" in text for text in texts(desk.ito))
    await minutes(desk, 30)
    told = [text for text in texts(desk.ito) if "Card shown" in text]
    assert len(told) == 1, "neither a pause nor the night mutes it, and it comes once"
    assert told[0].startswith("Card shown, no answer: Ada L")
    assert "on Monday 2 March, 23:00 on their clock" in told[0]
    assert await desk.rows("select due_at from red_flags") == [(None,)]
    desk.clock.move(timedelta(minutes=10))
    await desk.taps(ada, NO)
    assert newest(desk.ito).startswith("The list of warning signs that Ada L was shown on Monday 2 March")
    heard = len(desk.ito.heard)
    await desk.sends(ada, "rf:1:no")
    assert len(desk.ito.heard) == heard, "once"
    told = "Dr Ito was told that you were shown the list of warning signs. (2 times, this is the last)"
    assert told in await desk.says(ada, "/who")


async def test_the_clock_stops_where_a_silence_is_due(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "chest pain")
    await desk.until(desk.now + timedelta(hours=1))
    assert "Card shown, no answer: Ada L" in texts(desk.ito)[0]
    assert await desk.rows("select told_at from red_flags") == [("2026-03-02 10:15:00.000000",)]


async def test_a_silence_that_reaches_nobody_is_told_to_the_patient_and_the_admin(clinic: Desk) -> None:
    desk, ben = clinic, clinic.ben
    await desk.enrol(ben, desk.ito, "Ben C", share=False, now=True)
    await desk.says(ben, "chest pain")
    await minutes(desk, 16)
    assert "has reached no therapist" in newest(ben)
    assert "call 112 now" in newest(ben)
    assert "Riverside" in newest(ben)
    assert newest(desk.ito).startswith("An alert about a patient is undelivered")
    assert "Ben" not in newest(desk.ito)
    heard = len(ben.heard), len(desk.ito.heard)
    await minutes(desk, 20)
    assert (len(ben.heard), len(desk.ito.heard)) == heard


# --- nobody hears ---------------------------------------------------------------------------------------------


async def test_now_without_a_therapist_says_so_at_once_and_tells_the_admin(clinic: Desk) -> None:
    desk, ben = clinic, clinic.ben
    await desk.enrol(ben, desk.ito, "Ben C", share=False, now=True)
    for _ in range(2):
        await desk.says(ben, "chest pain")
        await desk.taps(ben, NOW)
        assert "I could not tell any therapist. Please call Riverside yourself as well." in newest(ben)
        heard = len(ben.heard)
        await minutes(desk, 16)
        assert len(ben.heard) == heard, "that was said already"
    undelivered = [text for text in texts(desk.ito) if "undelivered" in text]
    assert len(undelivered) == 2, "each of a day"
    assert not any("Ben" in text or "chest" in text for text in undelivered)


async def test_a_therapist_who_has_shut_the_bot_out_is_not_counted_on(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    desk.ito.block()
    await desk.settle()
    await desk.says(ada, "chest pain")
    await desk.taps(ada, NOW)
    assert "I could not tell any therapist." in newest(ada)


async def test_an_alert_that_is_turned_away_is_told_to_the_patient_and_another_admin(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.rows(
        "insert into accounts values (:id, 'en', 'ok', :at, null, :at) returning 1",
        id=desk.roy.id,
        at="2026-03-02 10:00:00.000000",
    )
    await desk.rows("insert into admins values (:id, :at) returning 1", id=desk.roy.id, at="2026-03-02 10:00:00.000000")
    await desk.says(desk.roy, "/urgent")
    desk.ito.chat.standing = Standing.BLOCKED
    await desk.says(ada, "chest pain")
    await desk.taps(ada, NOW)
    assert "is on its way to Dr Ito." in newest(ada), "nothing else is known yet"
    await minutes(desk, 1)
    assert "has reached no therapist" in newest(ada)
    assert any("An alert about a patient is undelivered" in text for text in texts(desk.roy))
    heard = len(ada.heard)
    await minutes(desk, 5)
    assert len(ada.heard) == heard
    assert await desk.rows("select reach from accounts where chat_id = :id", id=ITO) == [(Reach.BLOCKED.value,)]
    assert [sent.answer for sent in desk.refused()] == ["Forbidden: bot was blocked by the user"]
    desk.sent.clear()


async def test_after_the_wish_to_be_forgotten_nobody_is_told(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "chest pain")
    card = ada.last["message_id"]
    await desk.says(ada, "/forget")
    await desk.says(ada, "forget")
    await desk.taps(ada, "In seven days")
    ada.tap_label(NOW, card)
    await desk.settle()
    assert "I could not tell any therapist." in newest(ada)
    assert not any("RED FLAG" in text for text in texts(desk.ito))
