"""The features of a pack: their numbers and how telling each one is."""

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from bot.understanding.linear import Vector

WEIGHTS = (1.0, 0.8)
"""How much the words and the sounds of a text count."""
COMMON = 0.25
"""Sounds that more than this share of all ids have say nothing."""

Numbers = dict[str, tuple[int, float]]


class Blocks(NamedTuple):
    """The features of a text: its words with their groups, and its sounds."""

    words: list[str]
    sounds: list[str]
    names: list[str]
    """The nouns among the words, unless one of the groups holds them."""
    grouped: int
    """How many nouns the groups hold."""


class Vocabulary(NamedTuple):
    """A number and a weight for every feature; *rare* is the weight of one that the pack never has."""

    words: Numbers
    sounds: Numbers
    strange: frozenset[str]
    """Words that only texts for no id have."""
    rare: float
    size: int

    @classmethod
    def of(cls, documents: Iterable[tuple[int, Blocks]], none: int) -> "Vocabulary":
        """The features of *documents*, pairs of an owner and one of its texts; *none* owns those that are for no id."""
        seen: tuple[dict[str, set[int]], ...] = (defaultdict(set), defaultdict(set))
        owners: set[int] = set()
        for owner, blocks in documents:
            owners.add(owner)
            for known, block in zip(seen, (blocks.words, blocks.sounds), strict=True):
                for feature in block:
                    known[feature].add(owner)
        most = max(COMMON * len(owners), 3)
        size = 0
        numbered: list[Numbers] = []
        for known, limit in zip(seen, (len(owners) + 1, most), strict=True):
            numbers: Numbers = {}
            for feature, ids in known.items():
                if len(ids) > limit:
                    numbers[feature] = (-1, 0.0)
                else:
                    numbers[feature] = (size, round(math.log((len(owners) + 1) / (len(ids) + 0.5)) + 0.3, 4))
                    size += 1
            numbered.append(numbers)
        strange = frozenset(word for word, ids in seen[0].items() if ids == {none})
        words, sounds = numbered
        rare = round(math.log(len(owners) + 1) + 1, 4)
        return cls(words, sounds, strange, rare, size)

    def vector(self, blocks: Blocks) -> Vector:
        """*blocks* as weighted feature numbers. What the pack never says still counts in the length."""
        vector: Vector = []
        rare = self.rare * self.rare
        for weight, known, block in zip(WEIGHTS, (self.words, self.sounds), (blocks.words, blocks.sounds), strict=True):
            found: dict[int, float] = {}
            total = 0.0
            for feature in block:
                entry = known.get(feature)
                if entry is None:
                    total += rare
                elif entry[0] >= 0 and entry[0] not in found:
                    number, idf = entry
                    found[number] = idf
                    total += idf * idf
            if total:
                scale = weight / math.sqrt(total)
                vector.extend([(number, idf * scale) for number, idf in found.items()])
        return vector

    def unknown(self, things: Iterable[str]) -> list[str]:
        """Those of *things* that no text ever names."""
        return [word for word in things if word not in self.words]

    def elsewhere(self, things: Iterable[str]) -> list[str]:
        """Those of *things* that only texts for no id name."""
        return [word for word in things if word in self.strange]
