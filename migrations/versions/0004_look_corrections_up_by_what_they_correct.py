"""Look corrections up by what they correct, and learnings by their kind; a reading is corrected once."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both."""
    with op.batch_alter_table("learning") as batch_op:
        batch_op.create_index("ix_learning_kind", ["kind", "id"], unique=False)

    with op.batch_alter_table("reading", table_kwargs={"sqlite_strict": True}) as batch_op:
        batch_op.create_unique_constraint(batch_op.f("uq_reading_corrects_id"), ["corrects_id"])


def downgrade() -> None:
    """Take both away."""
    with op.batch_alter_table("reading", table_kwargs={"sqlite_strict": True}) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_reading_corrects_id"), type_="unique")

    with op.batch_alter_table("learning") as batch_op:
        batch_op.drop_index("ix_learning_kind")
