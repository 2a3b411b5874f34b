"""The therapist's whole job: alerts and what was done, check-ins, stand-ins, who saw what, imported diaries."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _instant(name: str, *, nullable: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _refers(table: str, column: str, to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _of_patient(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        _refers(table, "patient_id", "patients", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    _people()
    _sessions()
    _alerts()


def _people() -> None:
    op.add_column("therapists", sa.Column("digest_weekday", sa.Integer()))
    for name in ("digest_time", "hours_from", "hours_to"):
        op.add_column("therapists", sa.Column(name, sa.Time()))
    op.add_column("therapists", sa.Column("workdays", sa.String(length=7)))
    op.add_column("therapists", sa.Column("deputy_id", sa.Integer()))
    op.add_column("therapists", sa.Column("deputy_from", sa.Date()))
    op.add_column("therapists", sa.Column("deputy_until", sa.Date()))
    op.add_column("therapists", _instant("left_at"))
    op.add_column("patients", sa.Column("code", sa.String(length=40)))
    op.create_index(op.f("uq_patients_code"), "patients", ["code"], unique=True)
    op.add_column("patients", sa.Column("alert_rise", sa.Integer()))
    op.add_column("patients", sa.Column("alert_high", sa.Integer()))
    op.add_column("shares", sa.Column("until_day", sa.Date()))
    op.add_column("shares", _instant("notes_seen_at"))
    op.add_column("diary_days", _instant("judge_at"))
    op.add_column("diary_days", _instant("imported_at"))
    op.create_index("ix_diary_days_judge_at", "diary_days", ["judge_at"], sqlite_where=sa.text("judge_at is not null"))
    op.add_column("scores", sa.Column("imported", sa.Boolean(), nullable=False, server_default=sa.text("0")))
    op.create_table(
        "offers",
        *_of_patient("offers"),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer()),
        sa.Column("first_day", sa.Date()),
        sa.Column("until_day", sa.Date()),
        _instant("asked_at", nullable=False),
        _instant("answered_at"),
        sa.Column("given", sa.Boolean()),
        _refers("offers", "from_id", "therapists"),
        _refers("offers", "to_id", "therapists"),
    )
    op.create_index(op.f("ix_offers_patient_id"), "offers", ["patient_id"])
    op.create_index(op.f("ix_offers_from_id"), "offers", ["from_id"])
    op.create_table(
        "accesses",
        *_of_patient("accesses"),
        sa.Column("therapist_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        _instant("at", nullable=False),
        _refers("accesses", "therapist_id", "therapists"),
    )
    op.create_index(op.f("ix_accesses_patient_id_at"), "accesses", ["patient_id", "at"])


def _sessions() -> None:
    with op.batch_alter_table("sessions") as sessions:
        sessions.alter_column("therapist_id", existing_type=sa.Integer(), nullable=True)
        sessions.add_column(sa.Column("places", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.execute("update sessions set places = json_array(json_array(site, side)) where site is not null")
    with op.batch_alter_table("sessions") as sessions:
        sessions.drop_column("site")
        sessions.drop_column("side")
        sessions.add_column(sa.Column("label", sa.String(length=80)))
        sessions.add_column(sa.Column("note", sa.Text()))
        sessions.add_column(_instant("held_at"))
        sessions.add_column(sa.Column("reported", sa.Boolean(), nullable=False, server_default=sa.text("0")))
        sessions.add_column(_instant("confirmed_at"))
        for name in ("confirmed_by", "undone_by"):
            sessions.add_column(sa.Column(name, sa.Integer()))
            sessions.create_foreign_key(op.f(f"fk_sessions_{name}"), "therapists", [name], ["id"])
        sessions.add_column(sa.Column("corrects", sa.Integer()))
        sessions.create_foreign_key(op.f("fk_sessions_corrects"), "sessions", ["corrects"], ["id"], ondelete="SET NULL")
    # Until now only the therapist who had logged a session could take it back.
    op.execute("update sessions set undone_by = therapist_id where undone_at is not null")
    op.create_table(
        "checkins",
        *_of_patient("checkins"),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("after_hours", sa.Integer(), nullable=False),
        _instant("for_at", nullable=False),
        _instant("due_at"),
        _instant("asked_at"),
        sa.Column("joined_day", sa.Date()),
        sa.Column("answer", sa.String(length=20)),
        _instant("answered_at"),
        _refers("checkins", "session_id", "sessions", "CASCADE"),
    )
    op.create_index(op.f("ix_checkins_patient_id"), "checkins", ["patient_id"])
    op.create_index(op.f("ix_checkins_session_id"), "checkins", ["session_id"])
    op.create_index("ix_checkins_due_at", "checkins", ["due_at"], sqlite_where=sa.text("due_at is not null"))


def _alerts() -> None:
    op.create_table(
        "alerts",
        *_of_patient("alerts"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("red_flag_id", sa.Integer()),
        sa.Column("checkin_id", sa.Integer()),
        _instant("raised_at", nullable=False),
        sa.Column("urgency", sa.String(length=20)),
        _instant("urgency_at"),
        _instant("withdrawn_at"),
        _instant("undelivered_at"),
        _instant("due_at"),
        sa.Column("bubble_id", sa.Integer()),
        _refers("alerts", "bubble_id", "bubbles", "SET NULL"),
        _refers("alerts", "red_flag_id", "red_flags", "CASCADE"),
        _refers("alerts", "checkin_id", "checkins", "CASCADE"),
    )
    op.create_index(op.f("ix_alerts_patient_id_day"), "alerts", ["patient_id", "day"])
    op.create_index(op.f("ix_alerts_red_flag_id"), "alerts", ["red_flag_id"])
    op.create_index(op.f("ix_alerts_checkin_id"), "alerts", ["checkin_id"])
    op.create_index("ix_alerts_due_at", "alerts", ["due_at"], sqlite_where=sa.text("due_at is not null"))
    op.create_table(
        "alert_items",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        _instant("withdrawn_at"),
        _refers("alert_items", "alert_id", "alerts", "CASCADE"),
        _refers("alert_items", "item_id", "items"),
        _refers("alert_items", "patient_id", "patients", "CASCADE"),
        sa.PrimaryKeyConstraint("alert_id", "item_id", name=op.f("pk_alert_items")),
    )
    op.create_index(op.f("ix_alert_items_patient_id"), "alert_items", ["patient_id"])
    op.create_table(
        "alert_acts",
        *_of_patient("alert_acts"),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("therapist_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text()),
        _instant("at", nullable=False),
        sa.Column("outbox_id", sa.Integer()),
        sa.Column("bubble_id", sa.Integer()),
        _refers("alert_acts", "bubble_id", "bubbles", "SET NULL"),
        _refers("alert_acts", "alert_id", "alerts", "CASCADE"),
        _refers("alert_acts", "therapist_id", "therapists"),
    )
    op.create_index(op.f("ix_alert_acts_alert_id"), "alert_acts", ["alert_id"])
    op.create_index(op.f("ix_alert_acts_patient_id"), "alert_acts", ["patient_id"])
