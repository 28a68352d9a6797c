"""Let the facilitator arrange the things within a part of an agenda, and keep to the minutes that were planned."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the column."""
    op.create_table(
        "review_thing",
        sa.Column("review_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "part",
            sa.Enum(
                "actions",
                "balance",
                "ended",
                "off_track",
                "barriers",
                "decided",
                "promotions",
                "adoption",
                "money",
                "not_doing",
                "wins",
                "own",
                "agreed",
                name="part",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.CheckConstraint("place > 0", name=op.f("ck_review_thing_place")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_thing_review_id_review")),
        sa.PrimaryKeyConstraint("review_id", "part", "ref", name=op.f("pk_review_thing")),
        sqlite_strict=True,
    )
    op.add_column("review_place", sa.Column("number", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Take them away; the trail still tells what was arranged."""
    op.drop_column("review_place", "number")
    op.drop_table("review_thing")
