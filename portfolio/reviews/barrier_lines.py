"""The part of an agenda about barriers: what stands in the way, until it is removed; and what made way since."""

from __future__ import annotations

from portfolio.bridge import policy
from portfolio.bridge.barrier import Barrier, BarrierState
from portfolio.foundation import clock
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.languages import ngettext
from portfolio.reviews.outcome import Part
from portfolio.reviews.said import Line, Readers, Said, Section, Way, Worded, day
from portfolio.reviews.sight import Sight


def barriers(now: Sight) -> Section:
    """What stands in the way, the longest first, then what ended since last time."""
    lines = [
        Line(
            ref=barrier.ref,
            title=barrier.title,
            sub=(Said(_in_the_way_of(barrier)), Said(_age(now, barrier))),
            cells=((Said(barrier.obstacle, markdown=True),), _owner(barrier), _became(now, barrier)),
            readers=readers_of_barrier(now, barrier),
            waits=barrier.needs_owner,
            comes_up=barrier.stands,
            ways=_ways(barrier),
        )
        for barrier in now.barriers
    ]
    columns = (_l("What it would take"), _l("Who removes it, by when"), _l("Now"))
    return Section(Part.BARRIERS, columns, lines, _l("Nothing stands in the way that a team cannot move itself."))


def readers_of_barrier(now: Sight, barrier: Barrier) -> Readers | None:
    """Who reads a line about it: whoever reads the experiment, and whoever was named to remove it."""
    readers = now.readers_of(barrier.experiment)
    if readers is None:
        return None
    return Readers(readers.people | ({barrier.owner_id} if barrier.owner_id else set()), readers.roles)


def _in_the_way_of(barrier: Barrier) -> object:
    said = {"ref": barrier.experiment.ref, "title": barrier.experiment.title, "name": barrier.raised_by.name}
    return _l("In the way of %(ref)s, %(title)s; put by %(name)s", **said)


def _age(now: Sight, barrier: Barrier) -> object:
    raised = clock.day_of(barrier.raised_at, now.rules.time_zone)
    until = clock.day_of(barrier.ended_at, now.rules.time_zone) if barrier.ended_at else now.rules.today
    days = (until - raised).days
    if not days:
        return _l("Since %(day)s", day=day(raised)) if barrier.stands else _l("Over within a day")
    waited = Worded(lambda: ngettext("one day", "%(num)s days", days))
    if barrier.stands:
        return _l("Since %(day)s, for %(waited)s", day=day(raised), waited=waited)
    return _l("From %(day)s, for %(waited)s", day=day(raised), waited=waited)


def _owner(barrier: Barrier) -> tuple[Said, ...]:
    if barrier.owner is None or barrier.due_on is None:
        return (Said(_l("Nobody yet")),)
    by = Said(_l("%(name)s, by %(day)s", name=barrier.owner.name, day=day(barrier.due_on)))
    return (by, *((Said(_l("Their account has ended.")),) if barrier.needs_owner else ()))


def _became(now: Sight, barrier: Barrier) -> tuple[Said, ...]:
    if barrier.ended_at is None or barrier.ended_by is None:
        late = barrier.is_late(now.rules.today)
        return (Said(_l("Late") if late else barrier.state.label),)
    said = {"name": barrier.ended_by.name, "day": day(clock.day_of(barrier.ended_at, now.rules.time_zone))}
    removed = barrier.state is BarrierState.REMOVED
    words = (
        _l("Removed on %(day)s, says %(name)s", **said) if removed else _l("Cannot be removed, says %(name)s", **said)
    )
    return (Said(words), *((Said(barrier.outcome, markdown=True),) if barrier.outcome else ()))


def _ways(barrier: Barrier) -> tuple[Way, ...]:
    values = {"ref": barrier.ref}
    ways = [Way(_l("Open it"), "bridge.show_barrier", values, acts=False)]
    if barrier.stands:
        told = _l("Say what came of it")
        ways.insert(0, Way(told, "bridge.show_barrier", values, may=lambda one: policy.may_end_barrier(one, barrier)))
    if barrier.needs_owner:
        given = _l("Name who removes it")
        ways.insert(
            0,
            Way(
                given,
                "bridge.show_barrier",
                values,
                may=lambda one: policy.may_give(one, barrier),
                whose=_l("A leader names who removes it."),
            ),
        )
    return tuple(ways)
