"""A leader's name under an amount. Above the limit one is not enough."""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.audit.entry import canonical
from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.money import Money
from portfolio.people import queries as people
from portfolio.people.person import Person


class SignedFor(enum.Enum):
    """What was signed."""

    GRANT = "grant"
    SUPPLEMENT = "supplement"


@dataclass(frozen=True)
class Terms:
    """What exactly is signed; a second leader confirms the very same, or signs something else.

    Args:
        amount: what is granted.
        version: SHA-256 of the proposal that was read.
        conditions: what the team has to hold to.
        sponsor_id: the leader who sponsors it.
        tranches: amounts the approver named, in minor units, from the start on; empty to let them follow.
    """

    amount: Money
    version: str
    conditions: str = ""
    sponsor_id: int | None = None
    tranches: tuple[int, ...] = ()

    @property
    def hash(self) -> str:
        """SHA-256 of the terms."""
        said = [
            self.amount.minor,
            self.amount.currency,
            self.version,
            self.conditions,
            self.sponsor_id,
            list(self.tranches),
        ]
        return hashlib.sha256(canonical(said).encode()).hexdigest()


class Signature(Base):
    """One leader's yes to exact terms."""

    __tablename__ = "signature"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("funding.id"), index=True)
    signed_for: Mapped[SignedFor] = mapped_column(choice(SignedFor))
    terms_hash: Mapped[str]
    version: Mapped[str]
    amount: Mapped[int]
    currency: Mapped[str]
    conditions: Mapped[str]
    sponsor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str]
    confidence: Mapped[int | None]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]

    @property
    def money(self) -> Money:
        """What was signed for."""
        return Money(self.amount, self.currency)

    @property
    def is_live(self) -> bool:
        """Whether it waits for a second one."""
        return self.voided_at is None and self.completed_at is None


class Signed:
    """The part of a grant that knows whose names are under it."""

    if TYPE_CHECKING:
        currency: Mapped[str]
        signatures: Mapped[list[Signature]]

        def may_be_decided_by(self, person: Person) -> bool: ...

        def may_be_followed_by(self, person: Person) -> bool: ...

    @property
    def waiting_signature(self) -> Signature | None:
        """The first of two signatures, while it waits for the second and whoever signed could still sign."""
        return next((s for s in reversed(self.signatures) if s.is_live and self._still_counts(s)), None)

    def _still_counts(self, signature: Signature) -> bool:
        """Whether whoever signed leads still, and took no part in it since."""
        signer = people.by_ids([signature.person_id])[signature.person_id]
        if signature.signed_for is SignedFor.GRANT:
            return self.may_be_decided_by(signer)
        return self.may_be_followed_by(signer)

    def void_signatures(self, *, at: datetime) -> None:
        """Nobody's yes counts any more: what they signed has changed."""
        for signature in self.signatures:
            if signature.is_live:
                signature.voided_at = at

    def _signed(
        self,
        signed_for: SignedFor,
        terms: Terms,
        needs_two: bool,
        reason: str,
        confidence: int | None,
        *,
        by: Person,
        at: datetime,
    ) -> bool:
        """Put a name under the terms; says whether enough names are there."""
        first = self.waiting_signature
        same = first is not None and first.terms_hash == terms.hash and first.signed_for is signed_for
        if first is not None and same and first.person_id == by.id and needs_two:
            raise RuleBroken(
                _l("You signed this already. It is above what one leader grants; another one confirms it.")
            )
        complete = not needs_two or (same and first is not None and first.person_id != by.id)
        if first is not None and complete and same:
            first.completed_at = at
        self.void_signatures(at=at)
        self.signatures.append(
            Signature(
                signed_for=signed_for,
                terms_hash=terms.hash,
                version=terms.version,
                amount=terms.amount.minor,
                currency=self.currency,
                conditions=terms.conditions,
                sponsor_id=terms.sponsor_id,
                reason=reason,
                confidence=confidence,
                person_id=by.id,
                at=at,
                completed_at=at if complete else None,
            )
        )
        db.session.flush()  # Before a sponsor becomes party: the database refuses a signature of who is one already.
        return complete
