"""Experiments of the seeded portfolio: every state, in the same mixture on every page of the list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from portfolio.foundation.numbering import ref
from portfolio.network.criterion import Verdict
from portfolio.network.decision import DecisionKind
from portfolio.network.state import State
from tools.bench.charters import Kept, Measures, add_version, write_charter
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
OVER = (State.CLOSED, State.DECLINED, State.WITHDRAWN)
ON_THE_AGENDA = 60  # Timeboxes that are over and wait for the review.
STEP = 7  # Has no divisor in common with the pattern's length, so neighbours on a page differ.


@dataclass(frozen=True)
class Wanted:
    """What one experiment is to be like."""

    state: State
    lead: int
    team: list[int]
    starts_on: date | None = None
    weeks: int = 8
    criteria: int = 2
    check_ins: int = 4
    learnings: int = 14
    own_measures: bool = False

    @property
    def is_record(self) -> bool:
        """Whether it is imported history, which is nobody's."""
        return self.state is State.RECORD

    @property
    def ends_on(self) -> date | None:
        """The last day of its timebox."""
        return self.starts_on + timedelta(weeks=self.weeks, days=-1) if self.starts_on else None


class Experiments:
    """Makes experiments, and remembers what is asked of them later."""

    def __init__(self, rows: Rows, words: Words, ground: Ground) -> None:
        self._rows, self._words, self.ground = rows, words, ground
        self._measures = Measures(rows, ground)
        self._over = 0
        self.titles: list[tuple[int, str]] = []  # Of all, by number.
        self.proposals: list[tuple[str, str]] = []  # Identifier and version of what waits.
        self.learnings: list[tuple[int, int]] = []  # Of some: learning and experiment, to be promoted.

    def mixed(self, position: int) -> None:
        """Make one like others: its state follows from its position."""
        state = PATTERN[position * STEP % len(PATTERN)]
        starts_on = self._start(state, position)
        self.make(Wanted(state, self.ground.person(position), self._team(position), starts_on))

    def proposal(self, position: int) -> None:
        """Make one more proposal that waits for leadership."""
        self.make(Wanted(State.PROPOSED, self.ground.person(position), self._team(position)))

    def detailed(self, lead: int) -> str:
        """Make the one whose page is measured: running, 10 criteria, 200 learnings, 12 check-ins; gives its name."""
        wanted = Wanted(State.RUNNING, lead, self._team(5), self.ground.today - timedelta(weeks=12), 14)
        return ref("X", self.make(replace(wanted, criteria=10, check_ins=12, learnings=200, own_measures=True)))

    def make(self, wanted: Wanted) -> int:
        """Make one; gives its number."""
        rows, ground = self._rows, self.ground
        number = rows.number("experiment")
        kept = write_charter(rows, self._words, number, criteria=wanted.criteria, weeks=wanted.weeks)
        self.titles.append((number, kept.charter.title))
        if wanted.state is State.PROPOSED:
            self.proposals.append((ref("X", number), kept.hash))
        sponsor = ground.leader(number) if wanted.state in GRANTED else None
        money = self._money(wanted, kept.charter.budget.minor)
        people = [] if wanted.is_record else [wanted.lead, *wanted.team]
        grant = add_grant(rows, ground, money, people=people, sponsor=sponsor, leader=ground.leader(number + 1))
        self._add_row(number, grant, kept, wanted, sponsor)
        if wanted.is_record:
            add_record(rows, self._words, ground, number)
        else:
            self._add_parts(number, kept, wanted)
        return number

    def _team(self, position: int) -> list[int]:
        return [self.ground.person(position + 11), self.ground.person(position + 23)]

    def _start(self, state: State, position: int) -> date | None:
        """Running ones began some weeks ago, some of them so long that their timebox is over; decided ones earlier."""
        if state not in STARTED:
            return None
        if state is not State.RUNNING:
            return self.ground.today - timedelta(weeks=14 + position % 80)
        is_over = self._over < ON_THE_AGENDA
        self._over += is_over
        return self.ground.today - timedelta(weeks=9 if is_over else 3)

    def _age(self, wanted: Wanted) -> timedelta:
        """How long ago one that is over ended: a week after its timebox, or some weeks without one."""
        if wanted.ends_on is not None:
            return self.ground.today - wanted.ends_on - timedelta(weeks=1)
        return timedelta(weeks=1 + wanted.lead % 80)

    def _money(self, wanted: Wanted, asked: int) -> Money:
        if wanted.is_record:
            return Money(0)
        if wanted.state not in GRANTED:
            return Money(asked)
        spent = asked // 3 if wanted.state in STARTED else 0
        return Money(asked, wanted.starts_on or self.ground.today, spent, wanted.state is not State.CLOSED)

    def _add_row(self, number: int, grant: int, kept: Kept, wanted: Wanted, sponsor: int | None) -> None:
        ground, state, charter, lead = (
            self.ground,
            wanted.state,
            kept.charter,
            None if wanted.is_record else wanted.lead,
        )
        proposed = state not in (State.DRAFT, State.RECORD)
        answered = state in (*GRANTED, State.DECLINED)
        created = ground.now - timedelta(minutes=20 * (30_000 - number))
        texts = ("title", "problem", "hypothesis", "riskiest_assumption", "standalone_value", "weeks", "first_step")
        self._rows.add(
            "experiment",
            id=number,
            state=state,
            revision=1,
            form=None if wanted.is_record else charter.form,
            **{name: getattr(charter, name) for name in texts},
            hours_a_week=4,
            proposer_id=lead,
            lead_id=lead,
            sponsor_id=sponsor,
            unit_id=ground.unit(number),
            grant_id=grant,
            rules_id=ground.rules_id,
            restricted=number % 50 == 0,
            created_at=created,
            version=1 if proposed else 0,
            version_hash=kept.hash if proposed else None,
            proposed_at=created if proposed else None,
            answer_due_on=ground.today + timedelta(days=number % 10) if proposed else None,
            answered_at=ground.now if answered else None,
            answer_reason="A cheap way to learn it." if answered else "",
            answered_by_id=(sponsor or ground.leader(number)) if answered else None,
            starts_on=wanted.starts_on,
            ends_on=wanted.ends_on,
            closed_at=ground.now - self._age(wanted) if state in OVER else None,
        )
        name = f"{ref('X', number)} {charter.title}"
        self._rows.find("experiment", number, name, charter.hypothesis, charter.problem)

    def _add_parts(self, number: int, kept: Kept, wanted: Wanted) -> None:
        rows, words, ground, team = self._rows, self._words, self.ground, [wanted.lead, *wanted.team]
        member = {"experiment_id": number, "hours_a_week": 4, "since": ground.now}
        for person in dict.fromkeys(team):
            rows.add("member", id=rows.number("member"), person_id=person, **member)
        measures = self._measures.tie(number, kept.charter, own=wanted.own_measures)
        if wanted.state is not State.DRAFT:
            add_version(rows, ground, number, kept, wanted.lead)
        if wanted.starts_on:
            add_check_ins(rows, words, ground, number, wanted.lead, wanted.check_ins)
            self.learnings += add_learnings(rows, words, ground, number, team, wanted.learnings, wanted.starts_on)
            self._measures.read(number, measures, wanted.starts_on)
        if wanted.state is State.CLOSED:
            self._add_decision(number)
        add_comment(rows, words, ground, number)

    def _add_decision(self, number: int) -> None:
        said = [self._words.sentence() for _ in range(5)]
        self._rows.show(*said)
        card = dict(zip(("reason", "believed", "observed", "learned", "therefore"), said, strict=True))
        self._rows.add(
            "decision",
            id=self._rows.number("decision"),
            experiment_id=number,
            kind=list(DecisionKind)[number % 4],
            verdict=list(Verdict)[number % 3],
            charter_version=1,
            overrides=False,
            alone=False,
            returned=0,
            currency="EUR",
            by_id=self.ground.leader(number + 1),  # Another one than its sponsor, who is a party to it.
            at=self.ground.now - timedelta(minutes=30_000 - number),
            **card,
        )
