"""Run a meeting: the parts of its agenda in the facilitator's order, what was added, and whose turn it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BEFORE = (
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
    "agreed",
)
NOW = (*BEFORE[:-1], "own", "agreed")


def part(values: tuple[str, ...]) -> sa.Enum:
    """A column's type with these parts."""
    return sa.Enum(*values, name="part", native_enum=False, create_constraint=True, length=40)


def change(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Allow other parts than before."""
    with op.batch_alter_table("review_note", table_kwargs={"sqlite_strict": True}) as batch_op:
        batch_op.alter_column("part", existing_type=part(old), type_=part(new), existing_nullable=False)


def upgrade() -> None:
    """Make the tables, and add the part."""
    op.create_table(
        "review_place",
        sa.Column("review_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("part", part(NOW), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=True),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 600", name=op.f("ck_review_place_minutes")),
        sa.CheckConstraint("place > 0", name=op.f("ck_review_place_place")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_place_review_id_review")),
        sa.PrimaryKeyConstraint("review_id", "part", name=op.f("pk_review_place")),
        sqlite_strict=True,
    )
    op.create_table(
        "review_topic",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_review_topic_by_id_person")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_topic_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_topic")),
        sqlite_strict=True,
    )
    op.create_index("ix_review_topic_review", "review_topic", ["review_id", "id"])
    op.create_table(
        "review_turn",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column("part", part(NOW), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_review_turn_by_id_person")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_turn_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_turn")),
        sqlite_strict=True,
    )
    op.create_index("ix_review_turn_review", "review_turn", ["review_id", "id"])
    change(BEFORE, NOW)


def downgrade() -> None:
    """Take them away; what was noted about what was added stands with what we agree to do from then on."""
    op.execute("UPDATE review_note SET part = 'agreed' WHERE part = 'own'")
    change(NOW, BEFORE)
    for table in ("review_turn", "review_topic", "review_place"):
        op.drop_table(table)
