"""What we draw and write up: digests, charts, calendars, sheets, exports."""

from bot.reports import (
    calendars,
    charts,
    digests,
    exports,
    letters,
    long_form,
    looking,
    pictures,
    recipes,
    sheets,
    weekly_charts,
)

__all__ = [
    "calendars",
    "charts",
    "digests",
    "exports",
    "letters",
    "long_form",
    "looking",
    "pictures",
    "recipes",
    "sheets",
    "weekly_charts",
]
