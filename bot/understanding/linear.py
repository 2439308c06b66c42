"""Learns how strongly each feature speaks for each class: a sparse linear model, trained in plain Python."""

import random
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bot.understanding.vocabulary import Row

START = 0.5
"""How strongly a class's own features speak for it before anything is learnt."""
STEP = 0.5
"""The most that one example may change the weights."""
MARGIN = 1.0
"""How far ahead of all others an example's class shall come."""
RIVALS = 2
"""How many of the classes in front are pushed back at once."""
LEAST = 0.2
"""A class for which a feature does less than this is left out of the feature's row; so a message is scored several times as fast."""
GRAIN = 0.02
"""Weights are kept in steps of this size: the few distinct numbers lie together in memory."""


class Example(NamedTuple):
    """A text's class, and its features as numbers with their values."""

    owner: int
    numbers: "array[int]"
    values: "array[float]"


class Learner:
    """A model while it learns.

    A feature's row holds the classes in whose examples it occurs, and no others: a wrong class in front is pushed back where it
    stands on something of its own. That keeps the rows short, and so learning fast, at no loss that could be measured.
    """

    def __init__(self, classes: int) -> None:
        self._classes = classes
        self._rows: dict[int, dict[int, float]] = {}
        self._source = random.Random(7)  # noqa: S311 - an order to learn in, no secret

    def learn(self, examples: Sequence[Example], again: Iterable[Example] = ()) -> list[Example]:
        """Learn to place each example's class ahead of all others, in one pass of passive-aggressive updates.

        Those that were not yet placed clearly are returned, and can be given *again* beside later ones. More passes cost time
        and were no better on texts that were held out.
        """
        rows = self._rows
        sizes = Counter(example.owner for example in examples)
        for owner, numbers, values in examples:
            start = START / sizes[owner] ** 0.5
            for number, value in zip(numbers, values, strict=True):
                row = rows.get(number)
                if row is None:
                    rows[number] = {owner: start * value}
                else:
                    row[owner] = row.get(owner, 0.0) + start * value
        active = [*examples, *again]
        self._source.shuffle(active)
        return [example for example in active if self._moved(*example)]

    def _moved(self, owner: int, numbers: "array[int]", values: "array[float]") -> bool:
        """Whether an example was misplaced, or too close to a rival; the weights now know better."""
        scores = [0.0] * self._classes
        rows = [self._rows[number] for number in numbers]
        for row, value in zip(rows, values, strict=True):
            for place, weight in row.items():
                scores[place] += weight * value
        limit = scores[owner] - MARGIN
        scores[owner] = float("-inf")
        strongest = max(scores)
        if strongest <= limit or not rows:
            return False
        rivals = [place for place, score in enumerate(scores) if score > limit]
        if len(rivals) > RIVALS:
            rivals = sorted(rivals, key=scores.__getitem__)[-RIVALS:]
        square = sum([value * value for value in values])
        gain = min(STEP, (strongest - limit) / (square * (1 + 1 / len(rivals))))
        loss = gain / len(rivals)
        for row, value in zip(rows, values, strict=True):
            row[owner] += gain * value
            for rival in rivals:
                if rival in row:
                    row[rival] -= loss * value
        return True

    def rows(self, telling: Sequence[float]) -> dict[int, Row]:
        """What was learnt of each feature, without what hardly matters; *telling* is how much each feature counts in a text."""
        # The same few pairs come again and again; each is kept once.
        pairs: dict[tuple[int, float], tuple[int, float]] = {}
        found = {}
        for number, row in self._rows.items():
            kept = []
            least = LEAST / max(telling[number], GRAIN)
            for place, weight in sorted(row.items()):
                if weight >= least or weight <= -least:
                    pair = place, round(round(weight / GRAIN) * GRAIN, 2)
                    kept.append(pairs.setdefault(pair, pair))
            if kept:
                found[number] = tuple(kept)
        return found


def best(scores: Sequence[float], count: int) -> list[int]:
    """The places of the *count* highest scores, best first."""
    # Nearly always the best lie well ahead, and only they need sorting.
    limit = max(scores, default=0.0) - MARGIN
    ahead = [place for place, score in enumerate(scores) if score > limit]
    if len(ahead) >= count:
        return sorted(ahead, key=scores.__getitem__, reverse=True)[:count]
    return sorted(range(len(scores)), key=scores.__getitem__, reverse=True)[:count]
