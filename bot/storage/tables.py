"""Every table. Rows of patients name their patient; nothing here decides anything."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
    text,
)

from bot.diary.accesses import What
from bot.diary.checkins import Feeling
from bot.diary.edits import Became
from bot.diary.entries import Cause, Side, Symptom
from bot.diary.flares import Since
from bot.diary.offers import Kind as Offered
from bot.diary.pauses import Reason
from bot.diary.people import Reach, Role, Stage
from bot.diary.prompts import Followup
from bot.diary.red_flags import RedFlagAnswer
from bot.diary.sessions import Kind
from bot.storage.columns import Data, Day, Instant, Of, Rests

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class InboxState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    PARKED = "parked"


class Action(StrEnum):
    """What an outbox row asks of Telegram."""

    SEND = "send"
    EDIT = "edit"
    RETIRE = "retire"
    """Take the buttons off a bubble."""
    WITHDRAW = "withdraw"
    """A bubble that is still on its way is not sent any more; one that is on screen retires."""
    ANSWER = "answer"
    """Answer a tap."""
    COMMANDS = "commands"
    LEAVE = "leave"
    HALT = "halt"
    """Asks nothing of Telegram: what was said to this chat before is not sent any more."""
    RECALL = "recall"
    """Asks nothing of Telegram: what was read before and does not wait in the outbox any more is not sent."""


class OutboxState(StrEnum):
    """WAITING until settled; the rest is what happened."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    BLOCKED = "blocked"
    GONE = "gone"
    REFUSED = "refused"
    DROPPED = "dropped"
    """No longer worth sending, or the reader may no longer see it."""
    IN_DOUBT = "in_doubt"
    """In flight when the process died, or unanswered, and not to be sent twice."""


# --- people ---------------------------------------------------------------------------------------------------

