"""What becomes of a ring when nobody reacts: three rings, one question, once a week for three weeks, then rest."""

from datetime import date, timedelta
from typing import Literal

RINGS = 3
"""How many rings in a row may stay unanswered before the question takes the place of the next."""

WEEKLY_RINGS = 3
"""How many more follow the question."""

APART = timedelta(weeks=1)

Step = Literal[
    "ring",
    "question",  # Ask, instead of ringing, whether another time or fewer days would suit better.
    "wait",  # Let this day pass.
    "rest",  # Ring no more until the person takes it up again.
]


def step(unanswered: int, *, day: date, rang_for: date | None) -> Step:
    """What to do on *day* after so many *unanswered* rings (the question is one), the last of them on *rang_for*."""
    if unanswered < RINGS:
        return "ring"
    if unanswered == RINGS:
        return "question"
    if rang_for is not None and day - rang_for < APART:
        return "wait"
    return "ring" if unanswered <= RINGS + WEEKLY_RINGS else "rest"
