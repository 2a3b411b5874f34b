"""What we draw and write up: digests, charts, calendars, sheets, exports."""

from bot.reports import (
    calendars,
    charts,
    course_charts,
    courses,
    digests,
    exports,
    letters,
    long_form,
    looking,
    panel_charts,
    panels,
    pictures,
    recipes,
    sheets,
    trends,
    weekly_charts,
)

__all__ = [
    "calendars",
    "charts",
    "course_charts",
    "courses",
    "digests",
    "exports",
    "letters",
    "long_form",
    "looking",
    "panel_charts",
    "panels",
    "pictures",
    "recipes",
    "sheets",
    "trends",
    "weekly_charts",
]
