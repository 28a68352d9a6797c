"""Count experiments by state."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portfolio.network import tally

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep the numbers, from what is there."""
    op.create_table(
        "experiment_tally",
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "proposed",
                "approved",
                "running",
                "closed",
                "declined",
                "withdrawn",
                "record",
                name="state_tallied",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_experiment_tally_number")),
        sa.PrimaryKeyConstraint("state", "restricted", "shared", name=op.f("pk_experiment_tally")),
        sqlite_strict=True,
    )
    tally.keep(op.get_bind())


def downgrade() -> None:
    """Count them each time."""
    tally.forget(op.get_bind())
    op.drop_table("experiment_tally")
