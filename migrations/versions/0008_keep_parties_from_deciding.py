"""Let the database itself refuse whoever decides on money they are party to.

The model refuses it, and so does every page; this is for the question that somebody forgets, and for a hand in the
database.
"""

from __future__ import annotations

from alembic import op

from portfolio.budgets import separation as of_money
from portfolio.foundation.guard import put_up, take_down
from portfolio.network import separation as of_experiments

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

GUARDS = (*of_money.GUARDS, *of_experiments.GUARDS)


def upgrade() -> None:
    """Put the guards up."""
    put_up(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take them down."""
    take_down(op.get_bind(), GUARDS)
