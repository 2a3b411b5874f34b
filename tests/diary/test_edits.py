"""How long it is known what a message became."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.diary import edits


def test_a_message_of_three_days_ago_is_too_old_and_telegram_lets_it_be() -> None:
    sent_at = datetime(2026, 3, 2, 20, tzinfo=UTC)
    assert not edits.too_old(sent_at, sent_at + timedelta(days=2))
    assert not edits.too_old(sent_at, sent_at + edits.KEPT_FOR)
    assert edits.too_old(sent_at, sent_at + edits.KEPT_FOR + timedelta(seconds=1))
