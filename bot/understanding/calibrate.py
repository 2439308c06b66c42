"""From a score to a probability, fitted on texts that a model has not seen."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bot.understanding.linear import Floats

ROUNDS = 12
ENOUGH = 1e-3
"""A step that changes no weight by more than this ends the fitting."""
RIDGE = 0.5
"""What keeps the weights of few texts small."""


class Calibration(NamedTuple):
    """How probable it is that something holds, given a few figures about it: a logistic regression (Platt, 1999)."""

    weights: tuple[float, ...]
    """One for each figure."""
    constant: float

    def probability(self, figures: Sequence[float]) -> float:
        """The chance that it holds for *figures*."""
        value = self.constant + sum([weight * figure for weight, figure in zip(self.weights, figures, strict=True)])
        return 1 / (1 + math.exp(-value)) if value > -700 else 0.0

    @classmethod
    def fitted(cls, figures: Floats, truths: Floats, importance: Floats) -> "Calibration":
        """The regression that says of each row of *figures* how true it is, by Newton's method with a little ridge."""
        means = figures.mean(axis=0)
        scales = figures.std(axis=0)
        scales[scales == 0] = 1.0
        columns = np.column_stack([(figures - means) / scales, np.ones(len(figures))])
        # Nothing holds the constant back: how common the thing is shall be learnt in full.
        ridge = np.array([RIDGE] * len(means) + [1e-9])
        weights = np.zeros(len(ridge))
        for _ in range(ROUNDS):
            guesses = 1 / (1 + np.exp(-np.clip(columns @ weights, -700, 700)))
            bends = np.maximum(guesses * (1 - guesses), 1e-6) * importance
            slope = columns.T @ ((truths - guesses) * importance) - ridge * weights
            step = np.linalg.solve((columns.T * bends) @ columns + np.diag(ridge), slope)
            weights += step
            if np.abs(step).max() < ENOUGH:
                break
        flat = weights[:-1] / scales
        return cls(tuple(flat.tolist()), float(weights[-1] - flat @ means))
