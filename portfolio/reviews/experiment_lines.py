"""The parts of an agenda that are about experiments: decide, put right, look back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from portfolio.foundation import clock
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.languages import ngettext
from portfolio.foundation.money import Money
from portfolio.network.check_in import CheckIn
from portfolio.network.criterion import Verdict
from portfolio.network.experiment import Experiment
from portfolio.network.findings import CriterionFinding, Findings
from portfolio.network.state import State
from portfolio.organisation.house_rules import HouseRules
from portfolio.organisation.quarter import working_days_between
from portfolio.reviews.experiment_queries import is_silent
from portfolio.reviews.outcome import Part
from portfolio.reviews.said import Line, Said, Section, Way, Worded, day, measured
from portfolio.reviews.sight import Sight
from portfolio.reviews.situation import Situation

NOTHING = Findings((), ())
LEARNINGS_TOLD = 3  # Of an experiment to decide on.


def ended(now: Situation) -> Section:
    """Timeboxes that ended and wait for a decision, the longest first."""
    lines = [
        Line(
            ref=experiment.ref,
            title=experiment.title,
            sub=(Said(waits(experiment, now.rules)),),
            cells=(
                (*_result(now, experiment), *_evidence(now, experiment)),
                _money(now, experiment),
                _step(now, experiment),
            ),
            readers=now.readers_of(experiment),
            waits=True,
            ways=(_to_decide(experiment), to_read(experiment)),
            experiment=experiment,
            findings=now.bets.findings.get(experiment.id),
        )
        for experiment in now.bets.ended
    ]
    columns = (_l("What the criteria say"), _l("Money"), _l("The team proposes"))
    return Section(Part.ENDED, columns, lines, _l("No timebox waits for a decision."))


def off_track(now: Sight) -> Section:
    """What runs and is past a stop threshold or a guardrail, or silent."""
    lines = []
    for experiment in now.bets.running:
        reasons = tuple(Said(words) for words in _reasons(now, experiment))
        if reasons:
            week = _l("Week %(week)s of %(weeks)s", week=experiment.week_on(now.rules.today), weeks=experiment.weeks)
            lines.append(
                Line(
                    ref=experiment.ref,
                    title=experiment.title,
                    sub=(Said(week),),
                    cells=(reasons, pulse(now, experiment)),
                    readers=now.readers_of(experiment),
                    ways=(to_read(experiment),),
                    experiment=experiment,
                    findings=now.bets.findings.get(experiment.id),
                )
            )
    columns = (_l("What is off"), _l("The latest check-in"))
    return Section(Part.OFF_TRACK, columns, lines, _l("Everything that runs is on track."))


def decided(now: Situation) -> Section:
    """What was decided since last time, in the review or before it."""
    lines = []
    for experiment in now.bets.over:
        decision = experiment.decision
        if experiment.state is not State.CLOSED or decision is None:
            continue
        lines.append(
            Line(
                ref=experiment.ref,
                title=experiment.title,
                sub=(Said(_decided_when(now, experiment)),),
                cells=(
                    _result(now, experiment),
                    _decision(now, experiment),
                    (Said(decision.reason, markdown=True),),
                ),
                readers=now.readers_of(experiment),
                ways=(to_read(experiment),),
            )
        )
    columns = (_l("Result"), _l("Decision"), _l("Reason"))
    return Section(Part.DECIDED, columns, lines, _l("Nothing was decided since last time."))


# What is said of one ------------------------------------------------------------------------------------------------


def _result(now: Situation, experiment: Experiment) -> tuple[Said, ...]:
    findings = now.bets.findings.get(experiment.id, NOTHING)
    verdict = experiment.decision.verdict if experiment.decision else findings.verdict
    broken = [finding.guardrail.metric for finding in findings.guardrails if finding.breached]
    return (
        Said(_l("By its criteria: %(verdict)s", verdict=verdict.label)),
        *(Said(_criterion(finding), drawn=True) for finding in findings.criteria),
        *(Said(_l("Guardrail broken: %(metric)s", metric=metric)) for metric in broken),
    )


def _criterion(finding: CriterionFinding) -> object:
    criterion, latest = finding.criterion, finding.latest
    numbers = {
        "metric": criterion.metric,
        "baseline": measured(criterion.baseline, criterion.unit),
        "target": measured(criterion.target, criterion.unit),
    }
    if latest is None:
        return _l("%(metric)s: baseline %(baseline)s, target %(target)s, no reading", **numbers)
    numbers["latest"] = measured(latest.value, criterion.unit)
    return _l("%(metric)s: baseline %(baseline)s, target %(target)s, latest %(latest)s", **numbers)


def _evidence(now: Situation, experiment: Experiment) -> tuple[Said, ...]:
    learnings = now.bets.evidence.get(experiment.id, ())
    if not learnings:
        return (Said(_l("No learning was written.")),)
    said = [{"evidence": one.evidence.label, "ref": one.ref, "title": one.title} for one in learnings[:LEARNINGS_TOLD]]
    first = Said(_l("Strongest evidence, %(evidence)s: %(title)s (%(ref)s)", **said[0]))
    others = (Said(_l("%(evidence)s: %(title)s (%(ref)s)", **one)) for one in said[1:])
    left = len(learnings) - len(said)
    more = Worded(lambda: ngettext("and one more learning", "and %(num)s more learnings", left))
    return (first, *others, *((Said(more),) if left else ()))


def _money(now: Situation, experiment: Experiment) -> tuple[Said, ...]:
    grant = experiment.grant
    rest = grant.money - grant.spent_money
    words = _l(
        "%(spent)s of %(granted)s spent; %(rest)s would return", spent=grant.spent_money, granted=grant.money, rest=rest
    )
    return (Said(words, now.amounts_of(experiment), (grant.spent_money, grant.money, rest)),)


def _step(now: Situation, experiment: Experiment) -> tuple[Said, ...]:
    step = now.bets.steps.get(experiment.id)
    if step is None:
        return (Said(_l("Nothing yet.")),)
    cost = Money(step.cost, step.currency)
    costs = (Said(_l("Costs %(amount)s", amount=cost), now.amounts_of(experiment), (cost,)),) if cost else ()
    by = Said(_l("Says %(name)s", name=step.by.name))
    return (Said(step.kind.label), *costs, Said(step.reason, markdown=True), by)


def _reasons(now: Sight, experiment: Experiment) -> Iterator[object]:
    findings = now.bets.findings.get(experiment.id, NOTHING)
    for finding in findings.criteria:
        if finding.past_stop and finding.latest is not None:
            unit = finding.criterion.unit
            yield _l(
                "Past its stop threshold: %(metric)s is %(latest)s, the threshold is %(threshold)s",
                metric=finding.criterion.metric,
                latest=measured(finding.latest.value, unit),
                threshold=measured(finding.criterion.stop_threshold, unit),
            )
    for watched in findings.guardrails:
        if watched.breached:
            guardrail = watched.guardrail
            limit = measured(guardrail.limit, guardrail.unit)
            yield _l("Guardrail broken: %(metric)s, the limit is %(limit)s", metric=guardrail.metric, limit=limit)
    if is_silent(experiment, now.bets.pulses.get(experiment.id), now.rules):
        silent = now.rules.silent_days
        days = Worded(lambda: ngettext("one day", "%(num)s days", silent))
        yield _l("Silent: no check-in for more than %(days)s", days=days)


def pulse(now: Sight, experiment: Experiment) -> tuple[Said, ...]:
    """What the latest check-in says."""
    pulse = now.bets.pulses.get(experiment.id)
    if pulse is None:
        return (Said(_l("None yet. %(name)s leads it.", name=experiment.lead.name if experiment.lead else "")),)
    return checked_in(now, pulse)


def checked_in(now: Sight, pulse: CheckIn) -> tuple[Said, ...]:
    """What a check-in says."""
    said = {"percent": pulse.confidence, "name": pulse.by.name, "day": day(_local(now, pulse.at))}
    sure = _l("%(percent)s%% sure, says %(name)s on %(day)s", **said)
    return (Said(sure), *((Said(pulse.next_step),) if pulse.next_step else ()))


def _decision(now: Situation, experiment: Experiment) -> tuple[Said, ...]:
    decision = experiment.decision
    assert decision is not None
    returned = Money(decision.returned, decision.currency)
    against = decision.overrides and decision.verdict is not Verdict.INCONCLUSIVE
    return (
        Said(decision.kind.label),
        *((Said(_l("Against what the criteria say")),) if against else ()),
        *((Said(_l("The criteria are inconclusive")),) if decision.overrides and not against else ()),
        *((Said(_l("By its sponsor, because there was no other leader")),) if decision.alone else ()),
        Said(_l("%(amount)s returned", amount=returned), now.amounts_of(experiment), (returned,)),
    )


def _decided_when(now: Situation, experiment: Experiment) -> object:
    decision = experiment.decision
    assert decision is not None
    on = _local(now, decision.at)
    opened = now.review.opened_at
    said = {"name": decision.by.name, "day": day(on), "waited": _days(_ended_on(experiment, now.rules) or on, on)}
    if opened is not None and decision.at >= opened:
        return _l("In this review, by %(name)s, after %(waited)s", **said)
    return _l("On %(day)s by %(name)s, after %(waited)s", **said)


def waits(experiment: Experiment, rules: HouseRules) -> object:
    """How long an ended timebox has waited."""
    ended_on = _ended_on(experiment, rules) or rules.today
    said = {"day": day(ended_on), "waited": _days(ended_on, rules.today)}
    if not working_days_between(ended_on, rules.today):
        return _l("Stopped early %(day)s", **said) if experiment.stopped_at else _l("Ended %(day)s", **said)
    if experiment.stopped_at:
        return _l("Stopped early %(day)s, waits for %(waited)s", **said)
    return _l("Ended %(day)s, waits for %(waited)s", **said)


def _ended_on(experiment: Experiment, rules: HouseRules) -> date | None:
    """The day its timebox was over, by the clock or because it was stopped."""
    if experiment.stopped_at is not None:
        return clock.day_of(experiment.stopped_at, rules.time_zone)
    return experiment.ends_on


def _days(first: date, last: date) -> Worded:
    days = working_days_between(first, last)
    return Worded(lambda: ngettext("one working day", "%(num)s working days", days))


def _local(now: Sight, at: datetime) -> date:
    return at.astimezone(ZoneInfo(now.rules.time_zone)).date()


def _to_decide(experiment: Experiment) -> Way:
    return Way(
        _l("Decide"),
        "deciding.new_decision",
        {"ref": experiment.ref},
        may=lambda one: one.is_leader and not experiment.grant.is_party(one),
        whose=_l("A leader decides who is neither its sponsor nor on its team."),
    )


def to_read(experiment: Experiment) -> Way:
    """The way to its page."""
    return Way(_l("Open it"), "network.show_experiment", {"ref": experiment.ref}, acts=False)
