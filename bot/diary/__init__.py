"""The rules of the diary. Pure: plain values and `now` in, plain values out."""

from bot.diary import alerts, days, digests, entries, moments, pauses, people, prompts, sessions, sharing

__all__ = ["alerts", "days", "digests", "entries", "moments", "pauses", "people", "prompts", "sessions", "sharing"]
