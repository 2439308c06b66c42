"""Words, dictionary forms and readings of a text, from fugashi and unidic-lite."""

import csv
import os
import threading
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import NamedTuple

import fugashi

_LOCK = threading.Lock()
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_REMEMBERED = 20_000
"""Words kept ready, some ten megabytes of them at most."""

JUST_READ = 16
"""Texts kept ready: those that the threads of this process are reading at the moment."""


class Token(NamedTuple):
    """One word: as written, its dictionary form, its reading in katakana, its part of speech."""

    surface: str
    lemma: str
    reading: str
    pos: str
    pos2: str
    form: str
    """The conjugated form (活用形), such as 未然形-一般; empty for words that do not conjugate."""
    known: bool = True
    """False where the dictionary does not have the word."""


Words = tuple[Token, ...]

NOTED: ContextVar[Callable[[str], Words] | None] = ContextVar("noted", default=None)
"""What knows the words of any text while a pack is learnt; None: they are looked up."""

_WORDS: dict[tuple[str, str], Token] = {}


def hiragana(text: str) -> str:
    """*text* with every katakana letter as hiragana."""
    return text.translate(_KATAKANA_TO_HIRAGANA)


def analyse(text: str) -> Words:
    """The words of *text*. Safe from any thread."""
    noted = NOTED.get()
    return looked_up(text) if noted is None else noted(text)


@lru_cache(maxsize=JUST_READ)
def looked_up(text: str) -> Words:
    """The words of *text*, by the dictionary.

    A tagger's features are read lazily from memory that its next parse overwrites; so one thread at a time has it, and
    copies everything out. A tagger for each thread would map the dictionary as often, a hundred megabytes each time.
    Taking a word's features apart costs more than finding the word, so it is done once. The safety rules, the reminder
    sentences and the matcher read one message after another: its words are found once.
    """
    with _LOCK:
        found = [(node.surface, node.feature_raw, node.is_unk) for node in _tagger()(text)]
    tokens = []
    for surface, features, is_unknown in found:
        key = surface, features
        token = _WORDS.get(key)
        if token is None:
            if len(_WORDS) >= _REMEMBERED:
                _WORDS.clear()
            token = _WORDS[key] = _token(*key, is_known=not is_unknown)
        tokens.append(token)
    return tuple(tokens)


def dictionary() -> list[tuple[str, int, int]]:
    """Which dictionary it is: its files with their sizes and times."""
    files = [(info["filename"], os.stat(info["filename"])) for info in _tagger().dictionary_info]
    return [(name, stat.st_size, stat.st_mtime_ns) for name, stat in files]


@cache
def _tagger() -> fugashi.Tagger:
    """The one of this process, opened when it is first needed."""
    return fugashi.Tagger()


def _token(surface: str, features: str, *, is_known: bool) -> Token:
    """The word that UniDic's row of *features* describes; a row for an unknown word ends early."""
    row = next(csv.reader((features,)))
    pos, pos2, form, lemma, kana = ("" if len(row) <= at or row[at] == "*" else row[at] for at in (0, 1, 5, 7, 17))
    if "-" in lemma:
        # UniDic marks foreign words as チェスト-chest.
        lemma = lemma.partition("-")[0]
    return Token(surface, lemma or surface, kana or surface, pos, pos2, form, is_known)


def reading(tokens: Iterable[Token]) -> str:
    """The reading of the whole text in hiragana; right for most texts even where the words were cut wrongly."""
    return hiragana("".join([token.reading for token in tokens]))
