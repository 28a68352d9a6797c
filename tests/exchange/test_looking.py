"""Imported pages in a real browser: whatever stands in a file, the page keeps its width and runs nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Dialog, Page
from sqlalchemy import select

from portfolio.foundation.database import db
from portfolio.network.experiment import Experiment
from tests.exchange.files import a_row, json_lines, runner
from tests.factories import a_person, reading

pytestmark = pytest.mark.once  # How wide a page is and what runs on it the browser decides, not the database.

LONG = "w" * 300
MARKUP = "<img src=x onerror='alert(1)'><script>alert(2)</script><style>* { width: 9000px }</style>"


def every_text(words: str) -> dict[str, object]:
    """A row that says the same in every place where words can stand."""
    return {
        "title": words[:400],
        "summary_md": words,
        "hypothesis_md": words,
        "success_criteria_md": words,
        "owner": words,
        "team": [words],
        "unit": words,
        "status_source": words,
        "outcome": words,
        "milestones": [{"name": words, "deliverables_md": words}],
        "log": [{"date": None, "author": words, "kind": words, "body_md": words}],
        "raw": {words: words},
    }


@pytest.mark.parametrize(
    "words",
    [LONG, "* " * 100 + "deep", MARKUP],
    ids=["one long word", "lists in lists", "markup"],
)
def test_a_record_keeps_to_the_width_and_runs_nothing(
    app: Flask, page_of: Callable[..., Page], tmp_path: Path, words: str
) -> None:
    runner(app)(json_lines(tmp_path, a_row(1, **every_text(words))))
    with reading():
        path = f"/experiments/{db.session.scalars(select(Experiment)).one().ref}"
    page = page_of(a_person())
    asked = []

    def note(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)

    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for address in (path, "/experiments"):
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (address, width)
    assert asked == []
