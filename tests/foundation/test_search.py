"""Search finds the same on both databases: words and beginnings, whatever the accents, and only what is visible."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import Select, inspect, literal, select, text
from sqlalchemy.orm import aliased

from config import Settings
from portfolio import create_app
from portfolio.foundation import search, word_forms
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.search import MOST_KEPT, Part, SearchDocument, fold
from portfolio.foundation.similar import similar_to
from portfolio.foundation.word_forms import MOST_FORMS, STEPS, all_forms, forms_of
from tests.factories import reading

Known = aliased(SearchDocument)
ALL = select(Known.subject_id)

SIGNS = [
    '"',
    '""',
    "'",
    "*",
    "(",
    ")",
    "-",
    "^",
    ":",
    "&",
    "|",
    "!",
    "<->",
    "\\",
    "%",
    ";",
    "{",
    "}",
    "+",
    "\0",
]
ATTEMPTS = [
    'quote" OR "1',
    "quote' | '1",
    "folded_title: quote OR invoice",
    "quote NOT sheet",
    "quote:* & !sheet",
    "NEAR(quote sheet)",
    "'); DROP TABLE search_index; --",
    "quote*)) OR ((",
]


def put(number: int, title: str, *texts: str | None, kind: str = "question") -> None:
    """Let something be found."""
    with write_tx():
        search.index(kind, number, title, *texts)


def found(asked: str, visible: Select[Any] = ALL, *, kind: str = "question", **page: int) -> list[int]:
    """The numbers of what is found."""
    with reading():
        return [hit.subject_id for hit in search.find(asked, kind, visible, **page).rows]


def excerpt(asked: str) -> tuple[Part, ...]:
    """What is shown of the first thing found."""
    with reading():
        return search.find(asked, "question", ALL).rows[0].excerpt


def test_a_thing_is_found_by_its_words_and_by_how_they_begin(app: Flask) -> None:
    put(1, "Can planners quote from one sheet?", "A shared sheet halves the days.")

    for asked in ("planners", "plan", "PLANNERS quote", "sheet quo", "halves", "planners’ quote"):
        assert found(asked) == [1], asked
    for asked in ("lanners", "planners invoice", "planning"):
        assert found(asked) == [], asked


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Café in the hall", "cafe"),
        ("Cafe in the hall", "CAFÉ"),
        ("Cafe\u0301 in the hall", "café"),
        ("Geïntegreerde coördinatie", "geintegreerde coordinatie"),
        ("Straße frei", "strasse"),
        ("STRASSE frei", "straße"),
        ("ﬁnance first", "finance"),
        ("İstanbul", "istanbul"),
        ("Заявки на склад", "заявк"),
        ("ĳsvogel", "ijsvogel"),
        ("Order-to-cash", "cash"),
        ("X-014 and so on", "X-014"),
        ("7e7 is a number", "7e7"),
        ("12abc34 codes", "12abc"),
    ],
)
def test_accents_capitals_and_signs_do_not_matter(app: Flask, written: str, asked: str) -> None:
    put(1, written)
    put(2, "Something else", written)

    assert found(asked) == [1, 2]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Deliveries wait", "delivery"),
        ("The quoting of prices", "quotes"),
        ("Huizen staan leeg", "HUIS"),
        ("De bestelling ligt er", "bestellingen"),
        ("Coördinatoren bellen", "coordinator"),
        ("De klant betaalt", "betaling"),
        ("Niemand leest dit", "lezen"),
        ("Al besteld", "bestellen"),
        ("Elke maandag bestelt hij", "bestelling"),
        ("Zij kiest een ander", "kiezen"),
        ("Te laat geleverd", "leveren"),
        ("Hij levert om acht uur", "levering"),
        ("Hij reist minder", "reizen"),
        ("Zij schreven alles op", "schrijven"),
        ("Wie schreef dat", "schrijf"),
        ("Alle leden stemden", "lid"),
        ("In drie steden", "stad"),
        ("De schepen lagen stil", "schip"),
        ("Twee criteria", "criterium"),
        ("Wij informeren de familie", "geinformeerd"),
        ("De pomp is geïnstalleerd", "installeren"),
        ("Een andere categorie", "categorieën"),
        ("She wrote it down", "write"),
        ("They write less", "written"),
        ("He drove alone", "driving"),
        ("We paid twice", "pay"),
        ("They paid twice", "payment"),
        ("We buy less", "bought"),
        ("Bought on Monday", "buy"),
        ("Three criteria", "criterion"),
        ("An analysis of it", "analyses"),
        ("Two halves", "half"),
        ("Five men", "man"),
        ("A tooth", "teeth"),
    ],
)
def test_another_form_of_a_word_finds_it_in_english_and_in_dutch(app: Flask, written: str, asked: str) -> None:
    put(1, "Something else", written)
    put(2, written)
    put(3, "Nothing of the kind")

    assert found(asked) == [2, 1], "in the title first"
    assert found(f"{asked} something") == [1]
    assert any(part.marked for part in excerpt(f"{asked} something"))


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("De organisatie", "orgaan"),
        ("An organisation", "organs"),
        ("The universe", "university"),
        ("In general", "generate"),
        ("Een moederbord", "moeders"),
        ("Hij lijdt eronder", "leden"),
        ("Een lever", "leven"),
        ("Wij eten rijst", "reizen"),
        ("Een volle maand", "mannen"),
        ("Policies", "police"),
    ],
)
def test_words_that_only_look_alike_do_not_find_each_other(app: Flask, written: str, asked: str) -> None:
    put(1, written)

    assert found(asked) == []


def test_neither_names_nor_numbers_have_forms_and_no_text_has_too_many(app: Flask) -> None:
    assert forms_of("x014") == forms_of("заявки") == forms_of("it") == forms_of("a" * 31) == ()
    assert forms_of("deliveries") == ("edeliveri", "ndeliverie")
    many = (f"word{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in range(9_000))
    assert len(all_forms(many)) <= 2 * MOST_FORMS
    assert all(len(forms_of(word)) <= 2 * (1 + STEPS) for word in ("schreven", "lives", "geinstalleerd"))


def test_what_the_index_keeps_beside_the_words_is_found_by_nobody(app: Flask) -> None:
    put(1, "Deliveries wait")
    with write_tx():
        search.index("question", 2, "Something", facets=["measured"])

    for asked in ("0edeliveri", "1edeliveri", "edeliveri", "2measured", "measured"):
        assert found(asked) == [], asked


def test_things_are_told_apart_by_their_facets(app: Flask) -> None:
    with write_tx():
        search.index("question", 1, "Deliveries wait", facets=["measured"])
        search.index("question", 2, "A delivery waits", facets=["opinion"])
        search.index_new("question", {3: ("Deliver it", "now"), 4: ("Delivery",)}, {4: ["measured"]})
    with reading():
        number, matches = search.match(["delivery"], "question", facets=["measured", "anecdote"])
        documents = select(SearchDocument.subject_id).join(number.table, number == SearchDocument.id).where(matches)
        numbers = set(db.session.scalars(documents))

    assert numbers == {1, 4}


def test_what_is_like_something_shares_its_telling_words_in_any_form(app: Flask) -> None:
    put(1, "Nurses hide their keys at night")
    put(2, "A nurse hid what she had", "a key, every night, under the bed")
    put(3, "Night shifts are long")
    put(4, "All that they have had")
    put(5, "Keys are hidden by nurses")
    put(5, "Keys are hidden by nurses", kind="learning")

    def like(title: str, *texts: str, visible: Select[Any] = ALL) -> list[int]:
        with reading():
            return similar_to(title, *texts, kind="question", visible=visible, apart_from=[1], most=3)

    assert like("Nurses hide their keys at night") == [2, 5]
    assert like("Nurses hide their keys at night", visible=ALL.where(Known.subject_id != 5)) == [2]
    assert like("All that they have had") == like("") == []
    assert like("Nurses", "and **keys** they hide at night") == [2, 5]


def test_a_word_in_the_title_counts_more_than_many_in_the_text_and_then_the_newest_comes_first(app: Flask) -> None:
    put(1, "Something else", "invoice " * 50)
    put(2, "Does an invoice need paper?", "No. " * 200)

    put(3, "Paper", "an invoice " * 50)
    put(4, "Is an invoice a promise?", "paper " * 20)

    assert found("invoice") == [4, 2, 3, 1], "the newest first where the titles say as much"
    assert found("invoice paper") == [2, 4, 3]


def test_nobody_finds_what_they_may_not_see(app: Flask) -> None:
    put(1, "A secret merger")
    put(2, "An open merger")

    assert found("merger", select(literal(2))) == [2]
    assert found("secret", ALL.where(Known.subject_id == 2)) == []


def test_kinds_are_found_apart(app: Flask) -> None:
    put(1, "An invoice")
    put(1, "An invoice", kind="learning")

    assert found("invoice", kind="learning") == [1]
    assert found("invoice", kind="nothing") == []


def test_what_was_rewritten_is_found_by_its_new_words_only(app: Flask) -> None:
    put(1, "Quotes on paper", "in three days")
    put(1, "Invoices by mail", "in one hour")

    assert found("quotes") == found("days") == []
    assert found("invoices") == found("hour") == [1]


def test_what_is_forgotten_is_found_no_more(app: Flask) -> None:
    put(1, "Quotes on paper")
    with write_tx():
        search.forget("question", 1)
        search.forget("question", 2)

    assert found("quotes") == []
    with reading():
        assert db.session.scalar(text("SELECT count(*) FROM search_document")) == 0


def test_a_write_that_is_refused_leaves_nothing_to_find(app: Flask) -> None:
    put(1, "Quotes on paper")
    with pytest.raises(ZeroDivisionError), write_tx():
        search.index("question", 1, "Invoices" * (1 // 0))
    with pytest.raises(RuntimeError, match="no"):
        _write_and_fail()

    assert found("invoices") == []
    assert found("quotes") == [1]


def _write_and_fail() -> None:
    with write_tx():
        search.index("question", 1, "Invoices")
        raise RuntimeError("no")


@pytest.mark.parametrize("asked", ["", " ", "a", "a b c", "é", *SIGNS])
def test_without_a_word_of_two_letters_nothing_is_found(app: Flask, asked: str) -> None:
    put(1, "A b c, near é", "and more")

    assert search.words_of(asked) in ([], ["near"])
    assert found(asked) in ([], [1])


@pytest.mark.parametrize("asked", ATTEMPTS)
def test_what_is_asked_is_words_and_never_an_instruction(app: Flask, asked: str) -> None:
    titles = {
        1: "can planners quote from one sheet",
        2: "near or not drop the table of search index quote it folded title or invoice 1 sheet",
        3: "nothing of the kind",
    }
    for number, title in titles.items():
        put(number, title)

    words = set(search.words_of(asked))
    assert set(found(asked)) == {number for number, title in titles.items() if words <= set(title.split())}
    assert set(found("quote")) == {1, 2}


@pytest.mark.parametrize("sign", SIGNS)
def test_signs_around_a_word_change_nothing(app: Flask, sign: str) -> None:
    put(1, "Can planners near a quote from one sheet?")

    assert found(f"{sign}quote{sign}") == [1]
    assert found(f"quote {sign} sheet") == [1]


@pytest.mark.parametrize(
    "asked", ["x" * 10_000, "word " * 2_000, "ﷺ" * 5_000, "㌖" * 5_000, "\U0001e900" * 300, "日本" * 999]
)
def test_however_much_is_asked_the_answer_is_calm(app: Flask, asked: str) -> None:
    put(1, "Can planners quote?")

    assert found(asked) == []


def test_a_text_of_half_a_million_letters_is_indexed_and_its_beginning_is_found(app: Flask) -> None:
    body = "first " + " ".join(f"w{number}" for number in range(90_000)) + " last"
    put(1, "A long report", body)
    put(2, "One word", "é" * 500_000)
    put(3, "Other letters", " ".join(chr(0x4E00 + number % 20_000) for number in range(250_000)))

    assert len(body) > 500_000
    assert found("first") == found("w9999") == [1]
    assert found("last") == []
    with reading():
        sizes = db.session.execute(select(SearchDocument.body, SearchDocument.folded_body)).all()
    assert all(len(kept) <= MOST_KEPT and len(folded.encode()) <= MOST_KEPT for kept, folded in sizes)


def test_an_excerpt_shows_the_text_as_it_was_written_with_the_words_marked(app: Flask) -> None:
    put(1, "Coordination", "We **believe** that _coördinatie_ helps [planners](https://planners.example) a lot.")

    parts = excerpt("coord plan")

    assert [part.text for part in parts if part.marked] == ["coördinatie", "planners"]
    assert "".join(part.text for part in parts) == "We believe that coördinatie helps planners a lot."


def test_an_excerpt_lies_around_the_word_and_begins_and_ends_with_whole_ones(app: Flask) -> None:
    put(1, "Long", "before " * 400 + "the needle " + "after " * 400)

    parts = excerpt("needle")

    assert [part.text for part in parts if part.marked] == ["needle"]
    words = "".join(part.text for part in parts).split()
    assert words[0] == words[-1] == "…"
    assert set(words) == {"…", "before", "the", "needle", "after"}


def test_an_excerpt_is_text_and_never_html(app: Flask) -> None:
    put(1, "Tags", "A <script>alert(1)</script> needle & more")

    assert "".join(part.text for part in excerpt("needle")) == "A <script alert(1)</script needle & more"
    assert excerpt("tags")[0].marked is False


def test_the_cells_of_a_table_stand_apart_in_an_excerpt(app: Flask) -> None:
    told = search.excerpt_of("| Who | Hours |\n|---|---|\n| Anna | three |", ["hour"])

    assert " ".join("".join(part.text for part in told).split()) == "Who · Hours; Anna · three;"


def test_more_hits_come_page_by_page_each_once(app: Flask) -> None:
    with write_tx():
        for number in range(1, 24):
            search.index("question", number, f"Question {number} on delivery")

    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        with reading():
            hits = search.find("delivery", "question", ALL, limit=10, after=after)
        seen += [hit.subject_id for hit in hits.rows]
        after = hits.next

    assert sorted(seen) == list(range(1, 24))
    assert found("delivery", after=-1) == found("delivery", after=10**6) == []


def test_an_old_title_is_found_among_any_number_of_newer_texts(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "NEWEST", 3)
    put(1, "Delivery")
    for number in range(2, 9):
        put(number, "Something", "on delivery")

    assert found("delivery") == [1, 8, 7, 6]


def test_finding_takes_one_statement_however_many_are_found(app: Flask, count_statements: Callable[[], Any]) -> None:
    with write_tx():
        for number in range(1, 30):
            search.index("question", number, f"Question {number} on delivery", "and what it brings")

    with reading(), count_statements() as statements:
        search.find("delivery brings", "question", ALL)

    assert len(statements) == 1


@pytest.mark.parametrize("piece", ["*", "a*", "_*", "[a](", "![", "[", "[a]", "](", "`a", ">", "#", "|", "\\", "~a~"])
def test_no_text_takes_long_to_index(app: Flask, piece: str) -> None:
    put(1, "Hostile", f"needle {piece * (500_000 // len(piece))}")

    assert found("needle") == [1]


def test_words_written_with_marks_are_found_as_words(app: Flask) -> None:
    put(1, "Marks", "**Bold**, _slanted_, `code_name`, ~~gone~~ and 5*3.")

    assert "".join(part.text for part in excerpt("bold")) == "Bold, slanted, code name, gone and 5 3."
    assert found("name") == found("slant") == [1]


def test_folding_keeps_nearly_every_place(app: Flask) -> None:
    said = "Één café, zo’n coördinator: €5 (of meer)…"

    assert len(fold(said)) == len(said)
    assert fold(said).split() == ["een", "cafe", "zo", "n", "coordinator", "5", "of", "meer"]


def test_the_index_is_made_and_taken_away_as_often_as_one_likes(settings: Any, another_database: Any) -> None:

    app = create_app(dataclasses.replace(settings, database_url=another_database("searching")))
    with app.app_context():
        flask_migrate.upgrade()
        with db.engine.begin() as connection:
            search.prepare(connection)
            search.unprepare(connection)
            search.unprepare(connection)
            assert [name for name in inspect(connection).get_table_names() if name.startswith("search_index")] == []
            search.prepare(connection)
        put(1, "Found again")
        assert found("again") == [1]
        db.session.remove()
        db.engine.dispose()


def test_what_was_indexed_before_is_found_by_its_irregular_forms_as_well(
    settings: Settings, another_database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(dataclasses.replace(settings, database_url=another_database("irregular")))
    with app.app_context():
        flask_migrate.upgrade(revision="0022")
        with monkeypatch.context() as as_before:
            as_before.setattr(word_forms, "STEPS", 0)
            forms_of.cache_clear()
            with write_tx():
                search.index("question", 1, "We paid deliveries", "twee keer betaald", facets=["measured"])
        forms_of.cache_clear()
        assert found("payment") == found("betaling") == []

        flask_migrate.upgrade()
        assert found("payment") == found("betaling") == found("delivery") == [1]
        with reading():
            number, matches = search.match(["betaling"], "question", facets=["measured"])
            assert db.session.scalars(select(number).where(matches)).all() == [1]
        put(1, "Something else")
        assert found("payment") == []

        put(2, "They paid for deliveries")
        flask_migrate.downgrade(revision="0022")
        assert found("delivery") == found("paid") == [2]
        db.session.remove()
        db.engine.dispose()
