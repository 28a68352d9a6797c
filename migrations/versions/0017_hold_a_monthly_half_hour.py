"""Keep what is said and agreed in monthly half hours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MEETING = "ck_review_action_meeting"


def upgrade() -> None:
    """Make the tables, and let an action be agreed in a half hour as well as in a review."""
    op.create_table(
        "half_hour",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_half_hour")),
        sa.UniqueConstraint("month", name=op.f("uq_half_hour_month")),
        sqlite_strict=True,
    )
    op.create_table(
        "half_hour_note",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("half_hour_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_half_hour_note_by_id_person")),
        sa.ForeignKeyConstraint(
            ["half_hour_id"], ["half_hour.id"], name=op.f("fk_half_hour_note_half_hour_id_half_hour")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_half_hour_note")),
        sqlite_strict=True,
    )
    op.create_index("ix_half_hour_note_half_hour", "half_hour_note", ["half_hour_id", "id"])
    with op.batch_alter_table("review_action", table_kwargs={"sqlite_strict": True}) as batch_op:
        batch_op.add_column(sa.Column("half_hour_id", sa.BigInteger(), nullable=True))
        batch_op.alter_column("review_id", existing_type=sa.BigInteger(), nullable=True)
        batch_op.create_foreign_key(
            op.f("fk_review_action_half_hour_id_half_hour"), "half_hour", ["half_hour_id"], ["id"]
        )
        batch_op.create_check_constraint(op.f(MEETING), "(review_id IS NULL) <> (half_hour_id IS NULL)")
        batch_op.create_index("ix_review_action_half_hour", ["half_hour_id", "id"])


def downgrade() -> None:
    """Take them away, with what was agreed in half hours: it belongs to no review."""
    op.execute("DELETE FROM review_action WHERE review_id IS NULL")
    with op.batch_alter_table("review_action", table_kwargs={"sqlite_strict": True}) as batch_op:
        batch_op.drop_index("ix_review_action_half_hour")
        batch_op.drop_constraint(op.f(MEETING), type_="check")
        batch_op.drop_constraint(op.f("fk_review_action_half_hour_id_half_hour"), type_="foreignkey")
        batch_op.alter_column("review_id", existing_type=sa.BigInteger(), nullable=False)
        batch_op.drop_column("half_hour_id")
    op.drop_table("half_hour_note")
    op.drop_table("half_hour")
