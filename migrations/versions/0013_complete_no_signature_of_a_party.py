"""Let the database also refuse the second signature that would complete one of somebody who became party since.

The first of two leaders may join the team before the second one signs. The model counts such a signature no more; this
keeps it from ever being completed.
"""

from __future__ import annotations

from alembic import op

from portfolio.budgets.separation import GUARDS
from portfolio.foundation.guard import put_up, take_down

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NEW = [guard for guard in GUARDS if guard.name == "no_party_s_signature_is_completed"]


def upgrade() -> None:
    """Put the guard up; a database that is new has it since it asks about parties at all."""
    put_up(op.get_bind(), NEW)


def downgrade() -> None:
    """Take it down."""
    take_down(op.get_bind(), NEW)
