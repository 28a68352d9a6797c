"""Let search find forms of a word that share no stem with it, such as "paid" for "pay".

What lies beside the words is made anew, and the index with it; nobody's words change.
"""

from __future__ import annotations

from alembic import op

from portfolio.foundation import search

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Work out the forms of everything that can be found."""
    connection = op.get_bind()
    search.renew_marks(connection)
    search.rebuild(connection)


def downgrade() -> None:
    """Leave them: the stems that were looked for before are among them."""
