"""What we draw and write up: digests, charts, exports."""

from bot.reports import charts, digests, letters, pictures, recipes

__all__ = ["charts", "digests", "letters", "pictures", "recipes"]
