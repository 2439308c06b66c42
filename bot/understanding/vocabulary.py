"""What a pack has taught about each word and each sound: how telling it is, and for which ids it speaks."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.understanding.blocks import Blocks
from bot.understanding.linear import Weights, rarity
from bot.understanding.places import Places

FINEST = 127
"""The biggest number that a byte holds."""
Scores = NDArray[np.float32]


class Weighed(NamedTuple):
    """A text after weighing: its score for each class, and what its words say in the vocabulary's table."""

    scores: Scores
    words: NDArray[np.float32]
    rows: list[int]
    """Where in the table the words stand."""
    unknown: int
    """How many words the pack never says."""


class Vocabulary(NamedTuple):
    """Every feature with its number; by that its weight in a text, and a row of what it says for and against each class."""

    words: Mapping[str, int]
    sounds: Places
    """Without their names, of which there are many times as many as words."""
    shares: tuple[float, float]
    """How much the words and the sounds of a text count."""
    telling: Sequence[float]
    """The weight of each feature; the last is that of one that the pack never has."""
    table: NDArray[np.int8]
    """The rows, in whole grains: a quarter of the memory, and a message is scored no slower."""
    grain: float
    strange: frozenset[str]
    """Words that only texts for no id have."""

    @classmethod
    def of(
        cls,
        weights: Weights,
        words: Mapping[str, int],
        sounds: Mapping[str, int],
        shares: tuple[float, float],
        ids: int,
    ) -> "Vocabulary":
        """The features by name, with what was learnt of each; the class after all *ids* is "none of them"."""
        starts, sizes, places, strengths = weights[1:]
        grain = float(np.abs(strengths).max(initial=1e-9)) / FINEST
        table = np.zeros((len(sizes), ids + 1), np.int8)
        table[np.repeat(np.arange(len(sizes)), sizes), places] = np.rint(strengths / grain)
        strange = [word for word, row in words.items() if sizes[row] == 1 and places[starts[row]] == ids]
        telling = array("d", [*weights.telling.tolist(), rarity(0, ids + 1)])
        return cls(words, Places(sounds, sounds.values()), shares, telling, table, grain, frozenset(strange))

    def weigh(self, blocks: Blocks) -> "Weighed":
        """How much *blocks* speak for each class. What the pack never says still counts in a text's length."""
        telling = self.telling
        rare = telling[-1] * telling[-1]
        rows: list[int] = []
        values: list[float] = []
        # Sets would do, but their order changes from run to run, and with it the last digits of the scores.
        words, sounds = dict.fromkeys(blocks.words), dict.fromkeys(blocks.sounds)
        known = [row for row in map(self.words.get, words) if row is not None]
        heard: list[int] = self.sounds.find(sounds).tolist()
        for share, features, found in zip(self.shares, (words, sounds), (known, heard), strict=True):
            weights = [telling[row] for row in found]
            total = rare * (len(features) - len(found)) + sum([weight * weight for weight in weights])
            if total:
                scale = share * self.grain / sqrt(total)
                rows += found
                values += [weight * scale for weight in weights]
        table = self.table.take(rows, 0).astype(np.float32)
        return Weighed(np.array(values, np.float32) @ table, table[: len(known)], known, len(words) - len(known))

    def support(self, weighed: "Weighed", place: int) -> tuple[float, float]:
        """How much of what the words of a text tell speaks for the class at *place*, and how much of that comes from one word."""
        telling = self.telling
        told = telling[-1] * weighed.unknown
        spoken = most = gained = 0.0
        for row, strength in zip(weighed.rows, weighed.words[:, place].tolist(), strict=True):
            told += telling[row]
            if strength > 0:
                spoken += telling[row]
                gain = telling[row] * strength
                gained += gain
                most = max(most, gain)
        return spoken / (told or 1.0), most / gained if gained else 1.0

    def gains(self, words: Iterable[str], place: int) -> dict[str, float]:
        """Those of *words* that speak for the class at *place*, and how strongly in comparison."""
        gains = {}
        for word in words:
            row = self.words.get(word)
            if row is not None and self.table[row, place] > 0:
                gains[word] = float(self.table[row, place]) * self.telling[row]
        return gains

    def unknown(self, things: Iterable[str]) -> list[str]:
        """Those of *things* that no text ever names."""
        return [word for word in things if word not in self.words]

    def foreign(self, things: Iterable[str]) -> int:
        """How many of *things* no text for an id names."""
        words, strange = self.words, self.strange
        return sum([word not in words or word in strange for word in things])
