"""Text a person typed becomes HTML in one place, and nothing in it runs."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.foundation import rich_text
from portfolio.foundation.database import write_tx
from portfolio.foundation.rich_text import ATTRIBUTES, TAGS, render
from tests.factories import reading

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "![x](javascript:alert(1))",
    '[x](https://a.example "onmouseover=alert(1) x=")',
    '![x](https://a.example/"onerror="alert(1))',
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "```\n</pre><script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "`<script>`",
    "<style>*{display:none}</style>",
    "<form action=https://evil.example><input name=password></form>",
    "<iframe src=https://evil.example></iframe>",
    "<!-- --><script>alert(1)</script>",
    "|a|b|\n|-|-|\n|<script>|<b onclick=x>|",
    "x\0<script>alert(1)</script>",
]


class Found(HTMLParser):
    """Collects the tags and attributes of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note them."""
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_survives(text: str) -> None:
    assert_harmless(render(text))


@given(st.lists(st.sampled_from([*HOSTILE, "\n", "\n\n", "*", "`", "[", "](", "<", ">", "&", "a", "# "]), max_size=12))
@settings(max_examples=60)
def test_nothing_hostile_survives_in_any_company(parts: list[str]) -> None:
    assert_harmless(render("".join(parts)))


def test_raw_html_is_shown_as_it_was_typed() -> None:
    assert render("We <b>believe</b> a < b & c") == "<p>We &lt;b&gt;believe&lt;/b&gt; a &lt; b &amp; c</p>"


def test_markdown_becomes_what_it_means() -> None:
    html = render("# Why\n\nBecause *planners* wait.\n\n- one\n- two\n\n[map](https://a.example)")

    assert "<h3>Why</h3>" in html
    assert "<em>planners</em>" in html
    assert html.count("<li>") == 2
    assert '<a href="https://a.example" rel="noopener nofollow">map</a>' in html


def test_headings_stay_below_the_page_s_own() -> None:
    assert set(re.findall(r"<h(\d)>", render("# 1\n\n## 2\n\n### 3\n\n##### 5\n\n###### 6"))) == {"3", "4", "5", "6"}


@pytest.mark.parametrize(
    "text", ["[" * 5_000, "[a](" * 3_000, "![" * 6_000, "a\n---\n" * 3_000, "```\n" * 2_000, ">" * 9_000]
)
def test_a_tangled_text_is_shown_plain_and_whole(text: str) -> None:
    html = render(text)

    assert html.startswith("<pre>")
    assert html.endswith("</pre>")
    assert html.count("[") == text.count("[")


def test_a_text_of_half_a_megabyte_is_rendered() -> None:
    text = "We tried it with *ten* planners and [wrote it down](https://a.example/x).\n\n" * 6_500

    assert len(text) > 475_000
    assert render(text).count("<em>ten</em>") == 6_500


def test_a_page_shows_the_kept_rendering_and_makes_one_where_there_is_none(app: Flask) -> None:
    with write_tx():
        rich_text.keep("It *works*.", "", None)

    with reading():
        html = rich_text.shown(["It *works*.", "Not *kept*.", None])
    assert html("It *works*.") == "<p>It <em>works</em>.</p>"
    assert html("Not *kept*.") == "<p>Not <em>kept</em>.</p>"
    assert html(None) == ""


def test_the_same_text_is_kept_once_however_often_it_is_written(app: Flask) -> None:
    for _ in range(2):
        with write_tx():
            rich_text.keep("It *works*.", "It *works*.")


def assert_harmless(html: str) -> None:
    """Only tags, attributes and links that can do nothing."""
    found = Found(html)
    assert found.tags <= TAGS
    allowed = {(tag, name) for tag, names in ATTRIBUTES.items() for name in names} | {("a", "rel")}
    assert found.attributes <= allowed
    for link in found.links:
        scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):", link, re.IGNORECASE)
        assert scheme is None or scheme[1].lower() in ("http", "https", "mailto")


@pytest.mark.parametrize("rule", ["| --- | ---: |", "| ---: | --- |"])
def test_the_empty_corner_of_a_table_is_no_heading(rule: str) -> None:
    html = render(f"|  | phoned |\n{rule}\n| right | 34 |")

    assert re.search(r"<td[^>]*></td>\s*<th[^>]*>phoned</th>", html), html


def test_words_that_look_like_an_empty_heading_stay_words() -> None:
    assert "<td" not in render("`<th></th>` and <th></th>")
