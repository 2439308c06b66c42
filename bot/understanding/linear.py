"""Which id a text resembles: a sparse linear model, trained on a pack's phrasings in plain Python."""

import random
from collections.abc import Iterable, Sequence

Vector = list[tuple[int, float]]
Example = tuple[int, Vector]

EPOCHS = 6
STEP = 0.5
MARGIN = 1.0
RIVALS = 3


class Linear:
    """For each feature the weight with which it speaks for or against each class."""

    def __init__(self, classes: int, features: int) -> None:
        self.classes = classes
        self.rows: list[dict[int, float]] = [{} for _ in range(features)]

    def scores(self, vector: Vector) -> list[float]:
        """How much *vector* speaks for each class."""
        scores = [0.0] * self.classes
        rows = self.rows
        for number, value in vector:
            for place, weight in rows[number].items():
                scores[place] += weight * value
        return scores

    def train(self, examples: Iterable[Example], *, epochs: int = EPOCHS, seed: int = 7) -> None:
        """Learn to place each example's class ahead of all others (passive-aggressive updates).

        After each pass only the examples that were not yet placed clearly are looked at again, so later passes are short.
        """
        source = random.Random(seed)
        active = [(owner, vector, sum(value * value for _, value in vector)) for owner, vector in examples]
        for _ in range(epochs):
            source.shuffle(active)
            active = [example for example in active if self._learn(*example)]

    def _learn(self, owner: int, vector: Vector, square: float) -> bool:
        scores = self.scores(vector)
        limit = scores[owner] - MARGIN
        scores[owner] = float("-inf")
        strongest = max(scores)
        if strongest <= limit or not square:
            return False
        rivals = [place for place, score in enumerate(scores) if score > limit]
        if len(rivals) > RIVALS:
            rivals = sorted(rivals, key=scores.__getitem__)[-RIVALS:]
        gain = min(STEP, (strongest - limit) / (square * (1 + 1 / len(rivals))))
        loss = gain / len(rivals)
        rows = self.rows
        for number, value in vector:
            row = rows[number]
            row[owner] = row.get(owner, 0.0) + gain * value
            change = loss * value
            for rival in rivals:
                row[rival] = row.get(rival, 0.0) - change
        return True

    def pruned(self, least: float) -> "Linear":
        """The same model without the weights that hardly matter."""
        model = Linear(self.classes, 0)
        model.rows = [{place: weight for place, weight in row.items() if abs(weight) >= least} for row in self.rows]
        return model


def best(scores: Sequence[float], count: int) -> list[int]:
    """The places of the *count* highest scores, best first."""
    return sorted(range(len(scores)), key=scores.__getitem__, reverse=True)[:count]
