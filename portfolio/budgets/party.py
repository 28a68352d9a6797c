"""Who is party to a grant. Once party, always party: no role and no leaving washes it off."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people import queries as people
from portfolio.people.person import Person, RoleName


class Why(enum.Enum):
    """What makes somebody party."""

    PROPOSER = "proposer"
    LEAD = "lead"
    TEAM = "team"
    AMOUNT = "amount"
    SPONSOR = "sponsor"


class Party(Base):
    """Somebody who is party to a grant, and why."""

    __tablename__ = "party"

    grant_id: Mapped[int] = mapped_column(ForeignKey("funding.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    why: Mapped[Why] = mapped_column(choice(Why), primary_key=True)
    since: Mapped[datetime]


class Parties:
    """The part of a grant that knows who is party to it, and who therefore decides and who does not."""

    if TYPE_CHECKING:
        parties: Mapped[list[Party]]

    def is_party(self, person: Person) -> bool:
        """Whether this person has a part in it, now or before."""
        return any(party.person_id == person.id for party in self.parties)

    def add_party(self, person_id: int, why: Why, *, at: datetime) -> None:
        """Note that somebody has a part in it."""
        if not any(party.person_id == person_id and party.why is why for party in self.parties):
            self.parties.append(Party(person_id=person_id, why=why, since=at))

    def may_be_decided_by(self, person: Person) -> bool:
        """Whether this leader may grant money for it: never a party to it."""
        return person.is_leader and not self.is_party(person)

    def may_be_followed_by(self, person: Person) -> bool:
        """Whether this leader may release, supplement, amend and decide once it was granted.

        A sponsor may too where there is no other leader, and only there.
        """
        return self.may_be_decided_by(person) or self.is_decided_alone_by(person)

    def is_decided_alone_by(self, person: Person) -> bool:
        """Whether this sponsor decides because there is no other leader who could."""
        reasons = {party.why for party in self.parties if party.person_id == person.id}
        return (
            person.is_leader
            and reasons == {Why.SPONSOR}
            and all(self.is_party(leader) for leader in people.holders(RoleName.LEADER))
        )

    def signers_left(self) -> int:
        """How many leaders could sign for it, being no party to it."""
        return sum(not self.is_party(leader) for leader in people.holders(RoleName.LEADER))

    def _refuse_a_party(self, by: Person, *, followed: bool = False) -> None:
        if not by.is_leader:
            raise RuleBroken(_l("Money is granted by a leader."))
        if not (self.may_be_followed_by(by) if followed else self.may_be_decided_by(by)):
            raise RuleBroken(_l("You are party to this, so another leader decides on its money."))
