"""Where an initiative stands, how it goes, and who carries which part of it."""

from __future__ import annotations

import enum

from portfolio.foundation.languages import lazy_gettext as _l


class State(enum.Enum):
    """From a suggestion to daily work."""

    DRAFT = "draft"
    PLANNED = "planned"
    ACTIVE = "active"
    EMBEDDED = "embedded"
    CANCELLED = "cancelled"

    @property
    def label(self) -> object:
        """The state for a reader."""
        return STATE_LABELS[self]


class Colour(enum.Enum):
    """How it goes, as its owner sees it."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"

    @property
    def label(self) -> object:
        """The colour in words, for colour alone says nothing."""
        return COLOUR_LABELS[self]


class Letter(enum.Enum):
    """Responsible does the work, accountable answers for it, consulted has a say, informed hears of it."""

    RESPONSIBLE = "R"
    ACCOUNTABLE = "A"
    CONSULTED = "C"
    INFORMED = "I"

    @property
    def label(self) -> object:
        """The part for a reader."""
        return LETTER_LABELS[self]


STATE_LABELS = {
    State.DRAFT: _l("Draft"),
    State.PLANNED: _l("Planned"),
    State.ACTIVE: _l("Active"),
    State.EMBEDDED: _l("Embedded"),
    State.CANCELLED: _l("Cancelled"),
}
COLOUR_LABELS = {
    Colour.GREEN: _l("On plan"),
    Colour.AMBER: _l("At risk"),
    Colour.RED: _l("Off plan"),
}
LETTER_LABELS = {
    Letter.RESPONSIBLE: _l("Responsible"),
    Letter.ACCOUNTABLE: _l("Accountable"),
    Letter.CONSULTED: _l("Consulted"),
    Letter.INFORMED: _l("Informed"),
}
OPEN = (State.DRAFT, State.PLANNED, State.ACTIVE)
