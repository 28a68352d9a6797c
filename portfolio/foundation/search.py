"""Search: one table of what can be found, and each database's own index of its words beside it.

Both databases index the same folded text (small letters without accents, everything else a blank) and the same forms
of its words, so both find the same. The index `search_index` is an FTS5 table on SQLite and a table with a tsvector on
PostgreSQL. It is written here and by no trigger: `trusted_schema` being off, SQLite lets none reach a virtual table.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Index,
    Select,
    Subquery,
    case,
    cast,
    column,
    false,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
    union,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.foundation.database import Base, db
from portfolio.foundation.word_forms import all_forms, forms_of

MOST_KEPT = 200_000  # Characters of a text that can be found by; the rest of a longer one is left out.
MOST_LETTERS = 200  # Of what is asked.
LONGEST_WORD = 60
NEWEST = 500  # Of what matches, so many are compared: the newest by their title, and the newest at all.
AT_ONCE = 500  # Documents that are made anew together.
EXCERPT, BEFORE = 240, 60  # Characters shown of a text, and how many of them before the first word found.

WORD = re.compile(r"[^\W_]+")
LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\n]*\)")
IN_TEXT, IN_TITLE, FACET = "0", "1", "2"  # What a mark begins with; folded words seldom begin so.
AT_AN_EDGE = re.compile(r"(?<![^\W_])[*_`~]|[*_`~](?![^\W_])")  # One at a time, or a long row of them takes its square.
ROW = re.compile(r"^ *\|(.+)\| *$", re.MULTILINE)  # Of a table.
RULER = re.compile(r"^[ |:-]{3,}$", re.MULTILINE)  # Between a table's head and its rows, or from edge to edge.
MARKS = re.compile(r"[*_`~#>|\\\0]")


class SearchDocument(Base):
    """What can be found of one thing. Kept by `index()`, in the transaction that changes the thing."""

    __tablename__ = "search_document"
    __table_args__ = (Index("uq_search_document", "kind", "subject_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[int]
    folded_title: Mapped[str]
    folded_body: Mapped[str]
    body: Mapped[str]
    marks: Mapped[str]  # For the index alone: the forms of its words, and what it is told apart by.


@dataclass(frozen=True)
class Part:
    """A piece of an excerpt; marked when it is a word that was looked for."""

    text: str
    marked: bool = False


@dataclass(frozen=True)
class Hit:
    """One thing that was found."""

    kind: str
    subject_id: int
    excerpt: tuple[Part, ...]


@dataclass(frozen=True)
class Hits:
    """Some of what was found, and after how many the next begin."""

    rows: list[Hit]
    next: int | None


# Keeping it up --------------------------------------------------------------------------------------------------------


def index(kind: str, subject_id: int, title: str, *texts: str | None, facets: Iterable[str] = ()) -> None:
    """Let a thing be found by these words from now on, instead of those before.

    Args:
        kind: what it is, such as its table's name.
        title: what it is called; a word found here counts more than any in its texts.
        texts: what it says, in Markdown.
        facets: small letters each, such as how strong its evidence is, to tell it apart within its kind.
    """
    said = _said(title, texts, facets)
    _take_out(kind, subject_id)
    upsert = sqlite.insert if _on_sqlite() else postgresql.insert
    row_id = db.session.scalars(
        upsert(SearchDocument)
        .values(kind=kind, subject_id=subject_id, **said)
        .on_conflict_do_update(index_elements=["kind", "subject_id"], set_=said)
        .returning(SearchDocument.id)
    ).one()
    db.session.execute(text(PUT_IN[_dialect()]), _line(row_id, kind, said))


def index_new(
    kind: str, things: Mapping[int, Sequence[str]], facets: Mapping[int, Sequence[str]] | None = None
) -> None:
    """The same for many things that were not indexed before, in two statements.

    Args:
        things: by number, each with what it is called and then what it says.
        facets: by number, for those that have some.
    """
    if not things:
        return
    said = [_said(title, texts, (facets or {}).get(number, ())) for number, (title, *texts) in things.items()]
    rows = [{"kind": kind, "subject_id": number, **words} for number, words in zip(things, said, strict=True)]
    made = insert(SearchDocument).returning(SearchDocument.id, sort_by_parameter_order=True)
    row_ids = db.session.scalars(made, rows).all()
    lines = [_line(row_id, kind, words) for row_id, words in zip(row_ids, said, strict=True)]
    db.session.execute(text(PUT_IN[_dialect()]), lines)


def _said(title: str, texts: Iterable[str | None], facets: Iterable[str]) -> dict[str, str]:
    body = unicodedata.normalize("NFC", plain("\n".join(filter(None, texts))))[:MOST_KEPT]
    folded = {"folded_title": _kept(title), "folded_body": _kept(body)}
    return {"body": body, **folded, "marks": marks_of(**folded, facets=facets)}


def marks_of(folded_title: str, folded_body: str, facets: Iterable[str]) -> str:
    """What the index holds of a text beside its words."""
    title = all_forms(folded_title.split())
    both = title | all_forms(folded_body.split())
    marks = {IN_TITLE + form for form in title} | {IN_TEXT + form for form in both} | {FACET + one for one in facets}
    return " ".join(sorted(marks))


def _line(row_id: int, kind: str, said: dict[str, str]) -> dict[str, Any]:
    """What the index holds of one row. PostgreSQL's gets words as they are, a title's with ^ as well, marks with ~."""
    if _on_sqlite():
        return {"id": row_id, "kind": kind, **{name: said[name] for name in ("folded_title", "folded_body", "marks")}}
    title, body = ({word[:LONGEST_WORD] for word in said[text].split()} for text in ("folded_title", "folded_body"))
    marks = (f"~{mark}" for mark in said["marks"].split())
    return {"id": row_id, "words": sorted({f"={kind}", *(f"^{word}" for word in title), *title, *body, *marks})}


def forget(kind: str, subject_id: int) -> None:
    """Let a thing be found no more."""
    _take_out(kind, subject_id)
    db.session.execute(
        text("DELETE FROM search_document WHERE kind = :kind AND subject_id = :id"), {"kind": kind, "id": subject_id}
    )


def _take_out(kind: str, subject_id: int) -> None:
    db.session.execute(text(TAKE_OUT[_dialect()]), {"kind": kind, "id": subject_id})


# FTS5 is told the words a row had, to take them out. The kind is a word too, so that kinds are found apart at once.
TAKE_OUT = {
    "sqlite": "INSERT INTO search_index (search_index, rowid, kind, folded_title, folded_body, marks)"
    " SELECT 'delete', id, kind, folded_title, folded_body, marks FROM search_document"
    " WHERE kind = :kind AND subject_id = :id",
    "postgresql": "DELETE FROM search_index WHERE id IN"
    " (SELECT id FROM search_document WHERE kind = :kind AND subject_id = :id)",
}
PUT_IN = {
    "sqlite": "INSERT INTO search_index (rowid, kind, folded_title, folded_body, marks)"
    " VALUES (:id, :kind, :folded_title, :folded_body, :marks)",
    "postgresql": "INSERT INTO search_index (id, words) VALUES (:id, array_to_tsvector(CAST(:words AS text[])))",
}


# Finding --------------------------------------------------------------------------------------------------------------


def words_of(asked: str) -> list[str]:
    """The words to look for: folded, each once; single letters are in everything and say nothing."""
    folded = fold(asked[:MOST_LETTERS]).split()
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in folded if len(word) > 1))


def find(asked: str, kind: str, visible: Select[Any], *, limit: int = 20, after: int = 0) -> Hits:
    """What holds all the words asked for, as beginnings or in another form: the best title first, then the newest.

    To compare all that matches a common word would take the longer the more there is, so the newest of it are compared.
    That order is no key: the next page begins after so many hits.

    Args:
        visible: the ids of that kind that the person who asks may see, in one column; nothing else is found.
        after: how many hits were shown before.
    """
    words = words_of(asked)
    if not words or not 0 <= after <= 2 * NEWEST:
        return Hits([], None)
    newest = union(*(select(_newest(words, kind, visible, in_title=titles)) for titles in (True, False))).subquery()
    in_title = sum((_in_title(word) for word in words), literal(0)).label("in_title")
    best = (
        select(SearchDocument.id, in_title)
        .join(newest, newest.c.id == SearchDocument.id)
        .order_by(in_title.desc(), SearchDocument.subject_id.desc())
        .limit(limit + 1)
        .offset(after)
        .subquery()
    )
    start, excerpt = _excerpt(words)
    rows = db.session.execute(
        select(SearchDocument.subject_id, start, excerpt)
        .join(best, best.c.id == SearchDocument.id)
        .order_by(best.c.in_title.desc(), SearchDocument.subject_id.desc())
    ).all()
    hits = [Hit(kind, subject_id, marked(said, words, begun=begun > 1)) for subject_id, begun, said in rows[:limit]]
    return Hits(hits, after + limit if len(rows) > limit else None)


def matching(asked: str, kind: str) -> Select[int]:
    """The ids of all of that kind that hold the words asked for, for a list that has an order of its own."""
    words = words_of(asked)
    if not words:
        return select(SearchDocument.subject_id).where(false())
    number, matches = match(words, kind)
    return select(SearchDocument.subject_id).join(number.table, number == SearchDocument.id).where(matches)


def match(words: list[str], kind: str, *, facets: Sequence[str] = (), in_title: bool = False) -> tuple[Any, Any]:
    """For a statement of one's own: the key of the index, which is a document's number, and what has to match.

    Args:
        words: as `words_of()` gives them, at least one.
        facets: if there are any, the thing has one of these.
    """
    return (_on_fts5 if _on_sqlite() else _on_tsvector)(words, kind, facets, in_title=in_title)


def holds_one(said: str, words: list[str]) -> bool:
    """Whether a text holds a word that was asked for."""
    meant = _meant(words)
    return any(meant(found[0]) for found in WORD.finditer(said))


def excerpt_of(said: str, words: list[str]) -> tuple[Part, ...]:
    """The piece of a text in Markdown to show for what was asked: around the first word found, or its beginning."""
    text = plain(said)
    meant = _meant(words)
    place = next((found.start() for found in WORD.finditer(text) if meant(found[0])), 0) if words else 0
    start = max(0, place - BEFORE)
    return marked(text[start : start + EXCERPT], words, begun=start > 0)


def marked(said: str, words: list[str], *, begun: bool = False) -> tuple[Part, ...]:
    """A piece of a text in parts, with the words that were found marked.

    Args:
        begun: the text began before this piece.
    """
    ended = len(said) == EXCERPT
    said = _whole_words(said, begun=begun, ended=ended)
    parts, at = [Part("… ")] if begun else [], 0
    meant = _meant(words)
    for found in WORD.finditer(said):
        if meant(found[0]):
            parts += [Part(said[at : found.start()]), Part(found[0], marked=True)]
            at = found.end()
    parts += [Part(said[at:]), Part(" …" if ended else "")]
    return tuple(part for part in parts if part.text)


def _meant(words: list[str]) -> Callable[[str], bool]:
    """Tells whether a word of a text is one of those asked for: it begins so, or is another form."""
    beginnings, forms = tuple(words), {form for word in words for form in forms_of(word)}

    def meant(word: str) -> bool:
        folded = fold(word)
        return folded.startswith(beginnings) or any(form in forms for part in folded.split() for form in forms_of(part))

    return meant


def _whole_words(said: str, *, begun: bool, ended: bool) -> str:
    words = said.split()
    cut = words[1 if begun and len(words) > 1 else 0 : -1 if ended and len(words) > 2 else None]
    return " ".join(cut)


def _newest(words: list[str], kind: str, visible: Select[Any], *, in_title: bool) -> Subquery:
    """The newest of what matches, in its title or at all, and may be seen."""
    number, matches = match(words, kind, in_title=in_title)
    this_one = visible.selected_columns[0] == SearchDocument.subject_id
    return (
        select(SearchDocument.id)
        .join(number.table, number == SearchDocument.id)
        .where(matches, visible.where(this_one).correlate(SearchDocument).exists())
        .order_by(number.desc())
        .limit(NEWEST)
        .subquery()
    )


# What is asked of an index: its key, and what matches. Words are letters and digits only, and quoted, so that nothing
# in them can be taken for an operator; kinds are words of our own.


def _on_fts5(words: list[str], kind: str, facets: Sequence[str], *, in_title: bool) -> tuple[Any, Any]:
    lines: ColumnElement[Any] = literal_column("search_index")
    where = "folded_title" if in_title else "{folded_title folded_body}"
    wanted = [f"kind : {kind}"]
    if facets:
        wanted.append("(" + " OR ".join(f'marks : "{FACET}{one}"' for one in facets) + ")")
    for word in words:
        forms = [f'marks : "{mark}"' for mark in _marks(word, in_title=in_title)]
        wanted.append("(" + " OR ".join([f'{where} : "{word}" *', *forms]) + ")")
    matches = lines.op("MATCH", is_comparison=True)(" AND ".join(wanted))
    return table("search_index", column("rowid")).c.rowid, matches


def _on_tsvector(words: list[str], kind: str, facets: Sequence[str], *, in_title: bool) -> tuple[Any, Any]:
    lines = table("search_index", column("id"), column("words"))
    wanted = [f"'={kind}'"]
    if facets:
        wanted.append("(" + " | ".join(f"'~{FACET}{one}'" for one in facets) + ")")
    for word in words:
        forms = [f"'~{mark}'" for mark in _marks(word, in_title=in_title)]
        wanted.append("(" + " | ".join([f"'{'^' if in_title else ''}{word}':*", *forms]) + ")")
    return lines.c.id, lines.c.words.op("@@")(cast(" & ".join(wanted), postgresql.TSQUERY))


def _marks(word: str, *, in_title: bool) -> list[str]:
    return [(IN_TITLE if in_title else IN_TEXT) + form for form in forms_of(word)]


def _excerpt(words: list[str]) -> tuple[ColumnElement[int], ColumnElement[str]]:
    """Where the piece to show begins, and the piece: around the first of the words that the text has."""
    places = [func.nullif(_place(SearchDocument.folded_body, word), 0) for word in words]
    found = func.coalesce(*places, 1)
    start = case((found > BEFORE, found - BEFORE), else_=1)
    return start, func.substr(SearchDocument.body, start, EXCERPT)


def _in_title(word: str) -> ColumnElement[int]:
    """1 when the title has it, or another form of it."""
    locate, marks = func.instr if _on_sqlite() else func.strpos, literal(" ") + SearchDocument.marks + " "
    found = [_place(SearchDocument.folded_title, word) > 0]
    found += [locate(marks, f" {mark} ") > 0 for mark in _marks(word, in_title=True)]
    return case((or_(*found), 1), else_=0)


def _place(where: Any, word: str) -> ColumnElement[int]:
    """Where a word begins, from 1, or 0. In folded text a word begins after a blank."""
    locate = func.instr if _on_sqlite() else func.strpos
    return locate(literal(" ") + where, f" {word}")


# Folding --------------------------------------------------------------------------------------------------------------


class _Folding(dict[int, str]):
    """What becomes of each character, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        letters = "".join(filter(str.isalnum, unicodedata.normalize("NFKD", character).casefold()))
        self[code] = letters or ("" if unicodedata.category(character) == "Mn" else " ")
        return self[code]


