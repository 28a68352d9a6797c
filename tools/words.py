"""The Dutch catalogue: `update` adds new words to it, `check` fails while one is missing, unsure or out of date.

English stands in the sources, so it has no catalogue.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
DUTCH = ROOT / "portfolio" / "translations" / "nl" / "LC_MESSAGES" / "messages.po"
SHOWN = 25  # Faults listed at once.
KEYWORDS = ("_", "_l", "gettext", "lazy_gettext", "ngettext:1,2", "pgettext:1c,2", "lazy_pgettext:1c,2")


def marked() -> Catalog:
    """All words that the sources mark."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "messages.pot"
        keywords = [argument for keyword in KEYWORDS for argument in ("-k", keyword)]
        options = ["--no-default-keywords", *keywords, "-F", str(ROOT / "babel.cfg"), "-o", str(target)]
        sources = [str(ROOT / "portfolio"), str(ROOT / "templates")]
        CommandLineInterface().run(["pybabel", "--quiet", "extract", *options, *sources])
        with target.open("rb") as file:
            return read_po(file)


def dutch() -> Catalog:
    """The catalogue as it stands; empty at the very beginning."""
    if not DUTCH.exists():
        return Catalog(locale="nl", header_comment="# Tandem in Dutch.", project="Tandem", version="1", fuzzy=False)
    with DUTCH.open("rb") as file:
        return read_po(file, locale="nl")


def update() -> None:
    """Write the catalogue anew, without guesses, and without line numbers that would change with every edit."""
    catalog = dutch()
    catalog.update(marked(), no_fuzzy_matching=True, update_creation_date=False)
    DUTCH.parent.mkdir(parents=True, exist_ok=True)
    with DUTCH.open("wb") as file:
        write_po(file, catalog, width=120, no_location=True, sort_output=True, ignore_obsolete=True)
    unready = sum(1 for message in words(catalog) if not is_ready(message))
    print(f"{len(catalog)} texts, {unready} of them to be translated in {DUTCH.relative_to(ROOT)}.")


def check() -> list[str]:
    """What is wrong with the catalogue."""
    catalog, sources = dutch(), marked()
    return [
        *(f"not translated: {shown(m)}" for m in words(catalog) if not is_ready(m)),
        *(f"{error}: {shown(m)}" for m, errors in catalog.check() for error in errors),
        *(f"not in the catalogue, run `make words`: {shown(m)}" for m in words(sources) if not has(catalog, m)),
        *(f"in no source any more, run `make words`: {shown(m)}" for m in words(catalog) if not has(sources, m)),
    ]


def words(catalog: Catalog) -> Iterator[Message]:
    """The catalogue without its header."""
    return (message for message in catalog if message.id)


def has(catalog: Catalog, message: Message) -> bool:
    """Whether a catalogue has a text, in the same context and as much of a plural."""
    found = catalog.get(message.id, message.context)
    return found is not None and found.id == message.id


def is_ready(message: Message) -> bool:
    """Whether every form of a text is translated, and nobody doubts it."""
    forms = message.string if message.pluralizable else (message.string,)
    return bool(forms) and all(forms) and not message.fuzzy


def shown(message: Message) -> str:
    """A text as it is named to a developer."""
    return repr(message.id[0] if message.pluralizable else message.id)


if __name__ == "__main__":
    if sys.argv[1:] == ["update"]:
        update()
    elif sys.argv[1:] == ["check"]:
        if wrong := check():
            more = [f"and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else []
            sys.exit("The Dutch catalogue is not ready:\n" + "\n".join(wrong[:SHOWN] + more))
    else:
        sys.exit("Say `update` or `check`.")
