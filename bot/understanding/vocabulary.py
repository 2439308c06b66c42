"""The features of a pack: their numbers and how telling each one is."""

import math
from collections import defaultdict
from collections.abc import Iterable

from bot.understanding.linear import Vector

Blocks = tuple[list[str], list[str]]

WEIGHTS = (1.0, 0.8)
"""How much the words and the sounds of a text count."""
COMMON = 0.25
"""Sounds that more than this share of all ids have say nothing."""


class Vocabulary:
    """Numbers for the features of *documents*, pairs of an owner and the blocks of one of its texts."""

    def __init__(self, documents: Iterable[tuple[int, Blocks]]) -> None:
        seen: tuple[dict[str, set[int]], ...] = tuple(defaultdict(set) for _ in WEIGHTS)
        owners: set[int] = set()
        for owner, blocks in documents:
            owners.add(owner)
            for known, block in zip(seen, blocks, strict=True):
                for feature in block:
                    known[feature].add(owner)
        self.rare = math.log(len(owners) + 1) + 1
        self.known: list[dict[str, tuple[int, float]]] = []
        self.size = 0
        for place, block in enumerate(seen):
            numbers = {}
            for feature, ids in block.items():
                if place and len(ids) > max(COMMON * len(owners), 3):
                    numbers[feature] = (-1, 0.0)
                    continue
                numbers[feature] = (self.size, math.log((len(owners) + 1) / (len(ids) + 0.5)) + 0.3)
                self.size += 1
            self.known.append(numbers)

    def vector(self, blocks: Blocks) -> Vector:
        """*blocks* as weighted feature numbers. What the pack never says still counts in the length."""
        vector: Vector = []
        rare = self.rare * self.rare
        for weight, known, block in zip(WEIGHTS, self.known, blocks):
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

    def share_known(self, words: list[str]) -> float:
        """How much of the weight of *words* lies in words that the pack has."""
        known = self.known[0]
        have = lack = 0.0
        for word in set(words):
            entry = known.get(word)
            if entry is None:
                lack += self.rare
            else:
                have += entry[1]
        return have / (have + lack) if have else 0.0
