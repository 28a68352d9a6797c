"""The parts of an agenda about money and about what is left undone."""

from __future__ import annotations

from portfolio.budgets.envelope import Envelope
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.languages import ngettext
from portfolio.foundation.money import Money
from portfolio.network.decision import DecisionKind
from portfolio.network.experiment import Experiment
from portfolio.network.state import State
from portfolio.organisation.quarter import Quarter
from portfolio.reviews.experiment_lines import to_read
from portfolio.reviews.outcome import Part, ReviewChoice
from portfolio.reviews.reopening import ReviewReopening
from portfolio.reviews.said import Line, Said, Section, Way, Worded
from portfolio.reviews.situation import Situation


def money(now: Situation) -> Section:
    """The quarter's envelope, what runs already takes, the next envelope, and what was granted and never started."""
    lines = [_envelope(now, now.quarter), *_underway(now), _envelope(now, now.quarter.next, comes=True)]
    lines += [_unstarted(now, experiment) for experiment in now.unstarted]
    lines += [_returned(now, experiment) for experiment in now.bets.over if experiment.id in now.returned]
    return Section(Part.MONEY, (_l("Amounts"), _l("Reason")), lines, "")


def not_doing(now: Situation) -> Section:
    """What was declined, stopped, withdrawn or left since last time; what was chosen before and stands, and now."""
    lines = [_left(now, e) for e in now.bets.over if e.id not in now.returned and _is_left(e)]
    lines += [_chosen_before(*chosen) for chosen in now.choices_standing]
    lines += [
        Line(
            ref="",
            title=chosen.what,
            cells=(
                (Said(_l("Chosen in this review, by %(name)s", name=chosen.by.name)),),
                (Said(chosen.reason, markdown=True),),
            ),
        )
        for chosen in now.choices
    ]
    columns = (_l("What became of it"), _l("Reason"))
    return Section(Part.NOT_DOING, columns, lines, _l("Nothing was declined, stopped or withdrawn since last time."))


def _chosen_before(choice: ReviewChoice, quarter: str, reopening: ReviewReopening | None) -> Line:
    chosen = Said(_l("Chosen in the review of %(quarter)s, by %(name)s", quarter=quarter, name=choice.by.name))
    if reopening is None:
        became, reasons = Said(_l("It stands")), [choice.reason]
    else:
        became = Said(_l("Reopened by %(name)s", name=reopening.by.name))
        reasons = [choice.reason, reopening.reason]
    return Line(
        ref="",
        title=choice.what,
        cells=((chosen, became), tuple(Said(reason, markdown=True) for reason in reasons)),
        ways=(Way(_l("Open it"), "reviews.list_reviews", {}, acts=False),),
    )


# The envelopes ------------------------------------------------------------------------------------------------------


def _envelope(now: Situation, quarter: Quarter, *, comes: bool = False) -> Line:
    envelope = now.envelopes[quarter.name]
    address, values = "budgets.show_envelope", {"quarter": quarter.name}
    to_set = Way(
        _l("Set the envelope"), address, values, may=lambda person: person.is_leader, whose=_l("A leader sets it.")
    )
    to_see = Way(_l("See the envelope"), address, values, acts=False)
    return Line(
        ref="",
        title=_l("Envelope %(quarter)s", quarter=quarter.name),
        cells=(
            _totals(now, envelope) if envelope else (Said(_l("Not set yet.")),),
            (Said(envelope.reason),) if envelope and envelope.reason else (),
        ),
        waits=comes and envelope is None,
        ways=(to_set, to_see) if comes and quarter.last_day >= now.rules.today else (to_see,),
    )


def _totals(now: Situation, envelope: Envelope) -> tuple[Said, ...]:
    return tuple(
        Said(words, now.totals, (amount,))
        for words, amount in (
            (_l("%(amount)s set aside", amount=envelope.total_money), envelope.total_money),
            (_l("%(amount)s granted", amount=envelope.committed_money), envelope.committed_money),
            (_l("%(amount)s of it spent", amount=envelope.spent_money), envelope.spent_money),
            (_l("%(amount)s free", amount=envelope.free), envelope.free),
        )
    )


