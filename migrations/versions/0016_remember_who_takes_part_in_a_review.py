"""Remember who takes part in a review, and what they were told of it by mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; whoever facilitates takes part, and knows the plans and minutes that were there before."""
    op.create_table(
        "review_participant",
        sa.Column("review_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("invited_at", sa.BigInteger(), nullable=True),
        sa.Column("minutes_at", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_participant_person_id_person")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_participant_review_id_review")),
        sa.PrimaryKeyConstraint("review_id", "person_id", name=op.f("pk_review_participant")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_review_participant_person_id"), "review_participant", ["person_id"])
    op.execute(
        "INSERT INTO review_participant (review_id, person_id, invited_at, minutes_at)"
        " SELECT id, facilitator_id, scheduled_for, closed_at FROM review"
    )


def downgrade() -> None:
    """Drop it; what was mailed stays mailed."""
    op.drop_table("review_participant")
