"""The matcher with each of its parts left out in turn, to measure what the part earns."""

from collections.abc import Iterator, Sequence
from statistics import median
from time import perf_counter

from bot.library.schema import Language
from bot.understanding.evaluate import Read
from bot.understanding.index import Document
from bot.understanding.match import Matcher
from bot.understanding.recipe import WHOLE

LEFT_OUT = {
    "words": "words",
    "sounds": "sounds",
    "copies in kana": "kana",
    "copies with a slip": "slips",
    "strangers": "strangers",
    "mending of slips": "mending",
    "endings of stories": "endings",
    "doubt": "doubt",
}
"""The names of the parts, and where they stand in the recipe."""
GROUPS = "groups of synonyms"
ROUNDS = 5
TIMED = 100
"""Texts that are read to compare times; more than are kept ready, so that each is read anew."""


def lessened(documents: Sequence[Document], language: Language) -> Iterator[tuple[str, Matcher]]:
    """The name of each part, and a matcher that learnt from *documents* without it; one at a time, since each takes seconds."""
    for name, field in LEFT_OUT.items():
        yield name, Matcher(documents, language, cache=None, recipe=WHOLE._replace(**{field: False}))
    if language.synonyms:
        yield GROUPS, Matcher(documents, language.model_copy(update={"synonyms": ()}), cache=None)


def pace(read: Read, beside: Read, texts: Sequence[str]) -> float:
    """How long *read* takes for some of *texts*, where *beside* takes one: by turns, since only times of one moment compare."""
    chosen = texts[:TIMED]
    return median(_took(read, chosen) / (_took(beside, chosen) or 1.0) for _ in range(ROUNDS))


def _took(read: Read, texts: Sequence[str]) -> float:
    begun = perf_counter()
    for text in texts:
        read(text)
    return perf_counter() - begun
