"""The fate of a promotion: what operations did with it. After a yes it is read from the initiative, never stored."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Text, case, select, type_coerce

from portfolio.bridge.answer import State
from portfolio.bridge.promotion import Promotion
from portfolio.foundation.correction import holds
from portfolio.foundation.database import db
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.state import State as InitiativeState
from portfolio.organisation.measure import Reading


class Fate(enum.Enum):
    """From offered to an effect in daily work, or not."""

    OFFERED = "offered"
    DEFERRED = "deferred"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    EMBEDDED = "embedded"
    EFFECT_MEASURED = "effect_measured"
    ABANDONED = "abandoned"

    @property
    def label(self) -> object:
        """The fate for a reader."""
        return FATE_LABELS[self]

    @property
    def stands(self) -> bool:
        """Whether its learnings are taken: operations may still say yes, or did and have not called it off."""
        return self not in (Fate.DECLINED, Fate.ABANDONED)


FATE_LABELS = {
    Fate.OFFERED: _l("Waits for an answer"),
    Fate.DEFERRED: _l("Deferred"),
    Fate.DECLINED: _l("Declined"),
    Fate.ACCEPTED: _l("Accepted"),
    Fate.EMBEDDED: _l("Embedded"),
    Fate.EFFECT_MEASURED: _l("Effect measured"),
    Fate.ABANDONED: _l("Abandoned"),
}


def _fate() -> ColumnElement[str]:
    has_effect = (
        select(Reading.id)
        .where(
            Reading.measure_id == Initiative.measure_id,
            Reading.read_on >= Initiative.embedded_on,
            holds(Reading),
        )
        .exists()
    )
    return case(
        (Promotion.state != State.ACCEPTED, type_coerce(Promotion.state, Text())),
        (Initiative.state == InitiativeState.CANCELLED, Fate.ABANDONED.value),
        (Initiative.state != InitiativeState.EMBEDDED, Fate.ACCEPTED.value),
        (has_effect, Fate.EFFECT_MEASURED.value),
        else_=Fate.EMBEDDED.value,
    )


# The one place where a fate is worked out; a statement that uses it joins what `AFTER` says.
FATE = _fate()
AFTER = (Initiative, Initiative.id == Promotion.initiative_id)


def fates_of(promotions: Iterable[Promotion]) -> dict[int, Fate]:
    """What became of each; one query."""
    asked = [promotion.id for promotion in promotions]
    rows = db.session.execute(select(Promotion.id, FATE).outerjoin(*AFTER).where(Promotion.id.in_(asked)))
    return {number: Fate(value) for number, value in rows}
