"""A life with the diary: hours, quiet hours, reminders, journeys, pauses, flares, red flags, and the wish to leave."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _instant(name: str, *, nullable: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _patient(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f(f"fk_{table}_patient_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    op.add_column("patients", sa.Column("weekend_time", sa.Time()))
    for name, default in (("quiet_from", "'22:00:00.000000'"), ("quiet_to", "'08:00:00.000000'")):
        op.add_column("patients", sa.Column(name, sa.Time(), nullable=False, server_default=sa.text(default)))
    op.add_column("patients", sa.Column("reminder_minutes", sa.Integer(), nullable=False, server_default=sa.text("90")))
    op.add_column("patients", sa.Column("large_buttons", sa.Boolean(), nullable=False, server_default=sa.text("0")))
    op.add_column("patients", sa.Column("home_zone", sa.String(length=64)))
    op.add_column("patients", sa.Column("local_zone", sa.String(length=64)))
    op.add_column("patients", sa.Column("followup", sa.String(length=20)))
    op.add_column("patients", _instant("next_followup_at"))
    op.add_column("patients", sa.Column("next_followup_day", sa.Date()))
    op.add_column("patients", _instant("forget_at"))
    op.add_column("patients", sa.Column("stage_before", sa.String(length=20)))
    op.add_column("patients", sa.Column("tag", sa.String(length=32)))
    # Out of the random code of the first invitation, so that it is the same in every older copy of this file.
    op.execute(
        "update patients set tag = coalesce((select substr(lower(hex(code_hash)), 1, 32) from invites where used_by = "
        "patients.chat_id and role = 'patient' order by id limit 1), lower(hex(randomblob(16))))"
    )
    for name in ("next_followup_at", "forget_at"):
        op.create_index(f"ix_patients_{name}", "patients", [name], sqlite_where=sa.text(f"{name} is not null"))
    op.create_table(
        "used_ids",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("highest", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_used_ids")),
    )
    op.create_table(
        "zones",
        sa.Column("id", sa.Integer(), nullable=False),
        *_patient("zones"),
        sa.Column("zone", sa.String(length=64), nullable=False),
        _instant("since", nullable=False),
    )
    op.create_index(op.f("ix_zones_patient_id"), "zones", ["patient_id"])
    op.execute(
        "insert into zones (patient_id, zone, since) select id, zone, enrolled_at from patients "
        "where enrolled_at is not null"
    )
    op.create_table(
        "pauses",
        sa.Column("id", sa.Integer(), nullable=False),
        *_patient("pauses"),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date()),
        sa.Column("reason", sa.String(length=20)),
        _instant("begun_at", nullable=False),
        _instant("ended_at"),
    )
    op.create_index(op.f("ix_pauses_patient_id"), "pauses", ["patient_id"])
    op.create_table(
        "flares",
        sa.Column("id", sa.Integer(), nullable=False),
        *_patient("flares"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        _instant("began_at", nullable=False),
        sa.Column("since", sa.String(length=20), nullable=False),
        _instant("noted_at", nullable=False),
        _instant("undone_at"),
        sa.CheckConstraint("score between 0 and 10", name=op.f("ck_flares_in_range")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_flares_item_id")),
    )
    op.create_index(op.f("ix_flares_patient_id_day"), "flares", ["patient_id", "day"])
    op.create_table(
        "red_flags",
        sa.Column("id", sa.Integer(), nullable=False),
        *_patient("red_flags"),
        _instant("shown_at", nullable=False),
        _instant("due_at"),
        sa.Column("answer", sa.String(length=20)),
        _instant("answered_at"),
        _instant("told_at"),
    )
    op.create_index(op.f("ix_red_flags_patient_id"), "red_flags", ["patient_id"])
    op.create_index("ix_red_flags_due_at", "red_flags", ["due_at"], sqlite_where=sa.text("due_at is not null"))
    op.create_table(
        "written",
        sa.Column("id", sa.Integer(), nullable=False),
        *_patient("written"),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        _instant("entered_at", nullable=False),
        sa.Column("became", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("note_id", sa.Integer()),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_written_note_id"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_written_patient_id_message_id"), "written", ["patient_id", "message_id"])
    op.create_index("ix_written_entered_at", "written", ["entered_at"])
    op.add_column("diary_days", _instant("snoozed_at"))
    op.add_column("diary_days", _instant("reminded_at"))
    op.add_column("outbox", sa.Column("replaces", sa.Integer()))
    op.add_column("items", sa.Column("rests", sa.String()))
    op.add_column("outbox", sa.Column("album", sa.String(length=64)))
    op.create_index("ix_outbox_album", "outbox", ["chat_id", "album"], sqlite_where=sa.text("album is not null"))
