"""Keep pictures with learnings, in the database, so that a backup holds them too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portfolio.foundation.seal import seal, unseal

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLES = {"learning_picture": "id", "picture_content": "picture_id"}


def upgrade() -> None:
    """Make the tables, and seal them."""
    op.create_table(
        "learning_picture",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("learning_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("shows", sa.Text(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_learning_picture_by_id_person")),
        sa.ForeignKeyConstraint(
            ["learning_id"], ["learning.id"], name=op.f("fk_learning_picture_learning_id_learning")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_picture")),
        sqlite_strict=True,
    )
    op.create_index("uq_learning_picture", "learning_picture", ["learning_id", "position"], unique=True)
    op.create_index(op.f("ix_learning_picture_by_id"), "learning_picture", ["by_id"])
    op.create_table(
        "picture_content",
        sa.Column("picture_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["learning_picture.id"], name=op.f("fk_picture_content_picture_id_learning_picture")
        ),
        sa.PrimaryKeyConstraint("picture_id", name=op.f("pk_picture_content")),
        sqlite_strict=True,
    )
    for table, key in TABLES.items():
        seal(op.get_bind(), table, key)


def downgrade() -> None:
    """Take the pictures away."""
    for table in reversed(TABLES):
        unseal(op.get_bind(), table)
        op.drop_table(table)
