"""From a score to a probability, fitted on texts that a model has not seen."""

import math
from collections.abc import Sequence
from typing import NamedTuple

Row = Sequence[float]


def logistic(value: float) -> float:
    """*value* between 0 and 1."""
    return 1 / (1 + math.exp(-value)) if value > -700 else 0.0


class Calibration(NamedTuple):
    """How probable it is that something holds, given a few figures about it: a logistic regression."""

    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    """One for each figure, and the constant."""

    def probability(self, row: Row) -> float:
        """The chance that it holds for *row*."""
        value = self.weights[-1]
        for figure, mean, scale, weight in zip(row, self.means, self.scales, self.weights[:-1], strict=True):
            value += (figure - mean) / scale * weight
        return logistic(value)

    @classmethod
    def fitted(cls, rows: Sequence[Row], truths: Sequence[float], importance: Sequence[float]) -> "Calibration":
        """The regression that says of each of *rows* how true it is, by Newton's method with a little ridge."""
        width = len(rows[0])
        means = [sum(row[at] for row in rows) / len(rows) for at in range(width)]
        scales = [math.sqrt(sum((row[at] - means[at]) ** 2 for row in rows) / len(rows)) or 1.0 for at in range(width)]
        scaled = [[(row[at] - means[at]) / scales[at] for at in range(width)] + [1.0] for row in rows]
        weights = [0.0] * (width + 1)
        for _ in range(12):
            slope = [-0.5 * weight for weight in weights[:-1]] + [0.0]
            curve = [
                [0.5 if a == b and a < width else 1e-9 * (a == b) for b in range(width + 1)] for a in range(width + 1)
            ]
            for row, truth, weight in zip(scaled, truths, importance, strict=True):
                guess = logistic(sum(x * w for x, w in zip(row, weights, strict=True)))
                bend = max(guess * (1 - guess), 1e-6) * weight
                error = (truth - guess) * weight
                for a, x in enumerate(row):
                    slope[a] += error * x
                    line = curve[a]
                    for b in range(a + 1):
                        line[b] += bend * x * row[b]
            for a in range(width + 1):
                for b in range(a):
                    curve[b][a] = curve[a][b]
            step = _solved(curve, slope)
            weights = [weight + change for weight, change in zip(weights, step, strict=True)]
            if max(map(abs, step)) < 1e-5:
                break
        return cls(tuple(means), tuple(scales), tuple(weights))


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """The x of matrix x = right, by Gaussian elimination."""
    size = len(right)
    table = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    for at in range(size):
        pivot = max(range(at, size), key=lambda row: abs(table[row][at]))
        table[at], table[pivot] = table[pivot], table[at]
        for row in range(at + 1, size):
            factor = table[row][at] / table[at][at]
            if factor:
                table[row] = [x - factor * y for x, y in zip(table[row], table[at], strict=True)]
    found = [0.0] * size
    for at in reversed(range(size)):
        rest = sum(table[at][other] * found[other] for other in range(at + 1, size))
        found[at] = (table[at][size] - rest) / table[at][at]
    return found
