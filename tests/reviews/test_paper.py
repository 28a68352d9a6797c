"""The minutes on paper: what a reader may see, from the record alone, and words that no program takes for orders."""

from __future__ import annotations

import csv
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator
from importlib import import_module

import pytest
import typst
from flask import Flask
from PIL import Image, ImageOps
from sqlalchemy import text

from portfolio.foundation.database import db
from portfolio.foundation.rich_tree import tree_of
from portfolio.network.decision import DecisionKind
from portfolio.people.person import Person
from portfolio.reviews.outcome import Part
from portfolio.reviews.paper.as_csv import plain
from portfolio.reviews.paper.as_markdown import blocks, escaped
from portfolio.reviews.paper.as_pdf import as_pdf
from portfolio.reviews.paper.told import Told, told
from portfolio.reviews.review import Review
from tests.browser import Browser
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    an_envelope,
    an_observer,
    at,
    changing,
    reading,
)
from tests.reviews.meetings import (
    HELD,
    SignedIn,
    a_closed_review,
    agreed,
    an_ended_experiment,
    an_open_review,
    closed,
    decide,
    frozen,
)
from tests.reviews.test_frozen import a_review_with_something_of_everything, everything_else_changes

pytestmark = pytest.mark.once  # A paper is made of the frozen record alone, which test_frozen.py reads on both.

KINDS = ("pdf", "md", "csv")
EVIL = '#eval("1+1") $x$ =HYPERLINK("http://evil.example") <script>alert(1)</script> [x](javascript:alert(1)) @ref'


@pytest.fixture(autouse=True)
def held(app: Flask) -> Iterator[None]:
    """An afternoon at the end of June."""
    with at(HELD):
        yield


def paper(browser: Browser, review: Review, kind: str) -> bytes:
    """The minutes as a file."""
    answer = browser.get(f"/reviews/{review.ref}/minutes.{kind}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{review.ref}.{kind}"'
    return answer.data


def words_of(browser: Browser, review: Review, kind: str) -> str:
    """What the minutes say as Markdown or CSV."""
    return paper(browser, review, kind).decode("utf-8-sig")


def an_evil_review() -> Review:
    """A closed review into which somebody typed what other programs would carry out."""
    ended = an_ended_experiment(title=EVIL[:120], lead=a_person(name="=1+1 Noor"))
    host = a_facilitator(name="@Karel")
    review = an_open_review(by=host)
    decide(ended, DecisionKind.STOP, by=a_leader(name="-Hilde"), reason=EVIL)
    agreed(review, "+SUM(A1)|cmd", owner=a_person(name="=Ilse"))
    with changing(review, by=host) as (room, by, moment):
        room.note(Part.WINS, EVIL + '\n\n```\n#include "/etc/passwd"\n```', by=by, at=moment)
    return closed(review, by=host)


# Who may ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_an_observer_gets_no_minutes(signed_in: SignedIn, kind: str) -> None:
    assert signed_in(an_observer()).get(f"/reviews/{a_closed_review().ref}/minutes.{kind}").status_code == 403


@pytest.mark.parametrize("kind", KINDS)
def test_a_review_that_goes_on_has_no_minutes(signed_in: SignedIn, kind: str) -> None:
    assert signed_in(a_leader()).get(f"/reviews/{an_open_review().ref}/minutes.{kind}").status_code == 404


def test_there_is_no_other_kind(signed_in: SignedIn) -> None:
    review, browser = a_closed_review(), signed_in(a_leader())

    assert [browser.get(f"/reviews/{review.ref}/minutes.{kind}").status_code for kind in ("typ", "html", "")] == [
        404
    ] * 3


@pytest.mark.parametrize("kind", ["md", "csv"])
def test_what_is_for_some_reads_restricted_to_others(signed_in: SignedIn, kind: str) -> None:
    lead = a_person()
    secret = an_ended_experiment(title="Which wing closes first?", restricted=True, lead=lead)
    review = an_open_review()
    decide(secret, reason="It is too early.")
    closed(review)

    said = words_of(signed_in(a_person()), review, kind)

    assert not any(words in said for words in ("Which wing", "too early", secret.ref))
    assert "restricted" in said
    assert "Which wing closes first?" in words_of(signed_in(lead), review, kind)


def test_the_paper_of_who_may_see_less_is_another_one(signed_in: SignedIn) -> None:
    an_ended_experiment(title="Which wing closes first?", restricted=True)
    review = a_closed_review()

    assert paper(signed_in(a_person()), review, "pdf") != paper(signed_in(a_leader()), review, "pdf")


# From the record alone ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("maker", [a_leader, a_person])
def test_not_a_byte_of_any_paper_changes_with_the_world(
    signed_in: SignedIn, maker: Callable[..., Person], language: str
) -> None:
    review = a_review_with_something_of_everything()
    reader = signed_in(maker(language=language))
    before, bytes_before = [paper(reader, review, kind) for kind in KINDS], frozen(review).bytes

    everything_else_changes()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE person SET language = :language"), {"language": language})

    with at("2031-01-01"):
        reader = signed_in(maker(language=language))
        assert frozen(review).bytes == bytes_before
        assert [paper(reader, review, kind) for kind in KINDS] == before


def test_the_kind_of_file_is_named_once(signed_in: SignedIn) -> None:
    review, browser = a_closed_review(), signed_in(a_leader())

    kinds = [browser.get(f"/reviews/{review.ref}/minutes.{kind}").content_type for kind in KINDS]

    assert kinds == ["application/pdf", "text/markdown; charset=utf-8", "text/csv; charset=utf-8"]


def test_a_correction_stands_below_the_record_on_paper_too(signed_in: SignedIn) -> None:
    review, host = a_closed_review(), a_facilitator(name="Karel Vandewalle")
    browser = signed_in(host)
    assert "Corrections, added" not in paper(browser, review, "md").decode()
    bare = paper(browser, review, "pdf")
    with changing(review, by=host) as (found, by, moment):
        found.correct("It was **Tuesday**, not Monday.", by=by, at=moment)

    for kind in ("md", "csv"):
        said = paper(browser, review, kind).decode()
        record, corrections = said.split("Corrections, added after the review was closed")
        assert "It was **Tuesday**, not Monday." in corrections
        assert "Karel Vandewalle" in corrections
        assert "Tuesday" not in record
    assert len(unpacked(paper(browser, review, "pdf"))) > len(unpacked(bare))


def test_they_are_in_the_reader_s_language(signed_in: SignedIn) -> None:
    an_envelope("140000.55")
    review = a_closed_review()

    for kind in ("md", "csv"):
        english = words_of(signed_in(a_leader(language="en")), review, kind)
        dutch = words_of(signed_in(a_leader(language="nl")), review, kind)
        assert "Thu 25 June 2026" in english
        assert "€140,000.55" in english
        assert "do 25 juni 2026" in dutch
        assert "140.000,55" in dutch
    assert b"/Lang(nl)" in paper(signed_in(a_person(language="nl")), review, "pdf")


# Nothing in them is carried out -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\N{NO-BREAK SPACE}=1", "\uff1d1", "\ufeff=1"]
)
def test_what_looks_like_a_formula_is_words(said: str) -> None:
    assert plain(said) == f"'{said}"


