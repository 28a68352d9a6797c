"""Codes of six digits that an app on a telephone shows, a new one every half minute (RFC 6238).

The secret that the app and we share is kept encrypted, with a key made of SECRET_KEY: whoever reads the database, or a
backup of it, cannot make codes. After SECRET_KEY has changed, the secrets cannot be read any more and no code fits.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
from datetime import datetime
from typing import Any

import qrcode
import qrcode.image.svg
from flask import current_app
from passlib.exc import TokenError
from passlib.totp import TOTP

ISSUER = "Tandem"
SKEW = 30  # Seconds by which a telephone's clock may be off, either way.


def new_secret() -> str:
    """A secret, encrypted."""
    return str(_codes().new().to_json(encrypt=True))


def number_of(code: str, secret: str, *, at: datetime) -> int | None:
    """Which half minute a code belongs to, or None when it is not one of now; later ones have higher numbers."""
    try:
        return int(_codes().from_source(secret).match(code, time=int(at.timestamp()), window=SKEW).counter)
    except (TokenError, KeyError):  # No code of now; or a secret encrypted with a key we no longer have.
        return None


def code_at(secret: str, moment: datetime) -> str:
    """The code that the app shows at a moment."""
    return str(_codes().from_source(secret).generate(time=int(moment.timestamp())).token)


def key_of(secret: str) -> str:
    """The secret, to be typed into an app by hand."""
    return str(_codes().from_source(secret).pretty_key(sep=" "))


def picture_of(secret: str, account: str) -> str:
    """The secret as a picture that an app reads, as the address of an image.

    Args:
        account: under which the app lists it.
    """
    picture = qrcode.make(_codes().from_source(secret).to_uri(account), image_factory=qrcode.image.svg.SvgPathFillImage)
    with io.BytesIO() as written:
        picture.save(written)
        return f"data:image/svg+xml;base64,{base64.b64encode(written.getvalue()).decode()}"


def _codes() -> Any:
    """What makes and reads codes, with our key; its tag tells which key a secret was encrypted with."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    key = hmac.new(secret, b"tandem one-time codes", hashlib.sha256).hexdigest()
    tag = hashlib.sha256(key.encode()).hexdigest()[:8]
    return TOTP.using(issuer=ISSUER, secrets={tag: key})
