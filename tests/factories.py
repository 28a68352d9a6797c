"""Makers of things in a state, by the transitions that lead there, so that no test stands where the app cannot.

What they give back is settled: loaded with what a page shows, and let go of by the session. It tells its attributes,
its number and its identity in any later transaction, and never changes by itself; `reloaded(thing)` reads it again.
To act on a thing, open the door:

    with changing(experiment, by=lead) as (experiment, lead, at):
        experiment.withdraw(rules=house_rules(), by=lead, at=at)
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import inspect, select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from portfolio.audit import queries as audit
from portfolio.budgets.envelope import Envelope, envelope_for_change
from portfolio.budgets.grant import Grant
from portfolio.foundation import clock
from portfolio.foundation.database import Base, db, for_change, write_tx
from portfolio.foundation.money import Money
from portfolio.network import queries as network
from portfolio.network.charter import Charter, CriterionText, GuardrailText, MilestoneText
from portfolio.network.experiment import Experiment
from portfolio.network.state import State
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.house_rules import HouseRules, house_rules
from portfolio.organisation.quarter import Quarter
from portfolio.organisation.unit import Unit
from portfolio.people.person import Person, RoleName

Thing = TypeVar("Thing", bound=Base)
ZONE = ZoneInfo("Europe/Amsterdam")
_numbers = itertools.count(1)
_FIRST_NAMES = ("Noor", "Bram", "Yusuf", "Fenna", "Sander", "Mila", "Joris", "Aylin", "Teun", "Lieke", "Daan", "Esmée")


# Words for a test ---------------------------------------------------------------------------------------------------


def money(amount: str, currency: str = "EUR") -> Money:
    """An amount: money("15000"), money("0.50")."""
    return Money.of(Decimal(amount), currency)


def at(moment: date | datetime | str) -> AbstractContextManager[None]:
    """Live at another moment: a day (at noon in Amsterdam), a moment, or either as ISO text; naive is Amsterdam's."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment) if len(moment) > 10 else date.fromisoformat(moment)
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(12))
    return clock.set_to(moment if moment.tzinfo else moment.replace(tzinfo=ZONE))


def last_action() -> str | None:
    """The action recorded last."""
    with reading():
        return audit.last_action()


def last_line() -> audit.Line:
    """The line of the trail written last."""
    with reading():
        return audit.latest(size=1)[0]


@contextmanager
def reading() -> Iterator[None]:
    """Read as it is now, and leave nothing behind: neither a snapshot nor a thing that dies with the next write."""
    if "writing" in db.session().info:
        raise RuntimeError("Inside write_tx() read with here(thing) or the app's own queries.")
    db.session.rollback()
    try:
        yield
    finally:
        db.session.expunge_all()
        db.session.rollback()


def reloaded(thing: Thing) -> Thing:
    """The same thing as it is now, settled."""
    with reading():
        return _loaded(type(thing), _number(thing), settled=True)


def here(thing: Thing) -> Thing:
    """The same thing within the write transaction that runs."""
    return _loaded(type(thing), _number(thing))


@contextmanager
def changing(thing: Thing, *, by: Person) -> Iterator[tuple[Thing, Person, datetime]]:
    """Open the write transaction with a thing, locked, and whoever changes it; gives both and the moment."""
    with write_tx() as moment:
        if isinstance(thing, Experiment):
            db.session.scalars(for_change(select(Experiment).where(Experiment.id == _number(thing)))).one()
            db.session.scalars(for_change(select(Grant).where(Grant.id == thing.grant_id))).one()
        yield here(thing), here(by), moment


def rules_now() -> HouseRules:
    """The house rules in force, settled."""
    with reading():
        return house_rules()


def change_house_rules(**changes: Any) -> HouseRules:
    """Put new house rules in force."""
    with write_tx() as moment:
        house_rules().changed(changes, by=None, at=moment)
    return rules_now()


def envelope_now(quarter: str | None = None) -> Envelope | None:
    """The envelope of a quarter, or of this one, settled."""
    with reading():
        name = quarter or house_rules().quarter.name
        return db.session.scalars(select(Envelope).where(Envelope.quarter == name)).first()


# The organisation ---------------------------------------------------------------------------------------------------


def a_unit(name: str = "") -> Unit:
    """A unit."""
    with write_tx():
        unit = Unit.open(name or f"Unit {next(_numbers)}", by=None)
    return reloaded(unit)


def a_person(
    *,
    name: str = "",
    email: str = "",
    unit: Unit | None = None,
    roles: Iterable[RoleName] = (),
    owns: Iterable[Unit] = (),
    language: str | None = None,
) -> Person:
    """A volunteer, or somebody with the roles that are given."""
    number = next(_numbers)
    with write_tx() as moment:
        person = Person.add(
            name=name or f"{_FIRST_NAMES[number % len(_FIRST_NAMES)]} {_surname(number)}",
            email=email or f"person{number}@company.example",
            unit=here(unit) if unit else None,
            roles=roles,
            owns=[here(owned) for owned in owns],
            language=language,
            by=None,
            at=moment,
        )
    return reloaded(person)


