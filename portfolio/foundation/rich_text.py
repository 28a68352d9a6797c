"""Markdown made safe: the only place where text a person typed becomes HTML.

Rendered once, when it is saved, and kept by the content's hash and the renderer's version.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from html import escape

import nh3
from markdown import Markdown
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.foundation.database import Base, db

RENDERER = "2"
TYPED_LIMIT = 20_000  # Characters a person may type; imported texts may be longer.
TAGS = {
    *("p", "br", "hr", "h3", "h4", "h5", "h6", "em", "strong", "del", "code", "pre", "blockquote", "sup", "sub"),
    *("ul", "ol", "li", "a", "img", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "th": {"align"}, "td": {"align"}}
RAW_HTML = (("preprocessors", "html_block"), ("inlinePatterns", "html"), ("inlinePatterns", "autolink"),
            ("inlinePatterns", "automail"), ("inlinePatterns", "entity"))  # fmt: skip
FENCE = re.compile(r"^\s*(```|~~~)", re.MULTILINE)
PLAIN = re.compile(r"[^\W\d_](?:[^\W_]|[ ,.;:?!()'\"/-])*")  # One line of words, in which nothing is Markdown.
EMPTY_HEAD = re.compile(r"<th( align=\"\w+\")?></th>")
RULER = re.compile(r"^\s*(=+|-+)\s*$", re.MULTILINE)

_own = threading.local()


class RichText(Base):
    """One rendered text, shared by all who wrote the same."""

    __tablename__ = "rich_text"

    hash: Mapped[str] = mapped_column(primary_key=True)
    html: Mapped[str]


def key_of(text: str) -> str:
    """The hash a text is kept by."""
    return hashlib.sha256(f"{RENDERER}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()


def render(text: str) -> str:
    """Safe HTML of a Markdown text; a text too tangled to render in time stays plain."""
    if PLAIN.fullmatch(text):
        return f"<p>{text}</p>"
    text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if _is_tangled(text):
        return f"<pre>{escape(text)}</pre>"
    html = _markdown().reset().convert(text)
    # A text's headings lie below the page's own.
    html = re.sub(r"<(/?)h([1-6])>", lambda found: f"<{found[1]}h{min(int(found[2]) + 2, 6)}>", html)
    safe = nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto"}, link_rel="noopener nofollow"
    )
    return EMPTY_HEAD.sub(r"<td\1></td>", safe)  # The empty corner of a table is the head of nothing.


def keep(*texts: str | None) -> None:
    """Keep the renderings of texts that are saved in this write transaction."""
    wanted = {key_of(text): text for text in texts if text}
    if wanted:
        known = set(db.session.scalars(select(RichText.hash).where(RichText.hash.in_(wanted))))
        keep_prepared({key: render(text) for key, text in wanted.items() if key not in known})


def keep_prepared(rendered: Mapping[str, str]) -> None:
    """Keep HTML that `render()` made before this write transaction, for texts too many to render within it.

    Args:
        rendered: the HTML by the key of its text.
    """
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    rows = [{"hash": key, "html": html} for key, html in rendered.items()]
    if rows:
        db.session.execute(insert(RichText).on_conflict_do_nothing(), rows)


def shown(texts: Iterable[str | None]) -> Callable[[str | None], Markup]:
    """Look up all texts of a page in one query; gives what turns each into HTML."""
    wanted = {key_of(text): text for text in texts if text}
    found: dict[str, str] = {}
    if wanted:
        found = dict(db.session.execute(select(RichText.hash, RichText.html).where(RichText.hash.in_(wanted))).all())

    def html(text: str | None) -> Markup:
        if not text:
            return Markup("")
        kept = found.get(key_of(text))
        return Markup(render(text) if kept is None else kept)  # Cleaned by render(), and nowhere else.  # noqa: S704

    return html


def _markdown() -> Markdown:
    if not hasattr(_own, "markdown"):
        _own.markdown = Markdown(extensions=["tables", "fenced_code", "sane_lists"], output_format="html")
        for registry, pattern in RAW_HTML:
            getattr(_own.markdown, registry).deregister(pattern)
    markdown: Markdown = _own.markdown
    return markdown


def _is_tangled(text: str) -> bool:
    """Shapes that cost more than linear time; real text has none of them."""
    if len(FENCE.findall(text)) > 200:
        return True
    return any(
        block.count("[") > 100 or block.count("`") > 400 or block.count(">") > 2_000 or len(RULER.findall(block)) > 30
        for block in re.split(r"\n[ \t]*\n", text)
    )
