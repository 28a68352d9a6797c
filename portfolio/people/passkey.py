"""Passkeys: a key in somebody's device or on a stick that proves who they are, by WebAuthn.

What a browser sends is checked by the library `webauthn`. A challenge is good for five minutes and, with one key, once:
it has to be younger than the key's last use.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import webauthn
from sqlalchemy import ForeignKey, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column, undefer
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import Missing, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.person import Person

GOOD_FOR = timedelta(minutes=5)
MOST = 10  # Of one person.


class Passkey(Base):
    """A passkey of one person; we hold its public half only."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    credential_id: Mapped[str] = mapped_column(unique=True)
    public_key: Mapped[str] = mapped_column(deferred=True)
    sign_count: Mapped[int]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Site:
    """Where passkeys belong to: a key made for one site is worth nothing on another.

    Args:
        host: its name, without port.
        origin: scheme, name and port.
    """

    host: str
    origin: str


@dataclass(frozen=True)
class Challenge:
    """What a device is asked to sign, and when that was."""

    text: str
    at: datetime

    def is_good(self, at: datetime) -> bool:
        """Whether it is young enough."""
        return self.at <= at <= self.at + GOOD_FOR


def options_to_make(person: Person, site: Site, others: Sequence[Passkey]) -> tuple[str, str]:
    """What a browser is told to make a passkey, as JSON, and the challenge in it."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name="Tandem",
        user_id=person.handle.encode(),
        user_name=person.email,
        user_display_name=person.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=_named(others),
    )
    return webauthn.options_to_json(options), bytes_to_base64url(options.challenge)


def options_to_use(site: Site, known: Sequence[Passkey], *, alone: bool) -> tuple[str, str]:
    """What a browser is told to use a passkey, as JSON, and the challenge in it.

    Args:
        known: which may be used; none named means whichever the device has.
        alone: there was no password before, so the device has to ask for a finger, a face or its own code.
    """
    wanted = UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.PREFERRED
    options = webauthn.generate_authentication_options(
        rp_id=site.host, allow_credentials=_named(known), user_verification=wanted
    )
    return webauthn.options_to_json(options), bytes_to_base64url(options.challenge)


def make_passkey(
    person: Person, name: str, sent: str, *, challenge: Challenge | None, site: Site, at: datetime
) -> Passkey:
    """Keep a passkey that somebody's device has made.

    Raises:
        RuleBroken: it is none, it was made for something else, or there are enough.
    """
    if challenge is None or not challenge.is_good(at):
        raise RuleBroken(_l("This took too long. Begin once more."))
    if len(passkeys_of(person.id)) >= MOST:
        raise RuleBroken(_l("Ten passkeys are enough. Take one away first."))
    try:
        made = webauthn.verify_registration_response(
            credential=sent,
            expected_challenge=base64url_to_bytes(challenge.text),
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise RuleBroken(_l("Your browser did not make a passkey. Try once more.")) from error
    credential_id = bytes_to_base64url(made.credential_id)
    if db.session.scalar(select(Passkey.id).where(Passkey.credential_id == credential_id)):
        raise RuleBroken(_l("This passkey is here already."))
    passkey = Passkey(
        person_id=person.id,
        name=name,
        credential_id=credential_id,
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        made_at=at,
    )
    db.session.add(passkey)
    return passkey


@dataclass(frozen=True)
class Shown:
    """A passkey that was shown and is right, to be used up."""

    passkey_id: int
    person_id: int
    sign_count: int
    challenge: Challenge


def shown_passkey(sent: str, *, challenge: Challenge | None, site: Site, alone: bool, at: datetime) -> Shown | None:
    """Which passkey it is that a device used; None when it is none of ours, or not right."""
    found = _passkey_in(sent)
    if found is None or challenge is None or not challenge.is_good(at):
        return None
    try:
        checked = webauthn.verify_authentication_response(
            credential=sent,
            expected_challenge=base64url_to_bytes(challenge.text),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(found.public_key),
            credential_current_sign_count=found.sign_count,
            require_user_verification=alone,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    return Shown(found.id, found.person_id, checked.new_sign_count, challenge)


def use_passkey(shown: Shown, *, at: datetime) -> bool:
    """Use its challenge up, in a write transaction; says whether nobody did before."""
    won = db.session.execute(
        update(Passkey)
        .where(Passkey.id == shown.passkey_id, or_(Passkey.used_at.is_(None), Passkey.used_at < shown.challenge.at))
        .values(used_at=at, sign_count=shown.sign_count)
        .returning(Passkey.id)
    ).first()
    return won is not None


def passkeys_of(person_id: int) -> Sequence[Passkey]:
    """Somebody's passkeys, the oldest first."""
    return db.session.scalars(select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id)).all()


def passkey_of(person_id: int, passkey_id: int) -> Passkey:
    """One of somebody's passkeys.

    Raises:
        Missing: it is not there, or somebody else's.
    """
    mine = (Passkey.id == passkey_id, Passkey.person_id == person_id)
    found = db.session.scalars(select(Passkey).where(*mine)).first()
    if found is None:
        raise Missing
    return found


def _passkey_in(sent: str) -> Passkey | None:
    try:
        said: Any = json.loads(sent)
        credential_id = str(said["id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    statement = select(Passkey).where(Passkey.credential_id == credential_id).options(undefer(Passkey.public_key))
    return db.session.scalars(statement).first()


def _named(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey.credential_id)) for passkey in passkeys]