def a_leader(**details: Any) -> Person:
    """A leader."""
    return a_person(roles=[RoleName.LEADER], **details)


def an_operations_owner(unit: Unit | None = None, **details: Any) -> Person:
    """The operations owner of a unit."""
    unit = unit or a_unit()
    return a_person(unit=unit, owns=[unit], **details)


def a_facilitator(**details: Any) -> Person:
    """A facilitator."""
    return a_person(roles=[RoleName.FACILITATOR], **details)


def an_administrator(**details: Any) -> Person:
    """An administrator."""
    return a_person(roles=[RoleName.ADMINISTRATOR], **details)


def an_observer(**details: Any) -> Person:
    """Somebody from outside, who reads what is shared."""
    return a_person(roles=[RoleName.OBSERVER], **details)


def with_roles(person: Person, *roles: RoleName) -> Person:
    """The same person, with exactly these roles from now on."""
    with write_tx():
        here(person).appoint(roles, [], by=None)
    return reloaded(person)


def deactivated(person: Person) -> Person:
    """The same person, whose account has ended."""
    with write_tx():
        here(person).deactivate(by=None)
    return reloaded(person)


# Money --------------------------------------------------------------------------------------------------------------


def an_envelope(total: str = "100000", quarter: Quarter | None = None, by: Person | None = None) -> Envelope:
    """The envelope of a quarter (this one), holding what is said."""
    by = by or a_leader()
    with write_tx() as moment:
        rules = house_rules()
        leader, wanted = here(by), quarter or rules.quarter
        envelope = envelope_for_change(wanted) or Envelope.open(wanted, by=leader, at=moment)
        change = money(total, envelope.currency) - envelope.total_money
        if change:
            envelope.adjust(change, reason="For this quarter.", by=leader, at=moment, today=rules.today)
    return reloaded(envelope)


def enough_money() -> Envelope:
    """This quarter's envelope; set generously when there is none."""
    return envelope_now() or an_envelope("1000000")


# Experiments --------------------------------------------------------------------------------------------------------


def a_criterion(**words: Any) -> CriterionText:
    """A criterion that can be met or missed."""
    usual = CriterionText(
        metric="Days from question to quote",
        unit="days",
        baseline=Decimal(9),
        target=Decimal(4),
        stop_threshold=Decimal(12),
        due_week=6,
    )
    return replace(usual, **words)


def a_guardrail(**words: Any) -> GuardrailText:
    """A guardrail."""
    return replace(GuardrailText(metric="Orders delivered on time", unit="%", limit=Decimal(95)), **words)


def a_milestone(name: str = "First ten quotes", amount: str = "5000", week: int | None = 3) -> MilestoneText:
    """A milestone with its part of the money."""
    return MilestoneText(name=name, week=week, amount=money(amount).minor)


def a_charter(**words: Any) -> Charter:
    """A complete proposal of 15,000 over 8 weeks; `budget` may be given as text."""
    if isinstance(words.get("budget"), str):
        words["budget"] = money(words["budget"])
    usual = Charter(
        title=f"Can planners quote from the shared sheet, question {next(_numbers)}?",
        form=FormOfChange.TRANSITION,
        hypothesis="We believe that one shared sheet halves the days to a quote, because nobody waits for a copy.",
        riskiest_assumption="Planners trust figures that somebody else typed.",
        weeks=8,
        budget=money("15000"),
        first_step="Put last week’s ten quotes into one sheet.",
        criteria=(a_criterion(),),
    )
    return replace(usual, **words)


def a_draft(**details: Any) -> Experiment:
    """A draft that could be proposed.

    Args:
        details: lead, team, unit, restricted, shared, follows; all else is said of its charter.
    """
    return _an_experiment(State.DRAFT, **details)


def a_proposed_experiment(**details: Any) -> Experiment:
    """A proposal that waits for leadership; details as of a draft."""
    return _an_experiment(State.PROPOSED, **details)


def an_approved_experiment(**details: Any) -> Experiment:
    """A granted experiment; above the limit a second leader has confirmed it.

    Args:
        details: amount (as text; all that is asked), by (a leader), sponsor, and those of a draft.
    """
    return _an_experiment(State.APPROVED, **details)


def a_running_experiment(**details: Any) -> Experiment:
    """An experiment that began today; details as of a granted one."""
    return _an_experiment(State.RUNNING, **details)


def approve(
    experiment: Experiment,
    *,
    by: Person,
    amount: str | None = None,
    version: str | None = None,
    sponsor: Person | None = None,
    reason: str = "A cheap way to learn it.",
    conditions: str = "",
    tranches: Iterable[int] = (),
) -> bool:
    """Let a leader grant all or less of it; says whether it is approved now."""
    with changing(experiment, by=by) as (proposal, leader, moment):
        return proposal.approve(
            proposal.grant.asked_money if amount is None else money(amount, proposal.currency),
            version_hash=version or proposal.version_hash or "",
            reason=reason,
            conditions=conditions,
            sponsor=here(sponsor) if sponsor else None,
            tranches=tranches,
            rules=house_rules(),
            by=leader,
            at=moment,
        )


