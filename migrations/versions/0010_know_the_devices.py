"""Know of every device where somebody is signed in which browser it is, and when they last proved who they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; whoever is signed in proved who they are when they began."""
    with op.batch_alter_table("sign_in", table_kwargs={"sqlite_strict": True}) as batch_op:
        batch_op.add_column(sa.Column("browser", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("proved_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("two_steps", sa.Boolean(), nullable=True))
    op.execute("UPDATE sign_in SET browser = '', proved_at = began_at, two_steps = (1 = 0)")
    with op.batch_alter_table("sign_in", table_kwargs={"sqlite_strict": True}) as batch_op:
        batch_op.alter_column("browser", existing_type=sa.Text(), nullable=False)
        batch_op.alter_column("proved_at", existing_type=sa.BigInteger(), nullable=False)
        batch_op.alter_column("two_steps", existing_type=sa.Boolean(), nullable=False)


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("sign_in", table_kwargs={"sqlite_strict": True}) as batch_op:
        for column in ("browser", "proved_at", "two_steps"):
            batch_op.drop_column(column)
