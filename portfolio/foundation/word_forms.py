"""Word forms: what English and Dutch reduce a word to, so that one form of it finds the others.

A dictionary says which word it is a form of (wrote: write), and what is left is cut to its stem (writing: write). Both
lie in the index, so what reduces a word stays the same for as long as the index does: whoever takes another version of
either library makes the index anew, by a migration.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache

import Stemmer

MOST_FORMS = 2_000  # Different words of one text whose forms are kept.
SHORTEST, LONGEST = 3, 30  # Letters of a word that has forms.
STEPS = 2  # From a form to its word: schreven is read as schreef, and that as schrijven.

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


# Forms that the dictionary does not know, or reads as another word only.
OF_ANOTHER = {
    "e": {
        "axes": "axis",
        "bent": "bend",
        "bound": "bind",
        "broke": "break",
        "diagnoses": "diagnosis",
        "drunk": "drink",
        "felt": "feel",
        "gone": "go",
        "halves": "half",
        "leaves": "leaf",
        "left": "leave",
        "lives": "life",
        "payment": "pay",
        "people": "person",
        "rose": "rise",
        "shelves": "shelf",
        "shook": "shake",
        "shot": "shoot",
        "thieves": "thief",
        "thought": "think",
        "wives": "wife",
        "worse": "bad",
    },
    "n": {
        "bewogen": "bewegen",
        "bladeren": "blad",
        "boden": "bieden",
        "boog": "buigen",
        "braken": "breken",
        "gaven": "geven",
        "geblokkeerd": "blokkeren",
        "gecontroleerd": "controleren",
        "gecoordineerd": "coordineren",
        "geinformeerd": "informeren",
        "gekwalificeerd": "kwalificeren",
        "gesneden": "snijden",
        "geweken": "wijken",
        "gewezen": "wijzen",
        "gewogen": "wegen",
        "geworven": "werven",
        "kozen": "kiezen",
        "lagen": "liggen",
        "las": "lezen",
        "leden": "lid",
        "mat": "meten",
        "maten": "meten",
        "reed": "rijden",
        "verslagen": "verslag",
        "voorgeschreven": "voorschrijven",
    },
}

# Where folding took the dots away: geinstalleerd was geïnstalleerd, categorieen was categorieën.
AFTER_A_VOWEL = re.compile(r"(?<=[aeiou])[eiou](?!en$)")
DOTTED = dict(zip("eiou", "ëïöü", strict=True))


class _Stemmers(threading.local):
    """One of each language for every thread; they cannot be shared."""

    def __init__(self) -> None:
        self.by_language = {"e": Stemmer.Stemmer("english", 0), "n": Stemmer.Stemmer("dutch", 0)}


_stemmers = _Stemmers()


@lru_cache(maxsize=8_192)
def forms_of(word: str) -> tuple[str, ...]:
    """The stems of a folded word and of what it is a form of, with a language's letter before them; none of a name."""
    if not (SHORTEST <= len(word) <= LONGEST and word.isascii() and word.isalpha()):
        return ()
    stemmers = _stemmers.by_language.items()
    return tuple(dict.fromkeys(f"{of}{one.stemWord(read)}" for of, one in stemmers for read in _readings(word, of)))


def _readings(word: str, language: str) -> Iterator[str]:
    """A word, and what it is a form of."""
    yield word
    for _step in range(STEPS):
        word = _word_of(word, language)
        if not word:
            return
        yield word


@cache
def _dictionary(language: str) -> Mapping[str, str]:
    """Looks words up where they lie packed, which is slower and takes a tenth of the memory."""
    from simplemma.strategies.dictionaries import StreamDictionaryFactory  # Only a process that needs it.

    return StreamDictionaryFactory().get_dictionary({"e": "en", "n": "nl"}[language])


def _word_of(form: str, language: str) -> str:
    """What this is a form of, folded as well; nothing for a word that is not known."""
    if form in OF_ANOTHER[language]:
        return OF_ANOTHER[language][form]
    dotted = AFTER_A_VOWEL.sub(lambda vowel: DOTTED[vowel[0]], form, count=1)
    known = map(_dictionary(language).get, dict.fromkeys((form, dotted)))
    found = next(filter(None, known), "")
    return "".join(filter(str.isalpha, unicodedata.normalize("NFKD", found).casefold()))


def all_forms(words: Iterable[str]) -> set[str]:
    """The forms of the first words of a text."""
    different = list(dict.fromkeys(words))[:MOST_FORMS]
    return {form for word in different for form in forms_of(word)}


def telling(words: Iterable[str]) -> list[str]:
    """The words that say what a text is about, each once: those that have forms and are not in every text."""
    return [word for word in dict.fromkeys(words) if word not in EVERYWHERE and forms_of(word)]
