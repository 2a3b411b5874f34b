"""The rules of the diary. Pure: plain values and `now` in, plain values out."""

from bot.diary import days, digests, entries, people, prompts, sessions, sharing

__all__ = ["days", "digests", "entries", "people", "prompts", "sessions", "sharing"]