accounts: Final = Table(
    "accounts",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("language", String(8), nullable=False),
    Column("reach", Of(Reach), nullable=False),
    Column("reach_since", Instant, nullable=False),
    Column("expecting", String(120)),
    Column("created_at", Instant, nullable=False),
)
admins: Final = Table(
    "admins",
    metadata,
    Column("chat_id", BigInteger, ForeignKey("accounts.chat_id", ondelete="CASCADE"), primary_key=True),
    Column("since", Instant, nullable=False),
)
therapists: Final = Table(
    "therapists",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat_id", BigInteger, ForeignKey("accounts.chat_id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("since", Instant, nullable=False),
    Column("next_digest_at", Instant, index=True),
    Column("undelivered_at", Instant, comment="something could not reach them, and no admin was told yet"),
    Column("digest_weekday", Integer, comment="0 is Monday; empty: the clinic's day"),
    Column("digest_time", Time, comment="empty: the clinic's hour"),
    Column("hours_from", Time, comment="alerts wait outside the own hours; empty: at any time"),
    Column("hours_to", Time),
    Column("workdays", String(7), comment="the weekdays of the own hours, 0 is Monday, as in 01234; empty: every day"),
    Column("deputy_id", Integer, comment="the therapist who stands in for a holiday"),
    Column("deputy_from", Day),
    Column("deputy_until", Day, comment="the last day of the holiday"),
    Column("left_at", Instant, comment="when they left the clinic"),
    Index(
        "ix_therapists_undelivered",
        "undelivered_at",
        sqlite_where=text("undelivered_at is not null"),
    ),
)
patients: Final = Table(
    "patients",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat_id", BigInteger, ForeignKey("accounts.chat_id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("stage", Of(Stage), nullable=False),
    Column("invite_id", Integer, ForeignKey("invites.id")),
    Column("zone", String(64), nullable=False),
    Column("prompt_time", Time, nullable=False),
    Column("next_prompt_at", Instant, index=True),
    Column("next_prompt_day", Day),
    Column("next_digest_at", Instant, index=True),
    Column("enrolled_at", Instant),
    Column("enrolled_day", Day),
    Column("weekend_time", Time, comment="empty: the same as on weekdays"),
    Column("quiet_from", Time, nullable=False, server_default=text("'22:00:00.000000'")),
    Column("quiet_to", Time, nullable=False, server_default=text("'08:00:00.000000'")),
    Column("reminder_minutes", Integer, nullable=False, server_default=text("90"), comment="0: no reminder"),
    Column("large_buttons", Boolean, nullable=False, server_default=text("0")),
    Column("home_zone", String(64), comment="only of a traveller: where they live"),
    Column("local_zone", String(64), comment="only of a traveller who is asked by home time: where they are"),
    Column("followup", Of(Followup), comment="what is due at next_followup_at"),
    Column("next_followup_at", Instant),
    Column("next_followup_day", Day),
    Column("forget_at", Instant, comment="everything about this patient is deleted then"),
    Column("stage_before", Of(Stage), comment="where the patient stood before the wish to be forgotten"),
    Column("tag", String(32), comment="random; the ledger beside the file names by it who was forgotten"),
    Column("code", String(40), comment="of a diary that was imported: the clinic's own"),
    Column("alert_rise", Integer, comment="points above the usual that alert; empty: the rule's own"),
    Column("alert_high", Integer, comment="the score that is high; empty: the rule's own"),
    Index("ix_patients_next_followup_at", "next_followup_at", sqlite_where=text("next_followup_at is not null")),
    Index("ix_patients_forget_at", "forget_at", sqlite_where=text("forget_at is not null")),
    Index("uq_patients_code", "code", unique=True),
)
used_ids: Final = Table(
    "used_ids",
    metadata,
    # SQLite gives the id of a deleted newest row again, and buttons with that id stay in people's chats for years.
    Column("name", String(40), primary_key=True, comment="of a table"),
    Column("highest", Integer, nullable=False),
)
zones: Final = Table(
    "zones",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("patient_id", Integer, ForeignKey("patients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("zone", String(64), nullable=False),
    Column("since", Instant, nullable=False),
)
pauses: Final = Table(
    "pauses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("patient_id", Integer, ForeignKey("patients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("first_day", Day, nullable=False),
    Column("until_day", Day, comment="the first day that is asked again; empty: until the patient comes back"),
    Column("reason", Of(Reason), comment="for the patient's own therapists alone"),
    Column("begun_at", Instant, nullable=False),
    Column("ended_at", Instant, comment="when the patient came back, or was asked again"),
)
invites: Final = Table(
    "invites",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code_hash", LargeBinary(32), nullable=False, unique=True),
    Column("role", Of(Role), nullable=False),
    Column("therapist_id", Integer, ForeignKey("therapists.id", ondelete="CASCADE"), index=True),
    Column("label", String(80)),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("used_by", BigInteger),
)
consents: Final = Table(
    "consents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("patient_id", Integer, ForeignKey("patients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("therapist_id", Integer, ForeignKey("therapists.id"), comment="empty: the yes to storing"),
    Column("given", Boolean, nullable=False),
    Column("wording", String(20), nullable=False),
    Column("language", String(8), nullable=False),
    Column("said_at", Instant, nullable=False),
)
shares: Final = Table(
    "shares",
    metadata,
    Column("patient_id", Integer, ForeignKey("patients.id", ondelete="CASCADE"), primary_key=True),
    Column("therapist_id", Integer, ForeignKey("therapists.id"), primary_key=True, index=True),
    Column("label", String(80), nullable=False),
    Column("since", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("until_day", Day, comment="of a stand-in: the last day on which it holds"),
    Column("notes_seen_at", Instant, comment="when the therapist last looked at the notes"),
)
offers: Final = Table(
    "offers",
    metadata,
    # What a patient is asked about who sees the diary: a stand-in, a hand-over, after a therapist left.
    Column("id", Integer, primary_key=True),
    Column("patient_id", Integer, ForeignKey("patients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", Of(Offered), nullable=False),
    Column("from_id", Integer, ForeignKey("therapists.id"), nullable=False, index=True),
    Column("to_id", Integer, ForeignKey("therapists.id"), comment="empty: nobody yet"),
    Column("first_day", Day, comment="of a stand-in: from this day on"),
    Column("until_day", Day, comment="and up to this one, by the clock of who is away"),
    Column("asked_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("given", Boolean),
)
accesses: Final = Table(
    "accesses",
    metadata,
    # Who saw what: rows are added, and go only with the patient.
    Column("id", Integer, primary_key=True),
    Column("patient_id", Integer, ForeignKey("patients.id", ondelete="CASCADE"), nullable=False),
    Column("therapist_id", Integer, ForeignKey("therapists.id"), nullable=False),
    Column("what", Of(What), nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "patient_id", "at"),
)

# --- the diary ------------------------------------------------------------------------------------------------

items: Final = Table(
    "items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("patient_id", Integer, ForeignKey("patients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("symptom", Of(Symptom), nullable=False),
    Column("site", String(40)),
    Column("side", Of(Side)),
    Column("position", Integer, nullable=False),
    Column("added_day", Day, nullable=False),
    Column("ended_day", Day),
    Column("rests", Rests, comment="from a day up to another, several: ended, and later taken up again"),
)
diary_days: Final = Table(
    "diary_days",
    metadata,
    Column("patient_id", Integer, ForeignKey("patients.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Day, primary_key=True),
    Column("zone", String(64), nullable=False),
    Column("closes_at", Instant, nullable=False),
    Column("intended_at", Instant),
    Column("asked_at", Instant, comment="when the prompt was put into the outbox"),
    Column("sent_at", Instant),
    Column("answered_at", Instant),
    Column("declined_at", Instant),
    Column("not_asked", Of(Cause)),
    Column("paused", Boolean, nullable=False, server_default=text("0")),
    Column("snoozed_at", Instant, comment="when the patient said later"),
    Column("reminded_at", Instant, comment="when the question was put into the outbox once more"),
    Column("judge_at", Instant, comment="when the alert rules look at the day; empty: nothing new to judge"),
    Column("imported_at", Instant, comment="kept elsewhere before, and brought in then"),
    Column("bubble_id", Integer, ForeignKey("bubbles.id", ondelete="SET NULL")),
    Index("ix_diary_days_judge_at", "judge_at", sqlite_where=text("judge_at is not null")),
)
scores: Final = Table(
    "scores",
    metadata,
    Column("patient_id", Integer, ForeignKey("patients.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Day, primary_key=True),
    Column("item_id", Integer, ForeignKey("items.id"), primary_key=True),
    Column("entered_at", Instant, primary_key=True),
    Column("value", Integer, comment="empty: skipped"),
    Column("waited_since", Instant, comment="received late by the bot: entered at some time since then"),
    Column("withdrawn_at", Instant, comment="moved to another day by the patient"),
    Column("imported", Boolean, nullable=False, server_default=text("0"), comment="entered_at: when it was imported"),
    CheckConstraint("value between 0 and 10", name="in_range"),
    sqlite_with_rowid=False,
)
notes: Final = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("patient_id", Integer, ForeignKey("patients.id", ondelete="CASCADE"), nullable=False),
    Column("day", Day, nullable=False),
    Column("text", Text, nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("undone_at", Instant),
    Index(None, "patient_id", "day"),
)
written: Final = Table(
    "written",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("patient_id", Integer, ForeignKey("patients.id", ondelete="CASCADE"), nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("became", Of(Became), nullable=False),
    Column("day", Day, nullable=False),
    Column("note_id", Integer, ForeignKey("notes.id", ondelete="CASCADE")),
    Column("items", Data, nullable=False, comment="ids of the items whose scores it holds"),
    Index(None, "patient_id", "message_id"),
    Index("ix_written_entered_at", "entered_at"),
)
flares: Final = Table(
    "flares",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("patient_id", Integer, ForeignKey("patients.id", ondelete="CASCADE"), nullable=False),
    Column("day", Day, nullable=False, comment="the diary day of began_at"),
    Column("item_id", Integer, ForeignKey("items.id"), nullable=False),
    Column("score", Integer, nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("since", Of(Since), nullable=False, comment="how exactly began_at is known"),
    Column("noted_at", Instant, nullable=False),
    Column("undone_at", Instant),
    CheckConstraint("score between 0 and 10", name="in_range"),
    Index(None, "patient_id", "day"),
)
red_flags: Final = Table(
    "red_flags",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("patient_id", Integer, ForeignKey("patients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("shown_at", Instant, nullable=False),
    Column("due_at", Instant, comment="when therapists are told that nobody answered; emptied when answered or told"),
    Column("answer", Of(RedFlagAnswer)),
    Column("answered_at", Instant),
    Column("told_at", Instant, comment="when therapists were told of an answer, or of none"),
    Index("ix_red_flags_due_at", "due_at", sqlite_where=text("due_at is not null")),
)
sessions: Final = Table(
    "sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("patient_id", Integer, ForeignKey("patients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("therapist_id", Integer, ForeignKey("therapists.id"), comment="empty: written by the patient"),
    Column("day", Day, nullable=False),
    Column("kind", Of(Kind), nullable=False),
    Column("places", Data, nullable=False, server_default=text("'[]'"), comment="pairs of site and side, several"),
    Column("label", String(80), comment="of another kind of treatment: what the therapist calls it"),
    Column("note", Text),
    Column("logged_at", Instant, nullable=False),
    Column("held_at", Instant, comment="when it took place, as far as that is known; empty: noon of the day"),
    Column("reported", Boolean, nullable=False, server_default=text("0"), comment="by the patient, at first"),
    Column("confirmed_at", Instant, comment="of a reported one: when a therapist said that it is right"),
    Column("confirmed_by", Integer, ForeignKey("therapists.id")),
    Column("undone_at", Instant, comment="taken back, or corrected by another row"),
    Column("undone_by", Integer, ForeignKey("therapists.id"), comment="empty: the patient"),
    Column(
        "corrects", Integer, ForeignKey("sessions.id", ondelete="SET NULL"), comment="the row that this one replaces"
    ),
)
checkins: Final = Table(
    "checkins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("patient_id", Integer, ForeignKey("patients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("session_id", Integer, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("after_hours", Integer, nullable=False, comment="24 or 48"),
    Column("for_at", Instant, nullable=False, comment="so many hours after the session"),
    Column("due_at", Instant, comment="when it is looked at; emptied when asked, or when there is nothing to ask"),
    Column("asked_at", Instant),
    Column("joined_day", Day, comment="the diary day whose question it came with; empty: it came by itself"),
    Column("answer", Of(Feeling)),
    Column("answered_at", Instant),
    Index("ix_checkins_due_at", "due_at", sqlite_where=text("due_at is not null")),
)
alerts: Final = Table(
    "alerts",
    metadata,
    # What therapists are to see: a rule that the scores met, or a red flag that was reported.
    Column("id", Integer, primary_key=True),
    Column("patient_id", Integer, ForeignKey("patients.id", ondelete="CASCADE"), nullable=False),
    Column("day", Day, nullable=False, comment="the diary day that raised it"),
    Column("red_flag_id", Integer, ForeignKey("red_flags.id", ondelete="CASCADE"), index=True),
    Column("checkin_id", Integer, ForeignKey("checkins.id", ondelete="CASCADE"), index=True),
    Column("raised_at", Instant, nullable=False),
    Column("urgency", String(20), comment="what the patient said: urgent, or can it wait"),
    Column("urgency_at", Instant),
    Column("withdrawn_at", Instant, comment="a correction undid it"),
    Column("undelivered_at", Instant, comment="when the patient and the admins heard that it reached nobody"),
    Column("due_at", Instant, comment="when it is looked at again; empty: settled"),
    Column("bubble_id", Integer, ForeignKey("bubbles.id", ondelete="SET NULL"), comment="the question to the patient"),
    Index(None, "patient_id", "day"),
    Index("ix_alerts_due_at", "due_at", sqlite_where=text("due_at is not null")),
)
alert_items: Final = Table(
    "alert_items",
    metadata,
    Column("alert_id", Integer, ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True),
    Column("item_id", Integer, ForeignKey("items.id"), primary_key=True),
    Column("patient_id", Integer, ForeignKey("patients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("rule", String(20), nullable=False),
    Column("figures", Data, nullable=False, comment="the two days and scores, and the usual with its n"),
    Column("withdrawn_at", Instant, comment="a correction undid it"),
)
alert_acts: Final = Table(
    "alert_acts",
    metadata,
    # Who was told, who saw it, and what was done: rows are added, and go only with the patient.
    Column("id", Integer, primary_key=True),
    Column("alert_id", Integer, ForeignKey("alerts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("patient_id", Integer, ForeignKey("patients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("therapist_id", Integer, ForeignKey("therapists.id"), nullable=False),
    Column("act", String(20), nullable=False),
    Column("text", Text),
    Column("at", Instant, nullable=False),
    Column("outbox_id", Integer, comment="of an act that is a message: which"),
    Column("bubble_id", Integer, ForeignKey("bubbles.id", ondelete="SET NULL"), comment="and what it shows as"),
)
digests: Final = Table(
    "digests",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("role", Of(Role), primary_key=True),
    Column("week", Day, primary_key=True),
    Column("planned_at", Instant, nullable=False),
    Column("first_outbox_id", Integer, comment="a digest of several messages: the first of them"),
    Column("outbox_id", Integer, ForeignKey("outbox.id", ondelete="SET NULL"), index=True, comment="and the last"),
    Column("named_at", Instant, comment="when a later digest said that this one may be missing"),
)

notices: Final = Table(
    "notices",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(40), primary_key=True),
    Column("day", Day, primary_key=True),
    Column("told_at", Instant, nullable=False),
)

# --- the wire -------------------------------------------------------------------------------------------------

inbox: Final = Table(
    "inbox",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("update_id", BigInteger, nullable=False, unique=True),
    Column("received_at", Instant, nullable=False),
    Column("waited_since", Instant, comment="the poll before: it reached Telegram at some time since then"),
    Column("body", Text, comment="emptied when done"),
    Column("state", Of(InboxState), nullable=False),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("reason", String(200)),
    Column("done_at", Instant),
    Index("ix_inbox_waiting", "seq", sqlite_where=text("state = 'waiting'")),
    Index("ix_inbox_parked", "seq", sqlite_where=text("state = 'parked'")),
    Index("ix_inbox_done", "done_at", sqlite_where=text("state = 'done'")),
)
polls: Final = Table(
    "polls",
    metadata,
    Column("id", Integer, primary_key=True, comment="always 1"),
    Column("answered_at", Instant, nullable=False),
)
bubbles: Final = Table(
    "bubbles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("patient_id", Integer, ForeignKey("patients.id", ondelete="CASCADE"), index=True),
    Column("day", Day, comment="the diary day that it shows"),
    Column("message_id", BigInteger),
    Column("created_at", Instant, nullable=False),
)
outbox: Final = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    # Found by the unique key below, which begins with it.
    Column("patient_id", Integer, ForeignKey("patients.id", ondelete="CASCADE")),
    Column("action", Of(Action), nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("once", Boolean, nullable=False, comment="rather missing than twice"),
    Column("body", Data, comment="emptied when settled"),
    Column("bubble_id", Integer, ForeignKey("bubbles.id", ondelete="SET NULL")),
    Column("message_id", BigInteger),
    Column("day", Day, comment="the diary day whose prompt this is"),
    Column("replaces", Integer, comment="the bubble that loses its buttons once this one is on screen"),
    Column("album", String(64), comment="only of an answer to a picture of an album: which, so that there is one"),
    Column("state", Of(OutboxState), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("started_at", Instant, comment="committed before a send that must not happen twice"),
    Column("settled_at", Instant),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("error", String(120)),
    UniqueConstraint("patient_id", "day", name="one_prompt_per_day"),
    Index(
        "ix_outbox_waiting",
        "urgency",
        "id",
        sqlite_where=text("state = 'waiting'"),
    ),
    Index("ix_outbox_album", "chat_id", "album", sqlite_where=text("album is not null")),
    Index(
        "ix_outbox_settled",
        "settled_at",
        sqlite_where=text("state <> 'waiting'"),
    ),
)
