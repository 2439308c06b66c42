"""Which class a text resembles: a sparse linear model, trained on examples in plain Python."""

import random
from array import array
from collections.abc import Iterable, Sequence
from typing import NamedTuple

Vector = list[tuple[int, float]]
Example = tuple[int, Vector]

EPOCHS = 3
STEP = 0.5
"""The most that one example may change the weights."""
MARGIN = 1.0
"""How far ahead of all others an example's class shall come."""
RIVALS = 2
"""How many of the classes in front are pushed back at once."""
LEAST = 0.08
"""Weights below this change no decision; without them a message is scored four times as fast."""
GRAIN = 0.02
"""Weights are kept in steps of this size: the few distinct numbers lie together in memory."""


class Linear(NamedTuple):
    """For each feature the classes it speaks for or against, and how strongly."""

    classes: int
    rows: tuple[tuple[tuple[int, ...], tuple[float, ...]], ...]

    def scores(self, vector: Vector) -> list[float]:
        """How much *vector* speaks for each class."""
        scores = [0.0] * self.classes
        rows = self.rows
        for number, value in vector:
            places, weights = rows[number]
            for place, weight in zip(places, weights, strict=True):
                scores[place] += weight * value
        return scores


class Learner:
    """A model while it learns."""

    def __init__(self, classes: int, features: int) -> None:
        self.classes = classes
        self.rows: list[dict[int, float]] = [{} for _ in range(features)]

    def train(self, examples: Iterable[Example], *, seed: int = 7) -> None:
        """Learn to place each example's class ahead of all others (passive-aggressive updates).

        After each pass only the examples that were not yet placed clearly are looked at again, so later passes are short.
        """
        source = random.Random(seed)  # noqa: S311 - an order to learn in, no secret
        # Packed, because thousands of vectors as lists of pairs would be most of the program's memory.
        active = [
            (owner, array("I", [number for number, _ in vector]), array("f", [value for _, value in vector]))
            for owner, vector in examples
        ]
        for _ in range(EPOCHS):
            source.shuffle(active)
            active = [example for example in active if self._learn(*example)]

    def _learn(self, owner: int, numbers: "array[int]", values: "array[float]") -> bool:
        """Whether a vector was misplaced, or too close to a rival; the weights now know better."""
        rows = self.rows
        scores = [0.0] * self.classes
        for number, value in zip(numbers, values, strict=True):
            for place, weight in rows[number].items():
                scores[place] += weight * value
        limit = scores[owner] - MARGIN
        scores[owner] = float("-inf")
        strongest = max(scores)
        square = sum(value * value for value in values)
        if strongest <= limit or not square:
            return False
        rivals = [place for place, score in enumerate(scores) if score > limit]
        if len(rivals) > RIVALS:
            rivals = sorted(rivals, key=scores.__getitem__)[-RIVALS:]
        gain = min(STEP, (strongest - limit) / (square * (1 + 1 / len(rivals))))
        loss = gain / len(rivals)
        for number, value in zip(numbers, values, strict=True):
            row = rows[number]
            row[owner] = row.get(owner, 0.0) + gain * value
            change = loss * value
            for rival in rivals:
                row[rival] = row.get(rival, 0.0) - change
        return True

    def model(self) -> Linear:
        """What was learnt, without the weights that hardly matter."""
        numbers: dict[float, float] = {}
        rows = []
        for row in self.rows:
            kept = [
                (place, round(round(weight / GRAIN) * GRAIN, 4))
                for place, weight in row.items()
                if abs(weight) >= LEAST
            ]
            rows.append(
                (tuple(place for place, _ in kept), tuple(numbers.setdefault(weight, weight) for _, weight in kept))
            )
        return Linear(self.classes, tuple(rows))


def best(scores: Sequence[float], count: int) -> list[int]:
    """The places of the *count* highest scores, best first."""
    # Nearly always the best lie well ahead, and only they need sorting.
    limit = max(scores, default=0.0) - MARGIN
    ahead = [place for place, score in enumerate(scores) if score > limit]
    if len(ahead) >= count:
        return sorted(ahead, key=scores.__getitem__, reverse=True)[:count]
    return sorted(range(len(scores)), key=scores.__getitem__, reverse=True)[:count]
