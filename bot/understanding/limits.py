"""From which certainty on a message is answered, or choices are offered: what pays best on texts that were held out."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.understanding.linear import Floats

OFFERED_RIGHT = 0.4
"""What choices with the wanted one among them are worth, where a right answer is worth one: it costs a look and a tap more."""
OFFERED_WRONG = -0.1
"""Choices that are of no use cost a look."""
ANSWERED_WRONG = -0.4
"""A wrong answer costs reading it; what was meant is still a tap or a few words away. Matters of safety are not decided here."""
PULL = 5.0
"""How many right answers it takes to move a limit by one whole: a small pack, which holds few texts out, stays near the start."""
NEARLY = 0.003
"""Limits that earn less than the best by no more than this share of a right answer a text are as good, and the mean of all these
depends less on chance than the best does."""
STEPS = 50
ROUNDS = 2


class Limits(NamedTuple):
    """What a certainty must reach."""

    sure: float = 0.35
    """The chance of being right, for an answer."""
    ours: float = 0.3
    """The chance that anybody here can answer, for choices."""
    faint: float = 0.06
    """The share of the best id, for choices: with less they are only noise."""


class Seen(NamedTuple):
    """What became of texts that were held out, one number for each."""

    sure: Floats
    ours: Floats
    share: Floats
    is_right: NDArray[np.bool_]
    """Whether the best id was a right one."""
    is_offered: NDArray[np.bool_]
    """Whether a right id was among the best few."""
    importance: Floats


def chosen(seen: Seen) -> Limits:
    """The limits that pay best on what was *seen*, found one after the other."""
    limits = Limits()
    if len(seen.sure):
        steps = np.arange(1, STEPS) / STEPS
        for name in Limits._fields * ROUNDS:
            worths = np.array([_worth(limits._replace(**{name: float(step)}), seen) for step in steps])
            near = steps[worths >= worths.max() - NEARLY * seen.importance.sum()]
            limits = limits._replace(**{name: float(near.mean())})
    return limits


def _worth(limits: Limits, seen: Seen) -> float:
    """What *limits* would earn; the further from where they begin, the more they must."""
    answered = np.where(seen.is_right, 1.0, ANSWERED_WRONG)
    offered = np.where(seen.is_offered, OFFERED_RIGHT, OFFERED_WRONG)
    is_offered = (seen.ours >= limits.ours) & (seen.share >= limits.faint)
    worth = float(np.where(seen.sure >= limits.sure, answered, is_offered * offered) @ seen.importance)
    return worth - PULL * sum([abs(limit - start) for limit, start in zip(limits, Limits(), strict=True)])
