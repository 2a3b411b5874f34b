"""Who may see a diary, and up to which instant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.diary import sharing
from bot.diary.people import PatientId, TherapistId
from bot.diary.sharing import Share

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def share(since: datetime = NOW, ended_at: datetime | None = None) -> Share:
    return Share(PatientId(1), TherapistId(1), "Ada", since, ended_at)


def test_a_yes_holds_from_its_begin_to_its_end_and_no_longer() -> None:
    cases = [
        (None, False, False),
        (share(), True, True),
        (share(since=NOW + HOUR), False, True),
        (share(ended_at=NOW), False, False),
        (share(ended_at=NOW + HOUR), True, True),
        (share(since=NOW - HOUR, ended_at=NOW - HOUR), False, False),
    ]
    for one, sees, stands in cases:
        assert sharing.may_see(one, NOW) is sees, one
        assert sharing.stands(one, NOW) is stands, one


def test_a_holiday_begins_and_ends_at_midnight_of_who_is_away() -> None:
    monday, sunday = date(2026, 3, 9), date(2026, 3, 15)
    assert sharing.begins_at(monday, "Europe/Lisbon", NOW) == datetime(2026, 3, 9, 0, tzinfo=UTC)
    assert sharing.begins_at(NOW.date(), "Europe/Lisbon", NOW) == NOW, "at once, where it has begun"
    assert sharing.ends_at(sunday, "Europe/Lisbon") == datetime(2026, 3, 16, 0, tzinfo=UTC)
    assert sharing.ends_at(sunday, "Asia/Kathmandu") == datetime(2026, 3, 15, 18, 15, tzinfo=UTC)
    assert sharing.ends_at(date(2026, 3, 28), "Europe/Berlin") == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert sharing.ends_at(date(2026, 3, 29), "Europe/Berlin") == datetime(2026, 3, 29, 22, tzinfo=UTC), "a short day"
