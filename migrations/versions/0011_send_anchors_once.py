"""Remember which anchors of the trail left the house, so that each leaves once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "anchor_sent",
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("occasion", name=op.f("pk_anchor_sent")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Drop it; the anchors themselves are kept elsewhere."""
    op.drop_table("anchor_sent")
