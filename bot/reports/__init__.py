"""What we draw and write up: digests, charts, exports."""

from bot.reports import charts, digests, exports, letters, pictures, recipes

__all__ = ["charts", "digests", "exports", "letters", "pictures", "recipes"]