_folding = _Folding()


def fold(text: str) -> str:
    """Small letters and digits without accents, every other character a blank.

    Nearly every character becomes one, so that a place in the folded text is about the place in the text.
    """
    return unicodedata.normalize("NFC", text).translate(_folding)


def _kept(text: str) -> str:
    """Folded, and no longer than PostgreSQL's index of one text can be."""
    return fold(text).encode()[:MOST_KEPT].decode(errors="ignore")


def plain(text: str) -> str:
    """Markdown without its marks, for an excerpt."""
    told = ROW.sub(lambda row: " · ".join(map(str.strip, row[1].split("|"))) + ";", RULER.sub("", text))
    return MARKS.sub(" ", AT_AN_EDGE.sub("", LINK.sub(r"\1", told)))


# The index itself -----------------------------------------------------------------------------------------------------


def prepare(connection: Connection) -> None:
    """Make the index, empty; called by migrations, for it is no table that models could describe."""
    for statement in MAKE[connection.dialect.name]:
        connection.execute(text(statement))


def rebuild(connection: Connection, *, without_marks: bool = False) -> None:
    """Make the index anew from the documents, after these came by another way than `index()`.

    Args:
        without_marks: as it was before documents had any; asked by a migration that goes down.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO search_index (search_index) VALUES ('rebuild')"))
        return
    connection.execute(text("DELETE FROM search_index"))
    columns = ("id", "kind", "folded_title", "folded_body", *(() if without_marks else ("marks",)))
    documents = select(*(SearchDocument.__table__.c[name] for name in columns))
    for some in connection.execute(documents.execution_options(yield_per=AT_ONCE)).mappings().partitions():
        lines = [_line(row["id"], row["kind"], {"marks": "", **row}) for row in some]
        connection.execute(text(PUT_IN["postgresql"]), lines)


def renew_marks(connection: Connection) -> None:
    """Make what lies beside the words anew, when forms are worked out otherwise; after it the index is rebuilt."""
    kept, after = SearchDocument.__table__.c, 0
    some_of = select(kept.id, kept.folded_title, kept.folded_body, kept.marks).order_by(kept.id).limit(AT_ONCE)
    write = text("UPDATE search_document SET marks = :marks WHERE id = :id")
    while some := connection.execute(some_of.where(kept.id > after)).all():
        connection.execute(write, [{"id": row.id, "marks": _renewed(row)} for row in some])
        after = some[-1].id


def _renewed(row: Any) -> str:
    facets = (mark.removeprefix(FACET) for mark in row.marks.split() if mark.startswith(FACET))
    return marks_of(row.folded_title, row.folded_body, facets)


def unprepare(connection: Connection) -> None:
    """Take the index away."""
    connection.execute(text("DROP TABLE IF EXISTS search_index"))


MAKE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE IF NOT EXISTS search_index USING fts5(kind, folded_title, folded_body, marks,"
        " content='search_document', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3 4')",
    ),
    "postgresql": (
        "CREATE TABLE IF NOT EXISTS search_index (id bigint PRIMARY KEY REFERENCES search_document ON DELETE CASCADE,"
        " words tsvector NOT NULL)",
        "CREATE INDEX IF NOT EXISTS ix_search_index_words ON search_index USING gin (words)",
    ),
}


def _dialect() -> str:
    return db.engine.dialect.name


def _on_sqlite() -> bool:
    return _dialect() == "sqlite"
