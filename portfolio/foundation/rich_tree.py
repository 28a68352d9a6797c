"""Markdown as a tree of words, for what is no page: paper, and text that other programs read.

Made of the HTML that `rich_text` made safe, so nothing gets in that a page would not show.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from portfolio.foundation import rich_text

Tree = list[Any]  # Words, and {"is": a tag, "in": a tree, "to": where a link leads}.
ALONE = {"br", "hr", "img"}
BLOCKS = {
    "p",
    "hr",
    "h3",
    "h4",
    "h5",
    "h6",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
}
LEADS = ("http://", "https://", "mailto:")


def tree_of(text: str) -> Tree:
    """What a text says; a picture is its words, for paper fetches nothing."""
    grown = _Grown()
    grown.feed(rich_text.render(text))
    grown.close()
    return _without_gaps(grown.tree)


def _without_gaps(tree: Tree) -> Tree:
    """The same, without the line breaks that only stand between blocks."""
    apart = any(isinstance(branch, dict) and branch["is"] in BLOCKS for branch in tree)
    kept = [branch for branch in tree if not (apart and isinstance(branch, str) and not branch.strip())]
    return [b if isinstance(b, str) or b["is"] == "pre" else b | {"in": _without_gaps(b["in"])} for b in kept]


class _Grown(HTMLParser):
    """Grows the tree from HTML that is whole and clean."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tree: Tree = []
        self._open: list[tuple[str, Tree]] = [("", self.tree)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "img":
            self.handle_data(said.get("alt") or "")
            return
        branch: dict[str, Any] = {"is": tag, "in": []}
        link = said.get("href") or ""
        if link.startswith(LEADS):
            branch["to"] = link
        self._open[-1][1].append(branch)
        if tag not in ALONE:
            self._open.append((tag, branch["in"]))

    def handle_endtag(self, tag: str) -> None:
        if any(tag == known for known, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if data:
            self._open[-1][1].append(data)
