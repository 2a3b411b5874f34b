"""What we draw and write up: digests, charts, exports."""

from bot.reports import charts

__all__ = ["charts"]
