"""Things that an earlier review decided, each beside what came after it, as far as one person may see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, raiseload

from portfolio.audit.entry import AuditEntry
from portfolio.bridge import barrier_queries
from portfolio.bridge import queries as bridge
from portfolio.bridge.answer import State
from portfolio.bridge.barrier import Barrier
from portfolio.bridge.fate import Fate
from portfolio.bridge.promotion import Promotion
from portfolio.budgets.envelope import Envelope
from portfolio.foundation import clock
from portfolio.foundation.database import db
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.network.decision import Decision, DecisionKind
from portfolio.network.experiment import Experiment
from portfolio.network.queries import visible_to
from portfolio.organisation.house_rules import AmountsSeenBy, HouseRules
from portfolio.people.person import Person
from portfolio.reviews.review import Review
from portfolio.reviews.said import OVERSEERS, Worded, day

MOST = 100


@dataclass(frozen=True)
class Followed:
    """One thing that was decided, and what came after it.

    Args:
        ref: its identifier for life, if it has one.
        endpoint: of its page, with its values.
        decided: what was decided.
        became: what followed, in a few words each.
        reason: why, in Markdown; empty where nothing was written.
    """

    ref: str
    title: Any
    endpoint: str
    values: dict[str, str]
    decided: Any
    who: str
    became: Sequence[Any]
    reason: str = field(default="")


def decisions(review: Review, *, viewer: Person) -> list[Followed]:
    """What was decided on experiments, and what goes on of each."""
    decided = db.session.scalars(
        visible_to(viewer, select(Experiment))
        .join(Decision, Decision.experiment_id == Experiment.id)
        .where(Decision.at.between(review.opened_at, review.closed_at))
        .options(joinedload(Experiment.decision).joinedload(Decision.by), raiseload("*"))
        .order_by(Decision.id)
        .limit(MOST)
    ).all()
    follow_ups = _follow_ups(decided, viewer)
    promoted = bridge.promotions_of_experiments([experiment.id for experiment in decided], viewer=viewer)
    crossings = bridge.crossings(promoted, viewer=viewer)
    found = []
    for experiment in decided:
        decision = experiment.decision
        assert decision is not None
        carried = [promotion for promotion in promoted if experiment.id in promotion.experiment_ids]
        became = [
            *(_l("Goes on as %(ref)s: %(state)s", ref=e.ref, state=e.state.label) for e in follow_ups[experiment.id]),
            *(_promoted(promotion, crossings[promotion.id]) for promotion in carried),
        ]
        found.append(
            Followed(
                experiment.ref,
                experiment.title,
                "network.show_experiment",
                {"ref": experiment.ref},
                decision.kind.label,
                decision.by.name,
                became or [_nothing_after(decision.kind)],
                decision.reason,
            )
        )
    return found


def answers(review: Review, *, viewer: Person) -> list[Followed]:
    """What operations answered, and what became of it."""
    assert review.opened_at is not None
    assert review.closed_at is not None
    answered = bridge.answered_between(review.opened_at, review.closed_at, viewer=viewer)
    crossings = bridge.crossings(answered, viewer=viewer)
    found = []
    for promotion in answered:
        said = [answer for answer in promotion.answers if review.opened_at <= answer.at <= review.closed_at][-1]
        stands = said is promotion.last_answer and said.state is not State.ACCEPTED
        became = _l("Nothing changed since") if stands else _became(promotion, crossings[promotion.id])
        decided = _l("Deferred to %(review)s", review=said.deferred_until) if said.deferred_until else None
        found.append(
            Followed(
                promotion.ref,
                promotion.title,
                "bridge.show_promotion",
                {"ref": promotion.ref},
                decided or Fate(said.state.value).label,
                promotion.owner.name,
                [became],
                said.reason,
            )
        )
    return found


def barriers(review: Review, *, viewer: Person, rules: HouseRules) -> list[Followed]:
    """What somebody was named to remove, and whether it made way."""
    named = barrier_queries.barriers_named(_subjects(review, "barrier.taken"), viewer=viewer)
    return [
        Followed(
            barrier.ref,
            barrier.title,
            "bridge.show_barrier",
            {"ref": barrier.ref},
            _l("Somebody removes it"),
            barrier.owner.name if barrier.owner else "",
            list(_of_barrier(barrier, rules)),
            barrier.outcome,
        )
        for barrier in named
    ]


def envelopes(review: Review, *, viewer: Person, rules: HouseRules) -> list[Followed]:
    """The money that was set aside, and how much of it was granted and spent."""
    ids = _subjects(review, "envelope.set")
    if not ids:
        return []
    sees = rules.amounts_seen_by is AmountsSeenBy.EVERYONE or any(viewer.has(role) for role in OVERSEERS)
    rows = db.session.scalars(select(Envelope).where(Envelope.id.in_(ids)).order_by(Envelope.first_day))
    return [
        Followed(
            "",
            _l("Envelope %(quarter)s", quarter=envelope.quarter),
            "budgets.show_envelope",
            {"quarter": envelope.quarter},
            _l("Set aside"),
            "",
            list(_of_envelope(envelope) if sees else (_l("restricted"),)),
            envelope.reason,
        )
        for envelope in rows
    ]


# Inside -------------------------------------------------------------------------------------------------------------


def _subjects(review: Review, action: str) -> list[int]:
    """What this was done to while the review was open."""
    entry = select(AuditEntry.subject_id).where(
        AuditEntry.action == action, AuditEntry.seq > (review.trail_from or 0), AuditEntry.at <= review.closed_at
    )
    return [number for number in db.session.scalars(entry.distinct().limit(MOST)) if number is not None]


def _follow_ups(decided: Iterable[Experiment], viewer: Person) -> dict[int, list[Experiment]]:
    found: dict[int, list[Experiment]] = {experiment.id: [] for experiment in decided}
    statement = visible_to(viewer, select(Experiment)).where(Experiment.follows_id.in_(found))
    for one in db.session.scalars(statement.options(raiseload("*")).order_by(Experiment.id)):
        found[one.follows_id or 0].append(one)
    return found


def _nothing_after(kind: DecisionKind) -> object:
    return _l("Stopped, and nothing of it goes on") if kind is DecisionKind.STOP else _l("Nothing followed yet")


def _promoted(promotion: Promotion, crossing: bridge.Crossing) -> object:
    return _l("Promoted as %(ref)s: %(fate)s", ref=promotion.ref, fate=_became(promotion, crossing))


def _became(promotion: Promotion, crossing: bridge.Crossing) -> object:
    effect, initiative = crossing.effect, promotion.initiative
    if effect is not None and effect.is_measured:
        return _l("%(fate)s, %(change)s", fate=crossing.label, change=Worded(lambda: effect.words))
    if initiative is None or not crossing.shows_initiative:
        return crossing.fate.label
    who = initiative.owner.name if initiative.owner else ""
    said = {"fate": crossing.fate.label, "ref": initiative.ref, "state": initiative.state.label, "name": who}
    return _l("%(fate)s as %(ref)s of %(name)s: %(state)s", **said)


def _of_barrier(barrier: Barrier, rules: HouseRules) -> Iterator[object]:
    if barrier.ended_at is not None:
        ended = clock.day_of(barrier.ended_at, rules.time_zone)
        yield _l("%(state)s on %(day)s", state=barrier.state.label, day=day(ended))
    elif barrier.due_on is not None:
        late = barrier.is_late(rules.today)
        yield _l("Late, due %(day)s", day=day(barrier.due_on)) if late else _l("Due %(day)s", day=day(barrier.due_on))
    else:
        yield barrier.state.label


def _of_envelope(envelope: Envelope) -> Iterator[object]:
    yield _l("%(amount)s set aside", amount=envelope.total_money)
    yield _l("%(amount)s granted", amount=envelope.committed_money)
    yield _l("%(amount)s of it spent", amount=envelope.spent_money)
