"""Mail out of the house: through SMTP, or printed on the console where no server is set."""

from __future__ import annotations

import smtplib
import ssl
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

from flask import current_app

from config import Settings


@dataclass(frozen=True)
class Attachment:
    """A file that goes along with a mail."""

    name: str
    mimetype: str
    data: bytes


def send(
    settings: Settings, *, to: str, name: str, subject: str, body: str, attachments: Sequence[Attachment] = ()
) -> None:
    """Send one plain-text mail; called by jobs only, never inside a request.

    Raises:
        OSError: the server cannot be reached or refuses; the job tries again.
    """
    message = EmailMessage()
    message["From"] = settings.mail_from
    local, _, domain = to.rpartition("@")
    message["To"] = Address(_one_line(name), local, domain)
    message["Subject"] = _one_line(subject)
    message.set_content(body)
    for file in attachments:
        kind, _, subtype = file.mimetype.partition("/")
        message.add_attachment(file.data, maintype=kind, subtype=subtype, filename=file.name)
    if not settings.smtp_host:
        sys.stderr.write(f"\n--- mail (no SMTP_HOST is set) ---\n{_readable(message)}---\n")
        sys.stderr.flush()
        return
    context = ssl.create_default_context()
    if settings.smtp_security == "tls":
        with smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, timeout=20, context=context) as server:
            _deliver(server, settings, message)
        return
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=20) as server:
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        _deliver(server, settings, message)


def address(settings: Settings, endpoint: str, **values: Any) -> str:
    """The whole address of a page, for a mail; a job has no request to take the host from, as `url_for` would."""
    return settings.base_url + current_app.url_map.bind("localhost").build(endpoint, values)


def _deliver(server: smtplib.SMTP, settings: Settings, message: EmailMessage) -> None:
    if settings.smtp_user:
        server.login(settings.smtp_user, settings.smtp_password)
    server.send_message(message)


def _readable(message: EmailMessage) -> str:
    """As it reads when it has arrived: on the way long lines are broken, and with them the links in it."""
    heads = "".join(f"{name}: {message[name]}\n" for name in ("From", "To", "Subject"))
    files = "".join(f"[{part.get_filename()}]\n" for part in message.iter_attachments())
    body = message.get_body()
    return f"{heads}\n{body.get_content() if body else ''}{files}"


def _one_line(text: str) -> str:
    """Text that can stand in a head of a mail as it is.

    A head is read once more for encoded words (RFC 2047), and what one of them holds would be written out unread: line
    breaks, and with them heads and receivers of somebody's own.
    """
    return " ".join("".join(c if c.isprintable() else " " for c in text).replace("=?", "= ?").split())