# What runs ----------------------------------------------------------------------------------------------------------


def _underway(now: Situation) -> list[Line]:
    """What experiments that run may still spend, and what their teams would like next; nothing when none does."""
    runs = now.underway
    if not runs.number:
        return []
    wished = Money(sum(step.cost for step in now.bets.steps.values()), now.rules.currency)
    amounts = [
        (_l("%(amount)s granted to what runs or may start", amount=runs.granted), runs.granted),
        (_l("%(amount)s of it not spent yet", amount=runs.unspent), runs.unspent),
    ]
    if runs.locked:
        amounts.append((_l("%(amount)s of that waits for a milestone", amount=runs.locked), runs.locked))
    if wished:
        amounts.append((_l("%(amount)s would pay for the next steps teams propose", amount=wished), wished))
    return [
        Line(
            ref="",
            title=_l("Experiments under way"),
            sub=(Said(Worded(lambda: ngettext("One experiment", "%(num)s experiments", runs.number))),),
            cells=(tuple(Said(words, now.totals, (amount,)) for words, amount in amounts), ()),
        )
    ]


# Granted and not started --------------------------------------------------------------------------------------------


def _unstarted(now: Situation, experiment: Experiment) -> Line:
    kept, paid_by = now.keeps.get(experiment.id), now.paid_by[experiment.grant_id]
    granted = experiment.grant.money
    becomes = _l("Kept until the next review") if kept else _l("Returns when this review closes")
    reason = (Said(kept.reason, markdown=True), Said(_l("Kept by %(name)s", name=kept.by.name))) if kept else ()
    keeping = {"ref": now.review.ref, "experiment": experiment.ref}
    may_be_kept = now.review.is_open and not kept
    to_keep = Way(_l("Keep it"), "reviews.new_keep", keeping, may=lambda person: person.is_leader)
    return Line(
        ref=experiment.ref,
        title=experiment.title,
        sub=(Said(_l("Approved in %(quarter)s and not started", quarter=paid_by.quarter)),),
        cells=((Said(granted, now.amounts_of(experiment), (granted,)), Said(becomes)), reason),
        readers=now.readers_of(experiment),
        waits=not kept,
        ways=(to_keep, to_read(experiment)) if may_be_kept else (to_read(experiment),),
    )


def _returned(now: Situation, experiment: Experiment) -> Line:
    returned, paid_by = experiment.grant.returned_money, now.paid_by.get(experiment.grant_id)
    words = _l("%(amount)s returned when this review closed", amount=returned)
    quarter = paid_by.quarter if paid_by else ""
    return Line(
        ref=experiment.ref,
        title=experiment.title,
        sub=(Said(_l("Approved in %(quarter)s and not started", quarter=quarter)),),
        cells=((Said(words, now.amounts_of(experiment), (returned,)),), ()),
        readers=now.readers_of(experiment),
    )


# What we leave ------------------------------------------------------------------------------------------------------


def _is_left(experiment: Experiment) -> bool:
    stopped = experiment.decision is not None and experiment.decision.kind is DecisionKind.STOP
    return stopped or experiment.state in (State.DECLINED, State.WITHDRAWN)


def _left(now: Situation, experiment: Experiment) -> Line:
    if experiment.decision is not None:
        how, reason = _l("Stopped, by %(name)s", name=experiment.decision.by.name), experiment.decision.reason
    elif experiment.state is State.DECLINED:
        who = experiment.answered_by.name if experiment.answered_by else ""
        how, reason = _l("Declined, by %(name)s", name=who), experiment.answer_reason
    else:
        how, reason = _l("Withdrawn"), ""
    return Line(
        ref=experiment.ref,
        title=experiment.title,
        cells=((Said(how),), (Said(reason, markdown=True),) if reason else ()),
        readers=now.readers_of(experiment),
        ways=(to_read(experiment),),
    )
