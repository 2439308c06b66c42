"""From a score to a probability, fitted on texts that a model has not seen."""

import math
from collections.abc import Sequence
from operator import mul
from typing import NamedTuple

Row = Sequence[float]

ROUNDS = 12
ENOUGH = 1e-3
"""A step that changes no weight by more than this ends the fitting."""


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
        means, scales, columns = [], [], []
        for figures in zip(*rows, strict=True):
            mean = sum(figures) / len(rows)
            scale = math.sqrt(sum([(figure - mean) ** 2 for figure in figures]) / len(rows)) or 1.0
            means.append(mean)
            scales.append(scale)
            columns.append([(figure - mean) / scale for figure in figures])
        columns.append([1.0] * len(rows))
        width = len(means)
        weights = [0.0] * (width + 1)
        for _ in range(ROUNDS):
            guesses = [logistic(sum(map(mul, weights, row))) for row in zip(*columns, strict=True)]
            errors = [
                (truth - guess) * weight for truth, guess, weight in zip(truths, guesses, importance, strict=True)
            ]
            bends = [max(guess * (1 - guess), 1e-6) * weight for guess, weight in zip(guesses, importance, strict=True)]
            slope = [sum(map(mul, errors, column)) for column in columns]
            curve = [[0.0] * (width + 1) for _ in columns]
            for a, column in enumerate(columns):
                bent = list(map(mul, bends, column))
                for b in range(a + 1):
                    curve[a][b] = curve[b][a] = sum(map(mul, bent, columns[b]))
                if a < width:
                    slope[a] -= 0.5 * weights[a]
                curve[a][a] += 0.5 if a < width else 1e-9
            step = _solved(curve, slope)
            weights = [weight + change for weight, change in zip(weights, step, strict=True)]
            if max(map(abs, step)) < ENOUGH:
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
