"""The press: what the outbox only names, made out of the file, for whoever may still see it."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from bot import press, storage
from bot.chat.messages import as_data, plain
from bot.chat.words import Sentence, words
from bot.diary.accesses import Seen, What
from bot.diary.looking import Span
from bot.diary.people import ChatId, PatientId, Stage, TherapistId
from bot.press import Failed, Made, Nothing, Order
from bot.reports import exports, letters, recipes
from bot.reports.recipes import Card, Chart, Export, Month, Others, Page, Panel, Pictures, Sheet, Wanted, Week
from tests.handlers.desk import Desk, clinic_at

MONDAY = date(2026, 3, 2)
NEXT_MONDAY = datetime(2026, 3, 9, 12, tzinfo=UTC)
PNG = b"\x89PNG"


async def order(desk: Desk, reader: int, wanted: Wanted, *, language: str = "en", plain: bool = False) -> Order:
    body = as_data(recipes.message(wanted, words(language)))
    return Order(desk.settings.database_path, ChatId(reader), body, desk.now, plain)


def said(made: Made | Nothing | Failed) -> str:
    assert isinstance(made, Made)
    return plain(Sentence(re.sub("<[^>]*>", "", made.body["text"])))


async def ada_of(desk: Desk) -> PatientId:
    patient = await desk.database.write(lambda tx: storage.people.patient(tx, ChatId(desk.ada.id)))
    assert patient is not None
    return patient.id


@pytest.fixture
async def answered(tmp_path: Path) -> Any:
    """Monday of the second week; Ada answered each evening of the first."""
    async with clinic_at(tmp_path) as desk:
        for evening in range(7):
            await desk.until(datetime(2026, 3, 2 + evening, 20, tzinfo=UTC))
            await desk.says(desk.ada, "6 5 0")
        await desk.until(NEXT_MONDAY)
        yield desk
        press._reader(desk.settings.database_path).dispose()
        press._reader.cache_clear()


def test_what_is_wanted_travels_through_the_outbox() -> None:
    due_at = datetime(2026, 3, 9, 7, 30, tzinfo=UTC)
    all_kinds: list[Wanted] = [
        Week(PatientId(7), MONDAY), Week(PatientId(7), MONDAY, rest=True),
        Panel(), Panel(due_at, (MONDAY,), (MONDAY, MONDAY)), Page(3), Card(PatientId(7)),
        Chart(PatientId(7), Span.QUARTER), Month(PatientId(7), MONDAY), Sheet(PatientId(7), 8, True, "Riverside"),
        Export(PatientId(7)),
    ]  # fmt: skip
    for wanted in all_kinds:
        body = as_data(recipes.message(wanted, words("es")))
        assert recipes.wanted(body["recipe"]) == (wanted, "es")


async def test_it_reads_the_file_by_itself_and_brings_words_and_picture(answered: Desk) -> None:
    desk, ada = answered, await ada_of(answered)
    made = press.make(await order(desk, desk.ada.id, Week(ada, MONDAY)))
    assert isinstance(made, Made)
    assert "Burning: average 6.0 from 7 days." in said(made)
    assert made.photo is not None
    assert made.photo.startswith(PNG)
    assert made.rest is None
    for span in Span:
        chart = press.make(await order(desk, desk.ada.id, Chart(ada, span)))
        assert isinstance(chart, Made)
        assert "Week from 2 Mar: average 6.0 from 7 days" in said(chart)
        assert chart.photo is not None
        assert chart.photo.startswith(PNG)
    month = press.make(await order(desk, desk.ada.id, Month(ada, date(9999, 12, 1))))
    assert isinstance(month, Made)
    assert "All answered: 7 days (2 to 8)" in said(month), "a month that is far away is the present one, whole"
    assert month.photo is not None
    assert month.photo.startswith(PNG)
    card = press.make(await order(desk, desk.ito.id, Card(ada), language="es", plain=True))
    assert isinstance(card, Made)
    assert card.photo is None, "drawing had failed"
    assert "Ada L" in said(card)
    assert card.body["buttons"][0][0]["label"] == "Notas"


async def test_it_says_whose_diaries_a_page_shows_to_a_therapist(answered: Desk) -> None:
    desk, ada = answered, await ada_of(answered)
    kinds = ((Page(9), What.PANEL), (Others(0), What.PANEL), (Pictures(0), What.PANEL), (Panel(), What.DIGEST))
    for wanted, what in kinds:
        made = press.make(await order(desk, desk.ito.id, wanted, plain=True))
        assert isinstance(made, Made)
        assert made.seen == Seen(TherapistId(1), what, (ada,)), wanted
    whole = press.make(await order(desk, desk.ada.id, Week(ada, MONDAY), plain=True))
    assert isinstance(whole, Made)
    assert whole.seen is None, "her own"


async def test_who_may_not_see_it_gets_nothing(answered: Desk) -> None:
    desk, ada = answered, await ada_of(answered)
    gone = Nothing(press.GONE)
    for reader, wanted in (
        (desk.ito.id, Week(ada, MONDAY)),
        (desk.ito.id, Chart(ada, Span.ALL)),
        (desk.ito.id, Month(ada, MONDAY)),
        (desk.ito.id, Sheet(ada, 8, True, "Riverside")),
        (desk.max.id, Sheet(ada, 8, True, "Riverside")),
        (desk.max.id, Card(ada)),
        (desk.max.id, Panel(desk.now)),
        (desk.max.id, Page(0)),
    ):
        assert press.make(await order(desk, reader, wanted)) == gone

    def stop_sharing(tx: Connection) -> None:
        [share] = storage.sharing.readers_of(tx, ada, NEXT_MONDAY)
        storage.sharing.end(tx, ada, share.therapist_id, desk.now)

    await desk.database.write(stop_sharing)
    assert press.make(await order(desk, desk.ito.id, Card(ada))) == gone
    assert press.make(await order(desk, desk.ito.id, Panel(desk.now))) == gone, "of a weekly digest nothing is left"
    by_hand = press.make(await order(desk, desk.ito.id, Panel()))
    assert isinstance(by_hand, Made), "whoever asks gets an answer"
    assert "You have no patients yet" in by_hand.body["text"]
    await desk.database.write(lambda tx: storage.people.change_patient(tx, ada, stage=Stage.STORE))
    assert press.make(await order(desk, desk.ada.id, Week(ada, MONDAY))) == gone


async def test_a_sheet_is_a_file_or_the_words_that_it_could_not_be_made(answered: Desk) -> None:
    desk, ada = answered, await ada_of(answered)
    made = press.make(await order(desk, desk.ada.id, Sheet(ada, 8, False, "Riverside")))
    assert isinstance(made, Made)
    assert made.photo is None
    assert made.document is not None
    assert made.document.name == "symptom-diary-2026-03-09.pdf"
    assert made.document.content.startswith(b"%PDF")
    assert "average 6.0 from 7 days" in said(made)
    failed = press.make(await order(desk, desk.ada.id, Sheet(ada, 8, False, "Riverside"), plain=True))
    assert isinstance(failed, Made)
    assert failed.document is None
    assert said(failed) == plain(recipes.failed(words("en")))


async def test_a_late_panel_shows_the_weeks_of_its_own_hour(answered: Desk) -> None:
    desk = answered
    due_at = desk.now
    desk.clock.move_to(datetime(2026, 3, 17, 12, tzinfo=UTC))
    late, by_hand = [press.make(await order(desk, desk.ito.id, Panel(at))) for at in (due_at, None)]
    assert "Burning 6.0" in said(late)
    assert "Burning 6.0" not in said(by_hand)


async def test_what_is_too_long_for_a_caption_is_told_in_a_second_message(
    answered: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, ada = answered, await ada_of(answered)
    rest = await order(desk, desk.ada.id, Week(ada, MONDAY, rest=True))
    assert press.make(rest) == Nothing(press.NO_REST)
    monkeypatch.setattr(letters, "fits_caption", lambda text: False)
    first = press.make(await order(desk, desk.ada.id, Week(ada, MONDAY), plain=True))
    second = press.make(rest)
    assert isinstance(first, Made)
    assert isinstance(second, Made)
    assert first.body["text"] == "Your chart"
    assert first.rest == second.body
    assert "Burning: average 6.0 from 7 days." in said(second)


async def test_rows_of_an_older_version_are_still_made(answered: Desk) -> None:
    desk, ada = answered, await ada_of(answered)
    values = {"patient": ada, "first": "2026-03-02", "last": "2026-03-08", "language": "en", "title": "Ada"}
    body = {"text": "Her week", "buttons": [], "picture": {"kind": "course", "values": values}}
    made = press.make(Order(desk.settings.database_path, ChatId(desk.ito.id), body, desk.now))
    assert isinstance(made, Made)
    assert (made.body["text"], made.photo is not None) == ("Her week", True)
    hidden = press.make(Order(desk.settings.database_path, ChatId(desk.max.id), body, desk.now))
    assert hidden == Nothing(press.GONE)


async def test_what_fails_is_told_without_a_word_of_anyone(answered: Desk) -> None:
    desk = answered
    body = {"text": "Ada feels bad", "recipe": {"kind": "week", "values": {"in": "en", "patient": "Ada feels bad"}}}
    failed = press.make(Order(desk.settings.database_path, ChatId(desk.ada.id), body, desk.now))
    assert isinstance(failed, Failed)
    assert "Ada" not in failed.why
    assert not failed.fatal


# --- a copy of everything -------------------------------------------------------------------------------------


def packed(made: Made | Nothing | Failed) -> list[str]:
    assert isinstance(made, Made)
    assert made.document is not None
    with zipfile.ZipFile(io.BytesIO(made.document.content)) as files:
        return files.namelist()


async def test_a_copy_of_everything_has_its_charts_and_without_them_says_so(answered: Desk) -> None:
    desk, ada = answered, await ada_of(answered)
    made = press.make(await order(desk, desk.ada.id, Export(ada)))
    assert "charts/2026-03-02_2026-03-08.png" in packed(made)
    assert "charts could not be put in" not in said(made)
    assert isinstance(made, Made)
    assert made.document is not None
    assert (made.document.name, made.document.kind) == ("symptom-diary-2026-03-09.zip", "application/zip")
    plain_ = press.make(await order(desk, desk.ada.id, Export(ada), plain=True))
    assert not [name for name in packed(plain_) if name.startswith("charts")]
    assert "charts could not be put in" in said(plain_)


async def test_a_copy_that_telegram_would_not_take_goes_without_charts_or_is_told_in_words(
    answered: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, ada = answered, await ada_of(answered)
    wanted = await order(desk, desk.ada.id, Export(ada))
    whole = press.make(wanted)
    assert isinstance(whole, Made)
    assert whole.document is not None
    monkeypatch.setattr(exports, "MOST_BYTES", len(whole.document.content) - 1)
    small = press.make(wanted)
    assert not [name for name in packed(small) if name.startswith("charts")]
    monkeypatch.setattr(exports, "MOST_BYTES", 1_000)
    told = press.make(wanted)
    assert isinstance(told, Made)
    assert told.document is None
    assert "too large for Telegram" in said(told)


async def test_nobody_else_gets_a_copy_and_within_the_last_week_the_patient_still_does(answered: Desk) -> None:
    desk, ada = answered, await ada_of(answered)
    for reader in (desk.ito.id, desk.max.id):
        assert press.make(await order(desk, reader, Export(ada))) == Nothing(press.GONE)
    await desk.says(desk.ada, "/forget")
    await desk.says(desk.ada, "forget")
    await desk.taps(desk.ada, "In seven days")
    assert "diary.csv" in packed(press.make(await order(desk, desk.ada.id, Export(ada), plain=True)))
    for wanted, reader in ((Card(ada), desk.ito.id), (Week(ada, MONDAY), desk.ada.id)):
        assert press.make(await order(desk, reader, wanted)) == Nothing(press.GONE)