@pytest.mark.parametrize("said", ["Ask the care homes", "1-2", "a=b", "", "€-5"])
def test_other_words_stay_as_they_are(said: str) -> None:
    assert plain(said) == said


def test_no_cell_of_a_spreadsheet_is_a_formula(signed_in: SignedIn) -> None:
    said = words_of(signed_in(a_leader()), an_evil_review(), "csv")

    rows = list(csv.reader(io.StringIO(said, newline="")))
    assert {len(row) for row in rows} == {5}
    assert any("HYPERLINK" in cell for row in rows for cell in row)
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


def test_markdown_holds_no_html_and_no_script(signed_in: SignedIn) -> None:
    said = words_of(signed_in(a_leader()), an_evil_review(), "md")

    assert "&lt;script&gt;" in said
    assert "<script" not in said
    assert "(javascript:" not in said.replace("\\(", "(").replace("\\](", "")


@pytest.mark.parametrize(
    ("words", "safe"),
    [
        ("# Head", "\\# Head"),
        ("1. One", "1\\. One"),
        ("- a\n- b", "\\- a - b"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
        ("![x](http://a.example/)", "!\\[x\\](http://a.example/)"),
        ("a | b", "a \\| b"),
        ("===", "\\==="),
    ],
)
def test_words_are_no_markdown(words: str, safe: str) -> None:
    assert escaped(words) == safe


def test_what_people_wrote_keeps_its_shape_as_markdown() -> None:
    wrote = (
        "It **held** for *four*\nweeks.\n\n- one\n- two [there](https://a.example/x)\n\n> said\n\n```\n#eval(1)\n```"
    )

    assert blocks(tree_of(wrote)) == (
        "It **held** for *four* weeks.\n\n- one\n- two [there](https://a.example/x)\n\n> said\n\n```\n#eval(1)\n```"
    )


def test_a_picture_on_paper_is_its_words_and_a_script_no_link() -> None:
    assert tree_of("![a table](http://a.example/t.png)") == [{"is": "p", "in": ["a table"]}]
    assert "javascript:alert" not in str(tree_of("[x](javascript:alert(1))"))
    assert tree_of("[in](/people)") == [{"is": "p", "in": [{"is": "a", "in": ["in"]}]}]


# The PDF ------------------------------------------------------------------------------------------------------------


def test_it_is_a4_tagged_titled_numbered_and_has_its_fonts_inside(signed_in: SignedIn) -> None:
    pdf = unpacked(paper(signed_in(a_leader()), an_evil_review(), "pdf"))

    assert pdf.startswith(b"%PDF-")
    assert re.search(rb"/MediaBox ?\[0 0 595\.\d+ 841\.\d+\]", pdf)
    assert all(tag in pdf for tag in (b"/StructTreeRoot", b"/Table", b"/TH", b"/H1", b"/DisplayDocTitle true"))
    assert pdf.count(b"/FontDescriptor ") == len(re.findall(rb"/FontFile[23]? ", pdf)) > 0
    assert b"pdfuaid" in pdf


def test_what_people_typed_is_words_and_never_typst(signed_in: SignedIn) -> None:
    """Each of these would stop the template, or bring something in, if it were read as its own."""
    review, host = an_open_review(), a_facilitator()
    for body in ("#panic()", '#import "@preview/x:1.0.0"', '#read("/etc/passwd")', "]]]]", "\\", "*_`$", "```\n#"):
        with changing(review, by=host) as (room, by, moment):
            room.note(Part.MONEY, f"{body}\n\n| {body} |\n|---|\n\n- {body}\n\n> {body}", by=by, at=moment)
    closed(review)

    assert paper(signed_in(a_leader()), review, "pdf").startswith(b"%PDF-")


def test_a_long_word_stays_within_the_page(signed_in: SignedIn) -> None:
    review, host = an_open_review(), a_facilitator()
    with changing(review, by=host) as (room, by, moment):
        room.note(Part.WINS, "See " + "x" * 300, by=by, at=moment)

    with reading():
        said = told(frozen(closed(review, by=host)), "en", host)

    for page in drawn(said):
        ink = ImageOps.invert(Image.open(io.BytesIO(page)).convert("L")).getbbox()
        assert ink is not None
        assert ink[2] <= 210 - 22 + 1, "millimetres, less the margin"


@pytest.mark.parametrize("letters", ["李明 🚲", "山田 太郎", "김민준", "ש and \U0010fffd", "\ufffe", "👩\u200d🚀"])
def test_a_letter_that_no_font_has_keeps_nobody_from_their_minutes(
    signed_in: SignedIn, letters: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = typst.Fonts(include_system_fonts=False, font_paths=[])
    monkeypatch.setattr(import_module(as_pdf.__module__), "_fonts", lambda: bare)
    review, host = an_open_review(), a_facilitator(name=f"Fay {letters}")
    with changing(review, by=host) as (room, by, moment):
        room.note(Part.MONEY, f"It is **{letters}** and `{letters}`.", by=by, at=moment)
    closed(review, by=host)
    browser = signed_in(a_leader())

    pdf = unpacked(paper(browser, review, "pdf"))

    assert b"pdfuaid" in pdf, "whoever listens hears of it too"
    assert b"<FFFD>" in pdf, "it does not vanish"
    assert letters in paper(browser, review, "md").decode()


def test_another_fault_is_not_passed_over(monkeypatch: pytest.MonkeyPatch, signed_in: SignedIn) -> None:
    class Broken:
        def compile(self, **_how: object) -> bytes:
            error = typst.TypstError("PDF/UA-1 error: missing document title", "")
            error.diagnostic = "error: PDF/UA-1 error: missing document title"
            raise error

    monkeypatch.setattr(typst, "Compiler", lambda *_args, **_how: Broken())

    with pytest.raises(typst.TypstError, match="missing document title"):
        signed_in(a_leader()).get(f"/reviews/{a_closed_review().ref}/minutes.pdf")


def drawn(said: Told) -> list[bytes]:
    """The pages as pictures, a dot for each millimetre."""
    module = import_module(as_pdf.__module__)
    compiler = typst.Compiler(module.TEMPLATE, root=module.TEMPLATE.parent, font_paths=module._fonts())
    pages = compiler.compile(format="png", ppi=25.4, sys_inputs={"minutes": json.dumps(module._plain(said))})
    return pages if isinstance(pages, list) else [pages]


def unpacked(pdf: bytes) -> bytes:
    """A PDF with what it keeps packed beside it."""
    found = [pdf]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(packed))
        except zlib.error:
            found.append(packed)
    return b"\n".join(found)
