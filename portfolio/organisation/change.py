"""The four forms of change, told apart by two questions, and the horizons they look to."""

from __future__ import annotations

import enum

from portfolio.foundation.languages import lazy_gettext as _l


class Mode(enum.Enum):
    """Which of the two operating systems carries a change."""

    HIERARCHY = "hierarchy"
    NETWORK = "network"


class FormOfChange(enum.Enum):
    """What changes: the configuration (systems, processes, structures), the paradigm (ways of thinking), or both."""

    IMPROVE = "improve"
    RENEW = "renew"
    TRANSITION = "transition"
    INNOVATION = "innovation"

    @classmethod
    def by(cls, *, configuration_changes: bool, paradigm_shifts: bool) -> FormOfChange:
        """The form that the two answers lead to."""
        return {
            (False, False): cls.IMPROVE,
            (True, False): cls.RENEW,
            (False, True): cls.TRANSITION,
            (True, True): cls.INNOVATION,
        }[configuration_changes, paradigm_shifts]

    @property
    def configuration_changes(self) -> bool:
        """Whether systems, processes or roles change."""
        return self in (FormOfChange.RENEW, FormOfChange.INNOVATION)

    @property
    def paradigm_shifts(self) -> bool:
        """Whether the way of thinking changes."""
        return self in (FormOfChange.TRANSITION, FormOfChange.INNOVATION)

    @property
    def mode(self) -> Mode:
        """Plan-driven change belongs to the hierarchy, hypothesis-driven change to the network."""
        return Mode.NETWORK if self.paradigm_shifts else Mode.HIERARCHY

    @property
    def default_horizon(self) -> int:
        """1 today, 2 tomorrow, 3 the day after."""
        return {FormOfChange.IMPROVE: 1, FormOfChange.INNOVATION: 3}.get(self, 2)

    @property
    def label(self) -> object:
        """The form's name for a reader."""
        return FORM_LABELS[self]


FORM_LABELS = {
    FormOfChange.IMPROVE: _l("Improve"),
    FormOfChange.RENEW: _l("Renew"),
    FormOfChange.TRANSITION: _l("Transition"),
    FormOfChange.INNOVATION: _l("Innovation"),
}
HORIZON_LABELS = {1: _l("1, today"), 2: _l("2, tomorrow"), 3: _l("3, the day after")}
