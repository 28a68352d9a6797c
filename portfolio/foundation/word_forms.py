"""Word forms: what English and Dutch reduce a word to, so that one form of it finds the others.

The stems lie in the index, so what reduces them stays the same for as long as the index does: whoever takes another
version of the library makes the index anew, by a migration.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import lru_cache

import Stemmer

MOST_FORMS = 2_000  # Different words of one text whose forms are kept.
SHORTEST, LONGEST = 3, 30  # Letters of a word that has forms.

# Words that are in every text and say nothing of what it is about.
EVERYWHERE = frozenset(
    """
    the and for that this with from they them their there then than have has had was were are not but you your our its
    his her she him who what when where which will would can could should been being into over under about after before
    more most less least only also one two all any some each every both very just out off how why does did doing done
    because while until between through again other same own

    het een van voor dat dit die met uit hun hen zij wij jij haar hem zijn was waren niet maar ook naar bij aan als dan
    den der des wie wat waar wanneer welke zal zou kan kon moet zonder door over onder tot meer minder meest alle elke
    ieder iedere geen wel nog toch hier daar heeft hebben had worden wordt werd werden omdat tussen tegen terwijl toen
    zodat zoals alleen andere zelf onze ons jullie mijn jouw twee
    """.split()  # noqa: SIM905 (words are easier to read and to add to as text)
)


class _Stemmers(threading.local):
    """One of each language for every thread; they cannot be shared."""

    def __init__(self) -> None:
        self.by_language = {"e": Stemmer.Stemmer("english", 0), "n": Stemmer.Stemmer("dutch", 0)}


_stemmers = _Stemmers()


@lru_cache(maxsize=8_192)
def forms_of(word: str) -> tuple[str, ...]:
    """The stem of a folded word in each language, with the language's letter before it; none of a name or a number."""
    if not (SHORTEST <= len(word) <= LONGEST and word.isascii() and word.isalpha()):
        return ()
    return tuple(f"{language}{one.stemWord(word)}" for language, one in _stemmers.by_language.items())


def all_forms(words: Iterable[str]) -> set[str]:
    """The forms of the first words of a text."""
    different = list(dict.fromkeys(words))[:MOST_FORMS]
    return {form for word in different for form in forms_of(word)}


def telling(words: Iterable[str]) -> list[str]:
    """The words that say what a text is about, each once: those that have forms and are not in every text."""
    return [word for word in dict.fromkeys(words) if word not in EVERYWHERE and forms_of(word)]
