"""Measures the bot against plain bots that do the same work: `make bench` prints one table (docs/measuring.md)."""
