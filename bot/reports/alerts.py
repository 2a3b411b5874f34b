"""An alert as a message for a therapist: the chart of the last weeks with the rule in words."""

from __future__ import annotations

from datetime import datetime

from bot.chat import alerts
from bot.chat.alerts import Seen
from bot.chat.messages import Message
from bot.chat.words import Words, sentence
from bot.diary import days
from bot.diary.digests import Diary
from bot.diary.people import Patient
from bot.reports import letters
from bot.reports.digests import fits_caption


def message(patient: Patient, seen: Seen, diary: Diary, now: datetime, words: Words) -> Message:
    """The words as long as they fit under the picture, which shows the weeks up to the day of the alert."""
    told = alerts.texts(seen, words)
    text = next((text for text in told if fits_caption(text)), told[-1])
    start = days.week_start(seen.alert.day)
    last_day = max(seen.alert.day, days.day_of(now, patient.zone))
    picture = letters.course(patient.id, diary, start, last_day, sentence(seen.label), words)
    return Message(text, alerts.rows(seen, words), picture=picture)
