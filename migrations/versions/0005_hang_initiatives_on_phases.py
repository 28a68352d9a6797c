"""Let an initiative name the phase of the vision it is a step in, as an experiment does."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what is there hangs on nothing yet."""
    with op.batch_alter_table("initiative", table_kwargs={"sqlite_strict": True}) as batch_op:
        batch_op.add_column(sa.Column("phase_id", sa.BigInteger(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_initiative_phase_id_phase"), "phase", ["phase_id"], ["id"])
        batch_op.create_index(op.f("ix_initiative_phase_id"), ["phase_id"], unique=False)


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("initiative", table_kwargs={"sqlite_strict": True}) as batch_op:
        batch_op.drop_index(op.f("ix_initiative_phase_id"))
        batch_op.drop_constraint(op.f("fk_initiative_phase_id_phase"), type_="foreignkey")
        batch_op.drop_column("phase_id")
