"""Where an experiment can stand."""

from __future__ import annotations

import enum

from portfolio.foundation.languages import lazy_gettext as _l


class State(enum.Enum):
    """Where an experiment stands. That a timebox has ended follows from the clock and is no state."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    RUNNING = "running"
    CLOSED = "closed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    RECORD = "record"  # Imported history, with a state of its own.

    @property
    def label(self) -> object:
        """The state for a reader."""
        return STATE_LABELS[self]


STATE_LABELS = {
    State.DRAFT: _l("Draft"),
    State.PROPOSED: _l("Proposed"),
    State.APPROVED: _l("Approved"),
    State.RUNNING: _l("Running"),
    State.CLOSED: _l("Decided"),
    State.DECLINED: _l("Declined"),
    State.WITHDRAWN: _l("Withdrawn"),
    State.RECORD: _l("Record"),
}
UNDER_WAY = (State.DRAFT, State.PROPOSED, State.APPROVED, State.RUNNING)
