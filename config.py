"""Every setting of Tandem, read from the environment in this file and nowhere else."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OF_AN_EXAMPLE = re.compile(r"change.?(me|this|it)|your.?secret", re.IGNORECASE)


class SettingMissing(Exception):
    """A setting without which Tandem does not start; the text says how to give it."""


@dataclass(frozen=True)
class Settings:
    """What Tandem needs to know about the place it runs in.

    PORT              port the server listens on, 5000
    HOST              address it listens on, 127.0.0.1
    TANDEM_DATA_DIR   folder for the embedded database and files, instance/
    DATABASE_URL      postgresql://… for more than one machine; without it an embedded SQLite file
    SECRET_KEY        signs cookies; at least 32 characters; `tandem serve` refuses to start without it
    TANDEM_BASE_URL   address people reach Tandem at, used in mail; http://HOST:PORT
    TANDEM_PROXIES    number of trusted proxies in front of Tandem, 0
    SMTP_HOST         mail server; without one, mail is printed on the console
    SMTP_PORT         587
    SMTP_USER, SMTP_PASSWORD
    SMTP_SECURITY     starttls (default), tls or none
    MAIL_FROM         sender of mail, tandem@localhost
    WEB_WORKERS       web processes on PostgreSQL, 2 (on SQLite always 1)
    TANDEM_JOBS       embedded or worker: whether the web process carries out jobs itself
    TANDEM_ANCHORS    file that anchors of the trail are appended to, anchors.log in TANDEM_DATA_DIR; best on a disk
                      that whoever runs the database cannot write
    TANDEM_ANCHOR_KEY signs anchors, instead of SECRET_KEY; for a key that stays when that one is replaced
    """

    data_dir: Path
    database_url: str
    secret_key: str
    host: str = "127.0.0.1"
    port: int = 5000
    base_url: str = ""
    proxies: int = 0
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_security: str = "starttls"
    mail_from: str = "tandem@localhost"
    web_workers: int = 2
    jobs: str = "embedded"
    anchors_file: str = ""
    own_anchor_key: str = ""
    testing: bool = False
    engine_options: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings.

        Raises:
            SettingMissing: a number is not a number, a choice is not one of those offered, or a database is of no kind
                that Tandem knows.
        """
        env = os.environ if environment is None else environment
        data_dir = Path(env.get("TANDEM_DATA_DIR") or ROOT / "instance").resolve()
        url = env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'tandem.db'}"
        embedded = url.startswith("sqlite:")
        if not embedded and not url.startswith(("postgresql:", "postgresql+psycopg:")):
            raise SettingMissing("DATABASE_URL must begin with postgresql:// or be left out.")
        host, port = env.get("HOST", "127.0.0.1"), _number(env, "PORT", 5000, most=65535)
        return cls(
            data_dir=data_dir,
            database_url=url,
            secret_key=env.get("SECRET_KEY", ""),
            host=host,
            port=port,
            base_url=(env.get("TANDEM_BASE_URL") or f"http://{host}:{port}").rstrip("/"),
            proxies=_number(env, "TANDEM_PROXIES", 0),
            smtp_host=env.get("SMTP_HOST", ""),
            smtp_port=_number(env, "SMTP_PORT", 587),
            smtp_user=env.get("SMTP_USER", ""),
            smtp_password=env.get("SMTP_PASSWORD", ""),
            smtp_security=_choice(env, "SMTP_SECURITY", ("starttls", "tls", "none")),
            mail_from=env.get("MAIL_FROM", "tandem@localhost"),
            web_workers=1 if embedded else _number(env, "WEB_WORKERS", 2),
            jobs=_choice(env, "TANDEM_JOBS", ("embedded", "worker") if embedded else ("worker", "embedded")),
            anchors_file=env.get("TANDEM_ANCHORS", ""),
            own_anchor_key=env.get("TANDEM_ANCHOR_KEY", ""),
        )

    @property
    def anchors(self) -> Path:
        """The file that anchors of the trail are appended to."""
        return Path(self.anchors_file) if self.anchors_file else self.data_dir / "anchors.log"

    @property
    def anchor_key(self) -> str:
        """What anchors of the trail are signed with."""
        return self.own_anchor_key or self.secret_key

    @property
    def is_embedded(self) -> bool:
        """Whether the database is a file of our own, which we may bring up to date ourselves."""
        return self.database_url.startswith("sqlite")

    def require_secret_key(self) -> None:
        """Refuse to go on with cookies anybody could forge.

        Raises:
            SettingMissing: SECRET_KEY is missing, short, or a word from an example.
        """
        key = self.secret_key
        repeats = any(key[after:] == key[:-after] for after in range(1, len(key) // 2 + 1))
        if len(key) < 32 or len(set(key)) < 8 or repeats or OF_AN_EXAMPLE.search(key):
            raise SettingMissing(
                "SECRET_KEY is missing or too easy to guess. Make one with\n"
                "    python3 -c 'import secrets; print(secrets.token_urlsafe(48))'\n"
                "keep it out of version control, and give it to every process: SECRET_KEY=… tandem serve"
            )


def _number(env: Mapping[str, str], name: str, default: int, *, most: int = 1_000_000) -> int:
    text = env.get(name) or str(default)
    if not text.isdecimal():
        raise SettingMissing(f"{name} must be a whole number; it is {text!r}.")
    if int(text) > most:
        raise SettingMissing(f"{name} can be {most} at most; it is {text}.")
    return int(text)


def _choice(env: Mapping[str, str], name: str, offered: tuple[str, ...]) -> str:
    text = env.get(name) or offered[0]
    if text not in offered:
        raise SettingMissing(f"{name} must be one of {', '.join(offered)}; it is {text!r}.")
    return text
