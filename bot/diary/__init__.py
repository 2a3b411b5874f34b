"""The rules of the diary. Pure: plain values and `now` in, plain values out."""

from bot.diary import (
    alerts,
    days,
    digests,
    edits,
    entries,
    exports,
    flares,
    looking,
    pauses,
    people,
    privacy,
    prompts,
    sessions,
    settings,
    sharing,
    zones,
)

__all__ = [
    "alerts",
    "days",
    "digests",
    "edits",
    "entries",
    "exports",
    "flares",
    "looking",
    "pauses",
    "people",
    "privacy",
    "prompts",
    "sessions",
    "settings",
    "sharing",
    "zones",
]
