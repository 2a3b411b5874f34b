"""Who saw what, as the patient reads it."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.diary import accesses
from bot.diary.accesses import Access, What
from bot.diary.people import TherapistId

ITO, ROY = TherapistId(1), TherapistId(2)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def test_equal_entries_of_one_day_are_one_line_at_the_place_of_the_newest() -> None:
    log = [
        Access(ITO, "Dr Ito", What.CARD, at(3, 9)),
        Access(ITO, "Dr Ito", What.CARD, at(2, 18)),
        Access(ROY, "Dr Roy", What.CARD, at(2, 17)),
        Access(ITO, "Dr Ito", What.NOTES, at(2, 12)),
        Access(ITO, "Dr Ito", What.CARD, at(2, 11)),
    ]
    lines = accesses.drawn_together(log, "UTC")
    assert [(line.therapist, line.what, line.at.day, line.at.hour, line.count) for line in lines] == [
        ("Dr Ito", What.CARD, 3, 9, 1),
        ("Dr Ito", What.CARD, 2, 18, 2),
        ("Dr Roy", What.CARD, 2, 17, 1),
        ("Dr Ito", What.NOTES, 2, 12, 1),
    ]
    assert accesses.drawn_together([], "UTC") == []


def test_a_day_is_the_patients_own() -> None:
    log = [Access(ITO, "Dr Ito", What.CARD, at(2, 19)), Access(ITO, "Dr Ito", What.CARD, at(2, 18))]
    [late, early] = accesses.drawn_together(log, "Asia/Kathmandu")
    assert (late.at.day, early.at.day) == (3, 2), "00:45 and 23:45 there"
