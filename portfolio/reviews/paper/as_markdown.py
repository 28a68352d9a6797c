"""The minutes as Markdown: what people wrote keeps its shape, and to whatever program shows it, it is but words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from portfolio.foundation.rich_tree import Tree
from portfolio.reviews.paper.told import Note, Part, Phrase, Row, Told

SIGNS = re.compile(r"[\\`*_\[\]<>|~&$]")
AT_THE_START = re.compile(r"^(?:[-+#=:]|\d+(?=[.)]))")
AROUND = {"em": "*", "strong": "**", "del": "~~", **dict.fromkeys(("h3", "h4", "h5", "h6", "th"), "**")}
UNSAFE = re.compile(r"[\s<>()\\\"'`]")


def as_markdown(told: Told) -> bytes:
    """The bytes of the file."""
    lines = "\n".join(_lines(told))
    return re.sub(r"\n{3,}", "\n\n", lines).encode()


def escaped(words: str) -> str:
    """Words on one line in which nothing is Markdown, nor HTML."""
    line = SIGNS.sub(lambda found: f"\\{found[0]}" if found[0] not in "<>&" else _NAMED[found[0]], _one_line(words))
    return AT_THE_START.sub(lambda found: f"\\{found[0]}" if not found[0].isdigit() else f"{found[0]}\\", line)


_NAMED = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def _lines(told: Told) -> Iterator[str]:
    yield f"# {escaped(told.title)}\n"
    yield f"{escaped(' · '.join(filter(None, (told.organisation, told.ref, told.words['frozen']))))}\n"
    for term, value in told.facts:
        yield f"- {escaped(term)}: {escaped(value)}"
    for number, part in enumerate(told.parts, start=1):
        yield from _part(number, part, told.words)
    yield f"\n## {escaped(told.words['log'])}\n"
    for entry in told.log:
        what = f"**{escaped(entry.ref)}** {escaped(entry.title)}: " if entry.ref else ""
        yield f"- {escaped(entry.time)} {what}{escaped(entry.said)}"
    if not told.log:
        yield escaped(told.words["nothing_recorded"])
    yield f"\n---\n\n**{escaped(told.sealed)}** {escaped(told.words['nothing_changes'])}\n"
    for name, seal in told.seals:
        yield f"- {escaped(name)}: `{seal}`"
    if told.corrections:
        yield f"\n## {escaped(told.corrected)}\n"
    for note in told.corrections:
        yield from _note(note)
    yield ""


def _part(number: int, part: Part, words: dict[str, str]) -> Iterator[str]:
    yield f"\n## {number}. {escaped(part.title)}\n"
    if not part.rows and part.empty:
        yield f"{escaped(part.empty)}\n"
    for row in part.rows:
        yield from _row(row, part.columns, words)
    if part.notes:
        yield f"\n### {escaped(words['notes'])}\n"
    for note in part.notes:
        yield from _note(note)


def _row(row: Row, columns: Any, words: dict[str, str]) -> Iterator[str]:
    undecided = f" ({escaped(words['undecided'])})" if row.undecided else ""
    yield f"### {escaped(f'{row.ref} {row.title}'.strip())}{undecided}\n"
    for said in row.sub:
        yield f"{escaped(said)}\n"
    for column, cell in zip(columns, row.cells, strict=True):
        for phrase in cell:
            yield from _cell(column, phrase)
    yield ""


def _cell(column: str, phrase: Phrase) -> Iterator[str]:
    if phrase.rich:
        yield f"- {escaped(column)}:\n\n{_indented(blocks(phrase.tree), '  ')}\n"
    else:
        yield f"- {escaped(column)}: {escaped(phrase.text)}"


def _note(note: Note) -> Iterator[str]:
    yield _indented(blocks(note.words.tree), "> ")
    yield f"\n{escaped(f'{note.by}, {note.time}')}\n"


# What people wrote ---------------------------------------------------------------------------------------------------


def blocks(tree: Tree) -> str:
    """A tree as Markdown again: paragraphs, lists, and what lies in them."""
    found: list[str] = []
    for is_block, branches in groupby(tree, lambda branch: isinstance(branch, dict) and branch["is"] in _BLOCKS):
        if is_block:
            found += [_BLOCKS[branch["is"]](branch) for branch in branches]
        else:
            found.append(_inline(list(branches)))
    return "\n\n".join(text for text in found if text.strip())


def _inline(tree: Tree) -> str:
    return "".join(_words(branch) for branch in tree).strip()


def _words(branch: Any) -> str:
    if isinstance(branch, str):
        return _within(branch)
    inside = "".join(_words(part) for part in branch["in"])
    if branch["is"] == "br":
        return "\\\n"
    if branch["is"] == "code":
        return _code(_text(branch["in"]))
    if "to" in branch:
        to = UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), branch["to"])
        return f"[{inside}]({to})"
    sign = AROUND.get(branch["is"], "")
    return f"{sign}{inside}{sign}" if inside.strip() else inside


def _within(words: str) -> str:
    """Words between others; blanks at either end stay."""
    bare = escaped(words)
    return f"{' ' if words[:1].isspace() else ''}{bare}{' ' if bare and words[-1:].isspace() else ''}"


def _code(text: str) -> str:
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    return f"{fence} {_one_line(text)} {fence}"


def _text(tree: Tree) -> str:
    return "".join(branch if isinstance(branch, str) else _text(branch["in"]) for branch in tree)


def _fenced(branch: dict[str, Any]) -> str:
    text = _text(branch["in"])
    fence = "`" * max(3, max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    return f"{fence}\n{text.strip(chr(10))}\n{fence}"


def _list(branch: dict[str, Any]) -> str:
    items = [item for item in branch["in"] if not isinstance(item, str)]
    signs = [f"{n}. " if branch["is"] == "ol" else "- " for n in range(1, len(items) + 1)]
    return "\n".join(
        sign + _indented(blocks(item["in"]), " " * len(sign)).lstrip() for sign, item in zip(signs, items, strict=True)
    )


def _table(branch: dict[str, Any]) -> str:
    rows = [row for group in branch["in"] if isinstance(group, dict) for row in group["in"] if isinstance(row, dict)]
    cells = [[_inline(cell["in"]) for cell in row["in"] if isinstance(cell, dict)] for row in rows]
    lines = [f"| {' | '.join(row)} |" for row in cells]
    if lines:
        lines.insert(1, f"|{' --- |' * len(cells[0])}")
    return "\n".join(lines)


_BLOCKS: dict[str, Callable[[dict[str, Any]], str]] = {
    "p": lambda branch: _inline(branch["in"]),
    **dict.fromkeys(("h3", "h4", "h5", "h6"), lambda branch: f"**{_inline(branch['in'])}**"),
    "hr": lambda _branch: "---",
    "pre": _fenced,
    "ul": _list,
    "ol": _list,
    "table": _table,
    "blockquote": lambda branch: _indented(blocks(branch["in"]), "> "),
}


def _indented(text: str, by: str) -> str:
    return "\n".join((by + line).rstrip() for line in text.split("\n"))


def _one_line(words: str) -> str:
    return " ".join(words.split())
