"""What an admin is told once a day; indexes for what is parked and for what has to be tidied away, and two less."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "kind", "day", name=op.f("pk_notices")),
    )
    op.add_column("digests", sa.Column("first_outbox_id", sa.Integer()))
    op.execute("update digests set first_outbox_id = outbox_id")
    op.add_column("therapists", sa.Column("undelivered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_therapists_undelivered",
        "therapists",
        ["undelivered_at"],
        sqlite_where=sa.text("undelivered_at is not null"),
    )
    # What was emptied held JSON's null, which is not nothing.
    op.execute("update outbox set body = null where state <> 'waiting' and body = 'null'")
    op.create_index("ix_inbox_parked", "inbox", ["seq"], sqlite_where=sa.text("state = 'parked'"))
    op.create_index("ix_inbox_done", "inbox", ["done_at"], sqlite_where=sa.text("state = 'done'"))
    op.create_index("ix_outbox_settled", "outbox", ["settled_at"], sqlite_where=sa.text("state <> 'waiting'"))
    # Each outbox row that is tidied away looks for the digest that it carried.
    op.create_index("ix_digests_outbox_id", "digests", ["outbox_id"])
    # Two that every message wrote: the unique key of patient and day serves as well as the first, and nobody asks for
    # a bubble by its chat.
    op.drop_index("ix_outbox_patient_id", "outbox")
    op.drop_index("ix_bubbles_chat_id_message_id", "bubbles")
