"""What a pack has taught about each word and each sound: how telling it is, and for which ids it speaks."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from math import sqrt
from typing import NamedTuple

from bot.understanding.blocks import Blocks

WEIGHTS = (1.0, 0.8)
"""How much the words and the sounds of a text count."""

Row = tuple[tuple[int, float], ...]
"""The classes that a feature speaks for or against, in order, and how strongly."""
Entries = dict[str, tuple[float, Row]]


class Vocabulary(NamedTuple):
    """Every feature with its weight in a text and its row; *rare* is the weight of one that the pack never has."""

    classes: int
    words: Entries
    sounds: Entries
    strange: frozenset[str]
    """Words that only texts for no id have."""
    rare: float

    def scores(self, blocks: Blocks) -> list[float]:
        """How much *blocks* speak for each class. What the pack never says still counts in a text's length."""
        scores = [0.0] * self.classes
        rare = self.rare * self.rare
        for weight, known, block in zip(WEIGHTS, (self.words, self.sounds), blocks[:2], strict=True):
            # A set would do, but its order changes from run to run, and with it the last digits of the scores.
            features = dict.fromkeys(block)
            found = [entry for entry in map(known.get, features) if entry is not None]
            total = rare * (len(features) - len(found)) + sum([idf * idf for idf, _ in found])
            if not total:
                continue
            scale = weight / sqrt(total)
            for idf, row in found:
                value = idf * scale
                for place, strength in row:
                    scores[place] += strength * value
        return scores

    def gains(self, words: Sequence[str], place: int) -> dict[str, float]:
        """Those of *words* that speak for the class at *place*, and how strongly in comparison."""
        gains = {}
        for word in words:
            idf, row = self.words.get(word, (0.0, ()))
            at = bisect_left(row, (place,))
            if at < len(row) and row[at][0] == place and row[at][1] > 0:
                gains[word] = row[at][1] * idf
        return gains

    def unknown(self, things: Iterable[str]) -> list[str]:
        """Those of *things* that no text ever names."""
        return [word for word in things if word not in self.words]

    def foreign(self, things: Iterable[str]) -> int:
        """How many of *things* no text for an id names."""
        words, strange = self.words, self.strange
        return sum([word not in words or word in strange for word in things])
