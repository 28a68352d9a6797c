"""Let teams put barriers to leadership, and a review's notes be about them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BEFORE = (
    "actions",
    "balance",
    "ended",
    "off_track",
    "decided",
    "promotions",
    "adoption",
    "money",
    "not_doing",
    "wins",
    "agreed",
)
NOW = (*BEFORE[:4], "barriers", *BEFORE[4:])


def part(values: tuple[str, ...]) -> sa.Enum:
    """The column's type with these parts."""
    return sa.Enum(*values, name="part", native_enum=False, create_constraint=True, length=40)


def change(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Allow other parts than before."""
    with op.batch_alter_table("review_note", table_kwargs={"sqlite_strict": True}) as batch_op:
        batch_op.alter_column("part", existing_type=part(old), type_=part(new), existing_nullable=False)


def upgrade() -> None:
    """Make the table, and add the part."""
    op.create_table(
        "barrier",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "taken",
                "removed",
                "stays",
                name="barrierstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("obstacle", sa.Text(), nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("raised_by_id", sa.BigInteger(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("named_by_id", sa.BigInteger(), nullable=True),
        sa.Column("named_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("ended_by_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (state IN ('open', 'taken'))", name=op.f("ck_barrier_ended")),
        sa.CheckConstraint("(state = 'open') = (owner_id IS NULL)", name=op.f("ck_barrier_owner")),
        sa.CheckConstraint("(owner_id IS NULL) = (due_on IS NULL)", name=op.f("ck_barrier_day")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_barrier_ended_by_id_person")),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiment.id"], name=op.f("fk_barrier_experiment_id_experiment")),
        sa.ForeignKeyConstraint(["named_by_id"], ["person.id"], name=op.f("fk_barrier_named_by_id_person")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_barrier_owner_id_person")),
        sa.ForeignKeyConstraint(["raised_by_id"], ["person.id"], name=op.f("fk_barrier_raised_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_barrier")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_barrier_ended_at"), "barrier", ["ended_at"])
    op.create_index(op.f("ix_barrier_experiment_id"), "barrier", ["experiment_id"])
    op.create_index("ix_barrier_owner", "barrier", ["owner_id", "state"])
    op.create_index("ix_barrier_state_id", "barrier", ["state", "id"])
    change(BEFORE, NOW)


def downgrade() -> None:
    """Take both away; what was noted about barriers stands with what is off track from then on."""
    op.execute("UPDATE review_note SET part = 'off_track' WHERE part = 'barriers'")
    change(NOW, BEFORE)
    op.drop_table("barrier")
