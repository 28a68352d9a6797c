"""Taking part in an experiment: raising a hand, joining, leaving, handing over the lead."""

from __future__ import annotations

from datetime import datetime

from portfolio.audit.entry import record
from portfolio.budgets.party import Why
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.network.part import Part
from portfolio.network.state import UNDER_WAY
from portfolio.network.team import Hand, Member
from portfolio.people.person import Person


class Teamwork(Part):
    """How people come and go."""

    def is_on_team(self, person: Person) -> bool:
        """Whether this person takes part now, as lead or member."""
        return any(member.person_id == person.id and member.is_on_it for member in self.members)

    @property
    def team(self) -> list[Member]:
        """Who takes part now, beside the lead."""
        return [member for member in self.members if member.is_on_it and member.person_id != self.lead_id]

    def hand_of(self, person: Person) -> Hand | None:
        """This person's hand, while it is up."""
        return next((hand for hand in self.hands if hand.person_id == person.id and hand.is_up), None)

    def raise_hand(self, *, hours_a_week: int, note: str, by: Person, at: datetime) -> Hand:
        """Offer to join.

        Raises:
            RuleBroken: it is over, or they are on it or have their hand up already.
        """
        self._refuse_when_over()
        if self.is_on_team(by):
            raise RuleBroken(_l("You are on this team already."))
        if self.hand_of(by):
            raise RuleBroken(_l("Your hand is up already."))
        hand = Hand(person_id=by.id, hours_a_week=hours_a_week, note=note, raised_at=at)
        self.hands.append(hand)
        record("experiment.hand_raised", self, by=by, hours=hours_a_week)
        return hand

    def lower_hand(self, *, by: Person, at: datetime) -> None:
        """Take the hand down again; no reason is asked.

        Raises:
            RuleBroken: it is not up.
        """
        hand = self.hand_of(by)
        if hand is None:
            raise RuleBroken(_l("Your hand is not up."))
        hand.lowered_at = at
        record("experiment.hand_lowered", self, by=by)

    def accept_hand(self, hand: Hand, person: Person, *, by: Person, at: datetime) -> None:
        """Take somebody on the team.

        Raises:
            RuleBroken: it is over, or the hand was lowered.
        """
        self._refuse_when_over()
        if not hand.is_up or not person.is_volunteer:
            raise RuleBroken(_l("This hand is not up any more."))
        hand.accepted_at = at
        self._join(person, hours_a_week=hand.hours_a_week, at=at)
        record("experiment.joined", self, by=by, names={"member": person.name}, member=person.id)

    def add_member(self, person: Person, *, hours_a_week: int = 0, by: Person, at: datetime) -> None:
        """Put somebody on the team, as the lead agreed with them.

        Raises:
            RuleBroken: it is over, they cannot take part, or do already.
        """
        self._refuse_when_over()
        if not person.is_volunteer:
            raise RuleBroken(_l("%(name)s cannot take part.", name=person.name))
        if self.is_on_team(person):
            raise RuleBroken(_l("%(name)s is on this team already.", name=person.name))
        if hand := self.hand_of(person):
            hand.accepted_at = at
        self._join(person, hours_a_week=hours_a_week, at=at)
        record("experiment.joined", self, by=by, names={"member": person.name}, member=person.id)

    def leave(self, *, by: Person, at: datetime) -> None:
        """Leave the team; no reason is asked. They stay party to its money.

        Raises:
            RuleBroken: they lead it, or are not on it.
        """
        if by.id == self.lead_id:
            raise RuleBroken(_l("Hand over the lead first."))
        membership = next((m for m in self.members if m.person_id == by.id and m.is_on_it), None)
        if membership is None:
            raise RuleBroken(_l("You are not on this team."))
        membership.until = at
        record("experiment.left", self, by=by)

    def offer_lead(self, person: Person, *, by: Person) -> None:
        """Ask somebody to take over the lead; it passes when they say yes.

        Raises:
            RuleBroken: it is over, or they lead it already or cannot.
        """
        self._refuse_when_over()
        if person.id == self.lead_id or not person.is_volunteer:
            raise RuleBroken(_l("%(name)s cannot take over the lead.", name=person.name))
        self.next_lead_id = person.id
        record("experiment.lead_offered", self, by=by, names={"member": person.name}, member=person.id)

    def take_lead(self, *, by: Person, at: datetime) -> None:
        """Say yes to leading it.

        Raises:
            RuleBroken: nobody asked them.
        """
        self._refuse_when_over()
        if self.next_lead_id != by.id:
            raise RuleBroken(_l("Nobody asked you to take over the lead."))
        if hand := self.hand_of(by):
            hand.accepted_at = at
        if not self.is_on_team(by):
            self.members.append(Member(person_id=by.id, hours_a_week=0, since=at))
        self.lead_id, self.next_lead_id = by.id, None
        self.grant.add_party(by.id, Why.LEAD, at=at)
        record("experiment.lead_taken", self, by=by)

    def _join(self, person: Person, *, hours_a_week: int, at: datetime) -> None:
        self.members.append(Member(person_id=person.id, hours_a_week=hours_a_week, since=at))
        self.grant.add_party(person.id, Why.TEAM, at=at)

    def _refuse_when_over(self) -> None:
        if self.state not in UNDER_WAY:
            raise RuleBroken(_l("This experiment is over."))
