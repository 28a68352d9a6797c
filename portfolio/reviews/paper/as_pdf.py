"""The minutes on A4, tagged for whoever listens to them; what people wrote is data, and no part of the template."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import typst

from config import ROOT
from portfolio.reviews.paper.told import Part, Phrase, Told

TEMPLATE = ROOT / "templates" / "reviews" / "minutes.typ"


def as_pdf(told: Told, template: Path = TEMPLATE) -> bytes:
    """The bytes of the file: the same ones for the same record, reader and language."""
    compiler = typst.Compiler(template, root=template.parent, font_paths=_fonts())
    data = json.dumps(_plain(told), ensure_ascii=False)
    pdf = compiler.compile(
        format="pdf", sys_inputs={"minutes": data}, pdf_standards="ua-1", timestamp=int(told.closed_at.timestamp())
    )
    assert isinstance(pdf, bytes)  # One file, not a list of pages.
    return pdf


@cache
def _fonts() -> typst.Fonts:
    """Those that come with the library, so that paper looks the same wherever it was made."""
    return typst.Fonts(include_system_fonts=False)


def _plain(told: Told) -> dict[str, Any]:
    at = told.closed_at
    return asdict(told) | {
        "parts": [_part(part) for part in told.parts],
        "closed_at": [at.year, at.month, at.day],
    }


def _part(part: Part) -> dict[str, Any]:
    rows = [asdict(row) | {"cells": [[_tree(said) for said in cell] for cell in row.cells]} for row in part.rows]
    notes = [{"tree": note.words.tree, "by": note.by, "time": note.time} for note in part.notes]
    return asdict(part) | {"rows": rows, "notes": notes}


def _tree(said: Phrase) -> dict[str, Any]:
    return {"rich": said.rich, "tree": said.tree}
