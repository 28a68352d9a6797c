"""Small files in the shapes that imports take, made for a test."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from flask import Flask

from portfolio.exchange.commands import import_file

Run = Callable[..., Result]


def a_row(number: int = 1, **values: Any) -> dict[str, Any]:
    """A grant application as its programme publishes it; other values in place of its own."""
    return {
        "external_id": f"grants/{number}",
        "title": f"A bridge for carts, number {number}",
        "summary_md": "## Overview\n\nCarts cross the *river* by hand today.",
        "owner": "Carts & Co",
        "team": ["person-1", "person-2"],
        "sponsor_or_approvers": ["person-9"],
        "unit": "Level 2",
        "budget": {"amount": 30000, "currency": "USD"},
        "duration_weeks": 52,
        "start_date": None,
        "status_source": "Terminated",
        "milestones": [
            {"name": "Piers", "weeks": 13, "amount": 12000, "deliverables_md": "Two **piers**"},
            {"name": "Deck", "weeks": None, "amount": None, "deliverables_md": None},
        ],
        "log": [{"date": "2022-05-03", "author": "person-1", "body_md": "first plan", "kind": "commit"}],
        "outcome": "terminated",
        "raw": {"accepted_date": "2022-05-01", "milestones": {"1": {"costs": "10k or so"}}},
    } | values


def json_lines(folder: Path, *rows: Any, name: str = "grants.jsonl") -> Path:
    """A file with one JSON object a line; a text is written as it is."""
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    return _written(folder / name, "\n".join(lines) + "\n")


def comma_file(folder: Path, text: str, name: str = "grants.csv") -> Path:
    """A spreadsheet's export: with a mark at its beginning, and line ends of its own kind."""
    return _written(folder / name, "\N{BYTE ORDER MARK}" + text.replace("\n", "\r\n"))


def runner(app: Flask) -> Run:
    """Runs `tandem import` on the app under test."""

    def run(file: Path, *options: str, kind: str = "records") -> Result:
        result = CliRunner().invoke(import_file, [str(file), "--as", kind, *options], obj=lambda: app)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def last_line(result: Result) -> str:
    """What the command says at its end."""
    return str(result.output.strip().splitlines()[-1])


def _written(path: Path, text: str) -> Path:
    content = text.encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path
