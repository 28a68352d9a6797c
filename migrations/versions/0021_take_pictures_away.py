"""Let a picture be taken away for good, and remember who did and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portfolio.foundation.seal import seal, unseal

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TAKEN_AWAY = "EXISTS (SELECT 1 FROM picture_removal WHERE picture_removal.picture_id = OLD.picture_id)"


def upgrade() -> None:
    """Make the table, seal it, and let go of what it names."""
    op.create_table(
        "picture_removal",
        sa.Column("picture_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_picture_removal_by_id_person")),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["learning_picture.id"], name=op.f("fk_picture_removal_picture_id_learning_picture")
        ),
        sa.PrimaryKeyConstraint("picture_id", name=op.f("pk_picture_removal")),
        sqlite_strict=True,
    )
    seal(op.get_bind(), "picture_removal", "picture_id")
    seal(op.get_bind(), "picture_content", "picture_id", may_go=TAKEN_AWAY)


def downgrade() -> None:
    """Let nothing go any more; not once a picture was taken away, for nobody could tell it from one that was stolen."""
    if op.get_bind().scalar(sa.text("SELECT COUNT(*) FROM picture_removal")):
        raise RuntimeError("Pictures were taken away. Without the table that says so they would be missed.")
    seal(op.get_bind(), "picture_content", "picture_id")
    unseal(op.get_bind(), "picture_removal")
    op.drop_table("picture_removal")