# What browsers send -------------------------------------------------------------------------------------------------


def a_proposal_form(**answers: Any) -> dict[str, str]:
    """A complete proposal as its page sends it; an answer of None leaves the field out."""
    usual: dict[str, Any] = {
        "configuration": "0",
        "paradigm": "1",
        "title": "Can planners quote from the shared sheet?",
        "hypothesis": "We believe that one shared sheet halves the days to a quote, because nobody waits for a copy.",
        "riskiest_assumption": "Planners trust figures that somebody else typed.",
        "criteria-0-metric": "Days from question to quote",
        "criteria-0-unit": "days",
        "criteria-0-baseline": "9",
        "criteria-0-target": "4",
        "weeks": "8",
        "budget": "15000",
        "first_step": "Put last week’s ten quotes into one sheet.",
        "guardrails-0-direction": "at_least",
        "horizon": "0",
        "unit": "0",
        "visibility": "open",
        "confidence": "60",
        "revision": "0",
    }
    return {key: str(value) for key, value in (usual | answers).items() if value is not None}


def an_approval_form(experiment: Experiment, *, amount: str | None = None, **answers: Any) -> dict[str, str]:
    """Leadership's yes as its page sends it, to the version that is current now."""
    usual = {
        "version": reloaded(experiment).version_hash or "",
        "answer": "all" if amount is None else "part",
        "amount": amount or "",
        "reason": "A cheap way to learn it.",
        "conditions": "",
        "sponsor": "0",
        "confidence": "",
    }
    return {key: str(value) for key, value in (usual | answers).items() if value is not None}


# Behind the makers --------------------------------------------------------------------------------------------------


def _an_experiment(
    until: State,
    *,
    lead: Person | None = None,
    team: Iterable[Person] = (),
    unit: Unit | None = None,
    restricted: bool = False,
    shared: bool = False,
    follows: Experiment | None = None,
    amount: str | None = None,
    by: Person | None = None,
    sponsor: Person | None = None,
    **charter: Any,
) -> Experiment:
    """An experiment that went as far as a state, all in one transaction, for speed."""
    lead = lead or a_person()
    if until in (State.APPROVED, State.RUNNING):
        by = by or a_leader()
        enough_money()
    with write_tx() as moment:
        drafted = Experiment.draft(
            a_charter(**charter),
            rules=house_rules(),
            unit=here(unit) if unit else None,
            restricted=restricted,
            shared=shared,
            follows=here(follows) if follows else None,
            by=here(lead),
            at=moment,
        )
        for member in team:
            drafted.add_member(here(member), by=here(lead), at=moment)
        db.session.flush()
        if until is not State.DRAFT:
            _go_on(here(drafted), until, lead=here(lead), by=by, sponsor=sponsor, amount=amount, moment=moment)
    return reloaded(drafted)


def _go_on(
    experiment: Experiment,
    until: State,
    *,
    lead: Person,
    by: Person | None,
    sponsor: Person | None,
    amount: str | None,
    moment: datetime,
) -> None:
    experiment.propose(rules=house_rules(), by=lead, at=moment)
    if until is State.PROPOSED:
        return
    assert by is not None
    granted = experiment.grant.asked_money if amount is None else money(amount, experiment.currency)
    said: dict[str, Any] = {"version_hash": experiment.version_hash, "reason": "A cheap way to learn it."}
    said |= {"sponsor": here(sponsor) if sponsor else None, "rules": house_rules(), "at": moment}
    if not experiment.approve(granted, **said, by=here(by)):
        experiment.approve(granted, **said, by=_another_leader(moment))
    if until is State.RUNNING:
        experiment.start(rules=house_rules(), by=lead, at=moment)


def _another_leader(moment: datetime) -> Person:
    email = f"person{next(_numbers)}@company.example"
    leader = Person.add(name="Second Leader", email=email, unit=None, roles=[RoleName.LEADER], by=None, at=moment)
    db.session.flush()
    return leader


_LOADERS: Mapping[type[Any], Callable[[], Iterable[Any]]] = {
    Person: lambda: (joinedload(Person.unit), joinedload(Person.roles)),
}


def _loaded(kind: type[Thing], number: int, *, settled: bool = False) -> Thing:
    if issubclass(kind, Experiment):
        many = selectinload if settled else lazyload
        statement: Any = network._with_everything(select(kind).where(kind.id == number), many=many)
    else:
        key: Any = inspect(kind).primary_key[0]
        statement = select(kind).where(key == number).options(*_LOADERS.get(kind, tuple)())
    found: Thing = db.session.scalars(statement.execution_options(populate_existing=True)).unique().one()
    return found


def _number(thing: Base) -> int:
    identity = inspect(thing).identity
    if identity is None:
        raise RuntimeError(f"{thing!r} was never saved.")
    return int(identity[0])


def _surname(number: int) -> str:
    return "van " + "".join("aebicodufe"[int(digit)] for digit in str(number)).capitalize()
