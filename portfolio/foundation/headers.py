"""Headers that every answer carries: a strict content policy, and no copies kept of what was read signed in."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
A_YEAR = 31_536_000
ASKED_EACH_TIME = "private, no-cache"  # A browser keeps it, and asks before it shows it whether it still may.


def name_by_content(app: Flask) -> None:
    """Give every static address a mark of the file's content, so that it can be kept for a year and still change."""
    marks: dict[str, str] = {}

    def mark(endpoint: str, values: dict[str, Any]) -> None:
        filename = values.get("filename")
        if endpoint != "static" or not filename or app.static_folder is None:
            return
        if filename not in marks or app.debug:
            path = Path(app.static_folder, filename)
            marks[filename] = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""
        if marks[filename]:
            values["v"] = marks[filename]

    app.url_defaults(mark)


def add_headers(app: Flask, *, over_tls: bool) -> None:
    """Add them to every answer of an app."""

    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CONTENT_POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if over_tls:
            response.headers["Strict-Transport-Security"] = f"max-age={A_YEAR}; includeSubDomains"
        if request.endpoint == "static":
            response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
        elif response.headers.get("Cache-Control") != ASKED_EACH_TIME:
            response.headers["Cache-Control"] = "no-store"
        return response

    app.after_request(guard)
