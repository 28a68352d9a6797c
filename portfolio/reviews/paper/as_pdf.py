"""The minutes on A4, tagged for whoever listens to them; what people wrote is data, and no part of the template."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import typst

from config import ROOT
from portfolio.reviews.paper.told import Note, Part, Phrase, Told

TEMPLATE = ROOT / "templates" / "reviews" / "minutes.typ"
# Where Debian puts the letters of many scripts (fonts-noto-cjk, fonts-noto-core), if somebody installed them.
MORE_LETTERS = ("/usr/share/fonts/opentype/noto", "/usr/share/fonts/truetype/noto")


def as_pdf(told: Told, template: Path = TEMPLATE) -> bytes:
    """The bytes of the file: the same ones for the same record, reader and language.

    A letter that no font has is shown as �, so that nobody takes it for nothing; other kinds of paper have it.

    Raises:
        typst.TypstError: the template has a fault.
    """
    compiler = typst.Compiler(template, root=template.parent, font_paths=_fonts())
    data, at = json.dumps(_plain(told), ensure_ascii=False), int(told.closed_at.timestamp())

    def made(words: str) -> Any:
        return compiler.compile(format="pdf", pdf_standards="ua-1", sys_inputs={"minutes": words}, timestamp=at)

    try:
        pdf = made(data)
    except typst.TypstError as error:
        lacking = _lacking(error.diagnostic)
        if not lacking:
            raise
        pdf = made(data.translate(dict.fromkeys(lacking, "\N{REPLACEMENT CHARACTER}")))
    assert isinstance(pdf, bytes)  # One file, not a list of pages.
    return pdf


def _lacking(diagnostic: str) -> set[int]:
    """The letters that no font has, as a refusal names all of them; never one that JSON is written with."""
    said = "".join(re.findall(r'the text `"(.+?)"` could not be displayed', diagnostic))
    named = re.sub(r"\\u\{([0-9a-f]+)\}", lambda found: chr(int(found[1], 16)), said)
    return {ord(letter) for letter in named if not letter.isascii()}


@cache
def _fonts() -> typst.Fonts:
    """Those that come with the library, so that paper looks the same wherever it was made; and letters they lack."""
    return typst.Fonts(include_system_fonts=False, font_paths=list(MORE_LETTERS))


def _plain(told: Told) -> dict[str, Any]:
    at = told.closed_at
    return asdict(told) | {
        "parts": [_part(part) for part in told.parts],
        "corrections": [_note(note) for note in told.corrections],
        "closed_at": [at.year, at.month, at.day],
    }


def _part(part: Part) -> dict[str, Any]:
    rows = [asdict(row) | {"cells": [[_tree(said) for said in cell] for cell in row.cells]} for row in part.rows]
    return asdict(part) | {"rows": rows, "notes": [_note(note) for note in part.notes]}


def _note(note: Note) -> dict[str, Any]:
    return {"tree": note.words.tree, "by": note.by, "time": note.time}


def _tree(said: Phrase) -> dict[str, Any]:
    return {"rich": said.rich, "tree": said.tree}
