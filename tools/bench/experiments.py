"""Experiments of the seeded portfolio: every state, in the same mixture on every page of the list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from portfolio.foundation.money import Money as Amount
from portfolio.foundation.numbering import ref
from portfolio.network.charter import Charter, CriterionText, GuardrailText, MilestoneText
from portfolio.network.criterion import Verdict
from portfolio.network.decision import DecisionKind
from portfolio.network.state import State
from portfolio.network.version import VersionKind
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.measure import Direction
from tools.bench.ground import Ground
from tools.bench.log import add_check_ins, add_comment, add_learnings
from tools.bench.money import Money, add_grant
from tools.bench.records import add_record
from tools.bench.rows import Rows
from tools.bench.words import Words

# Of every twenty, so many.
MIXTURE = {
    State.CLOSED: 11,
    State.RUNNING: 3,
    State.DECLINED: 2,
    State.WITHDRAWN: 1,
    State.APPROVED: 1,
    State.DRAFT: 1,
    State.RECORD: 1,
}
PATTERN = [state for state, many in MIXTURE.items() for _ in range(many)]
STARTED, GRANTED = (State.RUNNING, State.CLOSED), (State.APPROVED, State.RUNNING, State.CLOSED)
WEEKS = 8
STEP = 7  # Has no divisor with the pattern's length in common, so neighbours on a page differ.


@dataclass(frozen=True)
class Wanted:
    """What one experiment is to be like."""

    state: State
    lead: int
    team: list[int]
    criteria: int = 2
    weeks: int = WEEKS
    check_ins: int = 4
    learnings: int = 14
    starts_on: date | None = None
    own_measures: bool = False


@dataclass
class Experiments:
    """Makes experiments."""

    rows: Rows
    words: Words
    ground: Ground
    made: int = 0
    proposals: list[tuple[str, str]] = field(default_factory=list)  # Identifier and version of what waits.
    learnings: list[tuple[int, int]] = field(default_factory=list)  # Number and experiment, to be promoted.
    titles: list[tuple[int, str]] = field(default_factory=list)
    _shared: list[int] = field(default_factory=list)  # Measures that neighbours count.

    def mixed(self, position: int) -> int:
        """One like others: its state follows from its position."""
        state = PATTERN[position * STEP % len(PATTERN)]
        lead = self.ground.person(position)
        team = [self.ground.person(position + 11), self.ground.person(position + 23)]
        return self.make(Wanted(state, lead, team, starts_on=self._start(state, position)))

    def make(self, wanted: Wanted) -> int:
        """Make one; gives its number."""
        rows, ground = self.rows, self.ground
        number = rows.number("experiment")
        self.made += 1
        charter = self._charter(wanted)
        self.titles.append((number, charter.title))
        if wanted.state is State.PROPOSED:
            self.proposals.append((ref("X", number), charter.hash))
        sponsor = ground.leader(number) if wanted.state in GRANTED else None
        is_record = wanted.state is State.RECORD
        grant = add_grant(
            rows,
            ground,
            self._money(wanted, charter.budget.minor),
            lead=None if is_record else wanted.lead,
            team=[] if is_record else wanted.team,
            sponsor=sponsor,
        )
        self._add_row(number, grant, charter, wanted, sponsor)
        if is_record:
            add_record(rows, self.words, ground, number)
            return number
        self._add_members(number, wanted)
        measures = list(self._measures(number, wanted))
        self._add_criteria(number, charter, measures)
        if wanted.state is not State.DRAFT:
            self._add_version(number, charter, wanted.lead)
        if wanted.state in STARTED and wanted.starts_on:
            add_check_ins(rows, self.words, ground, number, wanted.lead, wanted.check_ins)
            self.learnings += add_learnings(
                rows, self.words, ground, number, [wanted.lead, *wanted.team], wanted.learnings
            )
            self._read(number, measures, wanted.starts_on)
        if wanted.state is State.CLOSED:
            self._add_decision(number, sponsor)
        add_comment(rows, self.words, ground, number)
        return number

    def _start(self, state: State, position: int) -> date | None:
        """Running ones began some weeks ago, every fifth so long that its timebox is over; decided ones earlier."""
        if state not in STARTED:
            return None
        weeks_ago = (9 if position % 5 == 0 else 3) if state is State.RUNNING else 14 + position % 80
        return self.ground.today - timedelta(weeks=weeks_ago)

    def _money(self, wanted: Wanted, asked: int) -> Money:
        if wanted.state is State.RECORD:
            return Money(0)
        if wanted.state not in GRANTED:
            return Money(asked)
        spent = asked // 3 if wanted.state in STARTED else 0
        return Money(asked, wanted.starts_on or self.ground.today, spent, wanted.state is not State.CLOSED)

    def _charter(self, wanted: Wanted) -> Charter:
        words = self.words
        criteria = tuple(
            CriterionText(
                metric=f"Days from question to answer {position}",
                unit="days",
                direction=Direction.AT_MOST,
                baseline=Decimal(9),
                target=Decimal(4),
                stop_threshold=Decimal(12),
                due_week=6,
                primary=position == 0,
            )
            for position in range(wanted.criteria)
        )
        charter = Charter(
            title=words.question(),
            form=FormOfChange.INNOVATION if self.made % 3 == 0 else FormOfChange.TRANSITION,
            problem=words.paragraph(),
            hypothesis=words.sentence(),
            riskiest_assumption=words.sentence(),
            standalone_value=words.sentence(),
            weeks=wanted.weeks,
            budget=Amount(10_000_00 + self.made % 80 * 250_00, "EUR"),
            first_step="Put last week’s ten quotes into one sheet.",
            criteria=criteria,
            guardrails=(GuardrailText(metric="Orders delivered on time", unit="%", limit=Decimal(95)),),
            milestones=(MilestoneText("First ten customers", 3, 2_000_00),),
        )
        self.rows.show(charter.problem, charter.hypothesis, charter.riskiest_assumption, charter.standalone_value)
        return charter

    def _add_row(self, number: int, grant: int, charter: Charter, wanted: Wanted, sponsor: int | None) -> None:
        ground, state, is_record = self.ground, wanted.state, wanted.state is State.RECORD
        proposed = state not in (State.DRAFT, State.RECORD)
        answered = state in (*GRANTED, State.DECLINED)
        starts = wanted.starts_on
        created = ground.now - timedelta(minutes=20 * (30_000 - number))
        self.rows.add(
            "experiment",
            id=number,
            state=state,
            revision=1,
            title=charter.title,
            form=None if is_record else charter.form,
            problem=charter.problem,
            hypothesis=charter.hypothesis,
            riskiest_assumption=charter.riskiest_assumption,
            standalone_value=charter.standalone_value,
            weeks=charter.weeks,
            hours_a_week=4,
            first_step=charter.first_step,
            proposer_id=None if is_record else wanted.lead,
            lead_id=None if is_record else wanted.lead,
            sponsor_id=sponsor,
            unit_id=ground.unit(number),
            grant_id=grant,
            rules_id=ground.rules_id,
            restricted=number % 50 == 0,
            created_at=created,
            version=1 if proposed else 0,
            version_hash=charter.hash if proposed else None,
            proposed_at=created if proposed else None,
            answer_due_on=ground.today + timedelta(days=number % 10) if proposed else None,
            answered_at=ground.now if answered else None,
            answer_reason="A cheap way to learn it." if answered else "",
            answered_by_id=(sponsor or ground.leader(number)) if answered else None,
            starts_on=starts,
            ends_on=starts + timedelta(weeks=wanted.weeks, days=-1) if starts else None,
            closed_at=ground.now if state in (State.CLOSED, State.DECLINED, State.WITHDRAWN) else None,
        )
        self.rows.find("experiment", number, f"{ref('X', number)} {charter.title}", charter.hypothesis, charter.problem)

    def _add_members(self, number: int, wanted: Wanted) -> None:
        for person in dict.fromkeys([wanted.lead, *wanted.team]):
            self.rows.add(
                "member",
                id=self.rows.number("member"),
                experiment_id=number,
                person_id=person,
                hours_a_week=4,
                since=self.ground.now,
            )

    def _measures(self, number: int, wanted: Wanted) -> Iterator[int]:
        """Each measure is counted by ten neighbours, or by this experiment alone."""
        for position in range(wanted.criteria + 1):
            if wanted.own_measures:
                yield self._measure(f"of {number}, {position}")
                continue
            if number % 10 == 1 or position >= len(self._shared):
                del self._shared[position:]
                self._shared.append(self._measure(f"from {number} on, {position}"))
            yield self._shared[position]

    def _measure(self, name: str) -> int:
        number = self.rows.number("measure")
        said = f"Days from question to answer {name}"
        self.rows.add(
            "measure",
            id=number,
            name=said,
            name_key=said.casefold(),
            unit="days",
            direction=Direction.AT_MOST,
            owner_id=self.ground.person(number),
        )
        return number

    def _add_criteria(self, number: int, charter: Charter, measures: list[int]) -> None:
        for position, (text, measure) in enumerate(zip(charter.criteria, measures, strict=False)):
            values = vars(text) | {"experiment_id": number, "position": position, "measure_id": measure}
            self.rows.add("success_criterion", id=self.rows.number("success_criterion"), **values)
        for guardrail in charter.guardrails:
            values = vars(guardrail) | {"experiment_id": number, "position": 0, "measure_id": measures[-1]}
            self.rows.add("guardrail", id=self.rows.number("guardrail"), **values)
        for milestone in charter.milestones:
            values = vars(milestone) | {"experiment_id": number, "position": 0}
            self.rows.add("milestone", id=self.rows.number("milestone"), **values)

    def _add_version(self, number: int, charter: Charter, by: int) -> None:
        self.rows.add(
            "experiment_version",
            id=self.rows.number("experiment_version"),
            experiment_id=number,
            number=1,
            kind=VersionKind.PROPOSED,
            content=charter.as_json(),
            hash=charter.hash,
            by_id=by,
            at=self.ground.now,
        )

    def _read(self, number: int, measures: list[int], starts_on: date) -> None:
        for measure in measures[:-1]:
            for week in (1, 2):
                self.rows.add(
                    "reading",
                    id=self.rows.number("reading"),
                    measure_id=measure,
                    value=Decimal(9 - week),
                    read_on=starts_on + timedelta(weeks=week),
                    by_id=self.ground.person(number),
                    at=self.ground.now,
                    source_type="experiment",
                    source_id=number,
                )

    def _add_decision(self, number: int, leader: int | None) -> None:
        said = [self.words.sentence() for _ in range(5)]
        self.rows.show(*said)
        card = dict(zip(("reason", "believed", "observed", "learned", "therefore"), said, strict=True))
        self.rows.add(
            "decision",
            id=self.rows.number("decision"),
            experiment_id=number,
            kind=list(DecisionKind)[number % 4],
            verdict=list(Verdict)[number % 3],
            charter_version=1,
            overrides=False,
            alone=False,
            returned=0,
            currency="EUR",
            by_id=leader,
            at=self.ground.now - timedelta(minutes=30_000 - number),
            **card,
        )


def proposal(maker: Experiments, position: int) -> None:
    """One more proposal that waits for leadership."""
    lead = maker.ground.person(position)
    maker.make(Wanted(State.PROPOSED, lead, [maker.ground.person(position + 11)]))


def detailed(maker: Experiments, lead: int) -> str:
    """The one whose page is measured: running, 10 criteria, 200 learnings, 12 check-ins; gives its identifier."""
    team = [maker.ground.person(number) for number in range(5, 9)]
    wanted = Wanted(State.RUNNING, lead, team, criteria=10, weeks=14, check_ins=12, learnings=200, own_measures=True)
    return ref("X", maker.make(replace(wanted, starts_on=maker.ground.today - timedelta(weeks=12))))
