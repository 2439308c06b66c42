"""Words, dictionary forms and readings of a text, from fugashi and unidic-lite."""

import threading
from collections.abc import Iterable
from typing import NamedTuple

import fugashi

_LOCAL = threading.local()
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


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


def hiragana(text: str) -> str:
    """*text* with every katakana letter as hiragana."""
    return text.translate(_KATAKANA_TO_HIRAGANA)


def analyse(text: str) -> tuple[Token, ...]:
    """The words of *text*. Safe from any thread.

    A tagger's features are read lazily from memory that its next parse overwrites; so each thread has its own tagger and
    everything is copied out at once.
    """
    tagger = getattr(_LOCAL, "tagger", None)
    if tagger is None:
        tagger = _LOCAL.tagger = fugashi.Tagger()
    tokens = []
    for node in tagger(text):
        feature = node.feature
        surface = node.surface
        lemma = feature.lemma or surface
        if "-" in lemma:
            # UniDic marks foreign words as チェスト-chest.
            lemma = lemma.partition("-")[0] or surface
        tokens.append(
            Token(
                surface,
                lemma,
                feature.kana or surface,
                feature.pos1 or "",
                feature.pos2 or "",
                feature.cForm or "",
                not node.is_unk,
            )
        )
    return tuple(tokens)


def reading(tokens: Iterable[Token]) -> str:
    """The reading of the whole text in hiragana; right for most texts even where the words were cut wrongly."""
    return hiragana("".join(token.reading for token in tokens))
