"""Remember what we chose not to do and took up again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "review_reopening",
        sa.Column("choice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_review_reopening_by_id_person")),
        sa.ForeignKeyConstraint(
            ["choice_id"], ["review_choice.id"], name=op.f("fk_review_reopening_choice_id_review_choice")
        ),
        sa.PrimaryKeyConstraint("choice_id", name=op.f("pk_review_reopening")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Take it away; the trail still tells of each."""
    op.drop_table("review_reopening")
