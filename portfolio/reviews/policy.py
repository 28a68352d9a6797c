"""Who may do what with reviews."""

from __future__ import annotations

from portfolio.foundation.authority import permission
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.person import Person
from portfolio.reviews.action import ReviewAction
from portfolio.reviews.review import Review

_RUN_BY = _l("A review is scheduled, run and closed by a facilitator or a leader.")


def _runs(actor: Person) -> bool:
    return actor.is_leader or (actor.is_volunteer and actor.has("facilitator"))


@permission("review.reading", _l("Reviews are for everyone in the organisation."))
def may_read(actor: Person, thing: Review | None) -> bool:  # noqa: ARG001
    """Every volunteer; single lines of a record may be for fewer."""
    return actor.is_volunteer


@permission("review.scheduling", _RUN_BY)
def may_schedule(actor: Person, thing: Review | None) -> bool:  # noqa: ARG001
    """Facilitators and leaders."""
    return _runs(actor)


@permission("review.running", _RUN_BY)
def may_run(actor: Person, thing: Review | None) -> bool:  # noqa: ARG001
    """Facilitators and leaders: open, note, agree."""
    return _runs(actor)


@permission("review.closing", _RUN_BY)
def may_close(actor: Person, thing: Review | None) -> bool:  # noqa: ARG001
    """Facilitators and leaders."""
    return _runs(actor)


@permission("review.choosing", _l("What we will not do is chosen by a leader."))
def may_choose(actor: Person, thing: Review | None) -> bool:  # noqa: ARG001
    """Leaders."""
    return actor.is_leader


@permission("review.correcting", _l("A closed review is corrected, below its record, by a facilitator or a leader."))
def may_correct(actor: Person, thing: Review | None) -> bool:  # noqa: ARG001
    """Facilitators and leaders."""
    return _runs(actor)


@permission(
    "review.record_reading", _l("The whole record, restricted lines included, is for leaders and facilitators.")
)
def may_read_record(actor: Person, thing: Review | None) -> bool:  # noqa: ARG001
    """Who sees every line of it: leaders and facilitators."""
    return _runs(actor)


@permission(
    "review.action_finishing", _l("Whoever took it on says that it is done; a facilitator or a leader may too.")
)
def may_finish(actor: Person, action: ReviewAction | None) -> bool:
    """Its owner, facilitators and leaders."""
    return actor.is_volunteer and (action is None or action.owner_id == actor.id or _runs(actor))


@permission("half_hour.writing", _l("The half hour is written down by a facilitator or a leader."))
def may_write_down(actor: Person, thing: object) -> bool:  # noqa: ARG001
    """Facilitators and leaders."""
    return _runs(actor)
