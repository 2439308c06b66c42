"""A message as what is compared of it: its words with their groups, and its sounds."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.understanding.concepts import Concepts
from bot.understanding.features import denied, grams, kana_words, lemma, sound
from bot.understanding.morphology import Token


class Blocks(NamedTuple):
    """The features of a text."""

    words: list[str]
    sounds: list[str]
    names: list[str]
    """The nouns among the words, unless one of the groups holds them."""
    grouped: int
    """How many nouns the groups hold."""


def blocks(concepts: Concepts, tokens: Sequence[Token], text: str, reading: str | None = None) -> Blocks:
    """The features of a normalised *text* and its *tokens*; *reading* where it is heard otherwise than they are."""
    aside = denied(tokens)
    if aside:
        tokens = [token for place, token in enumerate(tokens) if place not in aside]
    heard = sound("".join([token.reading for token in tokens]) if reading is None else reading)
    words = [lemma(token) for token in tokens]
    words.extend(kana_words(text))
    words.extend(concepts.find(tokens, heard))
    nouns = [token for token in tokens if token.pos == "名詞"]
    names = [lemma(token) for token in nouns if not concepts.has(token)]
    return Blocks(words, grams(heard), names, len(nouns) - len(names))
