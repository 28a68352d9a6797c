"""Seal what authority rests on: who is party, what was signed, what was paid, and the one decision.

The app never changed such rows; from now on the database refuses it too, whoever asks. The rows of all sealed tables
are noted on the trail from now on, so those that are there already are noted here.
"""

from __future__ import annotations

from alembic import op

from portfolio.audit.noting import note_what_is_there
from portfolio.foundation.seal import seal, unseal

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEYS = {"expense": "id", "signature": "id", "party": "grant_id, person_id, why", "decision": "id"}
SEALED_BEFORE = (
    "ledger_entry",
    "experiment_version",
    "initiative_status",
    "promotion_answer",
    "review_record",
    "review_addendum",
)
STILL_OPEN = {"signature": ("voided_at", "completed_at")}


def upgrade() -> None:
    """Seal them, and note what they hold."""
    for table, key in KEYS.items():
        seal(op.get_bind(), table, key, still_open=STILL_OPEN.get(table, ()))
    note_what_is_there(op.get_bind(), *SEALED_BEFORE, *KEYS)


def downgrade() -> None:
    """Take these seals off; what was noted stays on the trail."""
    for table in KEYS:
        unseal(op.get_bind(), table)
