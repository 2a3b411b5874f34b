"""Promises of the symptom diary. The folders mirror `bot/`; `stories/` runs the whole program."""
