"""What a backup says about itself: what is in it, where it comes from, and by which key it can be told from another."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from portfolio.exchange.canonical import text_of

FORMAT = 1
MOST_LENGTH = 4 * 1024 * 1024  # Bytes of a manifest; one of a hundred tables has 40,000.
DOMAIN = b"tandem.backup.v1\0"
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
HASH = re.compile(r"[0-9a-f]{64}")


class BackupRefused(Exception):
    """This file is not restored; the text says why, and what can be done."""


@dataclass(frozen=True)
class TableSum:
    """One table of a backup: its columns, and what its rows come to."""

    name: str
    columns: list[str]
    rows: int
    bytes: int
    sha256: str

    @property
    def path(self) -> str:
        """Where its rows lie in the file."""
        return f"tables/{self.name}.jsonl"


@dataclass(frozen=True)
class Manifest:
    """The first thing a restore reads.

    Args:
        schema: the number of the newest migration its database had.
        database: sqlite or postgresql; where it came from, not where it can go.
        trail: number and hash of the trail's last entry.
        files: of the data folder; none yet.
        fingerprint: SHA-256 of all of this but the signature.
        signature: HMAC of the fingerprint by the SECRET_KEY; None when there was none.
    """

    app: str
    schema: str
    database: str
    made_at: str
    trail_seq: int
    trail_hash: str
    tables: list[TableSum]
    fingerprint: str = ""
    signature: str | None = None

    def signed(self, secret_key: str) -> Manifest:
        """The same, with its fingerprint, and signed when there is a key."""
        fingerprint = self._fingerprint()
        return replace(self, fingerprint=fingerprint, signature=_signature(fingerprint, secret_key))

    def written(self) -> bytes:
        """The text of `manifest.json`, for people to read as well."""
        said = self._said() | {"fingerprint": self.fingerprint, "signature": self.signature}
        tables = b",\n  ".join(map(text_of, said.pop("tables")))
        lines = [text_of({key: value})[1:-1] for key, value in said.items()]
        return b"{\n" + b",\n".join([*lines, b'"tables":[\n  ' + tables + b"]"]) + b"\n}\n"

    def refuse_a_stranger(self, secret_key: str) -> None:
        """Refuse a file that was not signed with this key.

        Raises:
            BackupRefused: nobody vouches for it, or it cannot be told.
        """
        if not secret_key:
            raise BackupRefused(
                "There is no SECRET_KEY to check its signature with. Give the one that this organisation had; "
                "if it is lost and you trust where this file comes from, add --unsigned."
            )
        if self.signature is None:
            raise BackupRefused(
                "It was made without a SECRET_KEY, so nothing tells whether somebody changed it. "
                "If you trust where this file comes from, add --unsigned."
            )
        if not hmac.compare_digest(self.signature, _signature(self.fingerprint, secret_key) or ""):
            raise BackupRefused(
                "It was signed with another SECRET_KEY, or changed by somebody who does not have yours. Give the "
                "SECRET_KEY of the organisation it comes from; if that is lost and you trust the file, add --unsigned."
            )

    @classmethod
    def read(cls, text: bytes) -> Manifest:
        """Read `manifest.json`.

        Raises:
            BackupRefused: it is damaged, made up, or of a later format.
        """
        try:
            said = json.loads(text)
            if said["format"] != FORMAT:
                raise BackupRefused(
                    f"It has format {said['format']}, and this Tandem reads {FORMAT}. Install a newer one."
                )
            manifest = cls._of(said)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise BackupRefused("It is damaged: its manifest cannot be read.") from error
        if manifest.written() != text or manifest.fingerprint != manifest._fingerprint():
            raise BackupRefused("It is damaged: its manifest is not what was written.")
        return manifest

    @classmethod
    def _of(cls, said: Mapping[str, Any]) -> Manifest:
        tables = [TableSum(**table) for table in said["tables"]]
        for table in tables:
            _insist(NAME.fullmatch(table.name) and all(map(NAME.fullmatch, table.columns)))
            _insist(table.columns == sorted(set(table.columns)) and HASH.fullmatch(table.sha256))
            _insist(_is_count(table.rows) and _is_count(table.bytes))
        _insist(len({table.name for table in tables}) == len(tables) and said["files"] == [])
        _insist(_is_count(said["trail"]["seq"]) and HASH.fullmatch(said["trail"]["hash"]))
        _insist(said["signature"] is None or HASH.fullmatch(said["signature"]))
        return cls(
            app=said["app"],
            schema=said["schema"],
            database=said["database"],
            made_at=said["made_at"],
            trail_seq=said["trail"]["seq"],
            trail_hash=said["trail"]["hash"],
            tables=tables,
            fingerprint=said["fingerprint"],
            signature=said["signature"],
        )

    def _said(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "app": self.app,
            "schema": self.schema,
            "database": self.database,
            "made_at": self.made_at,
            "trail": {"seq": self.trail_seq, "hash": self.trail_hash},
            "tables": [asdict(table) for table in self.tables],
            "files": [],
        }

    def _fingerprint(self) -> str:
        return hashlib.sha256(DOMAIN + text_of(self._said())).hexdigest()


def _signature(fingerprint: str, secret_key: str) -> str | None:
    if not secret_key:
        return None
    return hmac.new(secret_key.encode(), DOMAIN + fingerprint.encode(), hashlib.sha256).hexdigest()


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _insist(holds: Any) -> None:
    if not holds:
        raise ValueError("not what a manifest says")
