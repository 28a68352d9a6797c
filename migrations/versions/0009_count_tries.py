"""Count what is tried too often, such as signing in, in one place for all processes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "tries",
        sa.Column("limit_name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("moments", sa.Text(), nullable=False),
        sa.Column("over_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("limit_name", "key_hash", name=op.f("pk_tries")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_tries_over_at"), "tries", ["over_at"])


def downgrade() -> None:
    """Drop it; everybody begins at nought again."""
    op.drop_table("tries")
