"""Let a review's notes be about the balance of the two systems."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BEFORE = ("actions", "ended", "off_track", "decided", "promotions", "adoption", "money", "not_doing", "wins", "agreed")
NOW = ("actions", "balance", *BEFORE[1:])


def part(values: tuple[str, ...]) -> sa.Enum:
    """The column's type with these parts."""
    return sa.Enum(*values, name="part", native_enum=False, create_constraint=True, length=40)


def change(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Allow other parts than before."""
    with op.batch_alter_table("review_note", table_kwargs={"sqlite_strict": True}) as batch_op:
        batch_op.alter_column("part", existing_type=part(old), type_=part(new), existing_nullable=False)


def upgrade() -> None:
    """Add the part."""
    change(BEFORE, NOW)


def downgrade() -> None:
    """Take it away; what was noted about it stands with the actions from then on."""
    op.execute("UPDATE review_note SET part = 'actions' WHERE part = 'balance'")
    change(NOW, BEFORE)
