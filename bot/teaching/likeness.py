"""Which of people's texts are alike, so that staff settle them together."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.teaching.evidence import Waiting
from bot.understanding.normalise import normalise

ALIKE = 0.34
"""The share of pairs of letters that two texts have in common, from which on they count as one matter."""


@dataclass(frozen=True)
class Group:
    """Texts that are alike, the newest first."""

    texts: tuple[Waiting, ...]

    @property
    def times(self) -> int:
        """How many messages they were."""
        return sum(one.times for one in self.texts)

    @property
    def named(self) -> tuple[str, ...]:
        """What people chose when they were asked, the most frequent first, then what was offered to them."""
        picked = sorted(((count, id) for one in self.texts for id, count in one.picked), reverse=True)
        offered = (id for one in self.texts for id in one.offered)
        return tuple(dict.fromkeys((*(id for _, id in picked), *offered)))


def groups(waiting: Sequence[Waiting]) -> list[Group]:
    """*waiting* in groups, the one with the newest text first; each text goes where it is most alike."""
    made: list[list[tuple[Waiting, frozenset[str]]]] = []
    for one in sorted(waiting, key=lambda one: -one.number):
        pairs = _pairs(one.text)
        best = max(made, key=lambda group: _likeness(pairs, group), default=None)
        if best is not None and _likeness(pairs, best) >= ALIKE:
            best.append((one, pairs))
        else:
            made.append([(one, pairs)])
    return [Group(tuple(one for one, _ in group)) for group in made]


def _likeness(pairs: frozenset[str], group: Sequence[tuple[Waiting, frozenset[str]]]) -> float:
    return max(len(pairs & other) / (len(pairs | other) or 1) for _, other in group)


def _pairs(text: str) -> frozenset[str]:
    letters = "".join(sign for sign in normalise(text) if sign.isalnum())
    return frozenset(letters[place : place + 2] for place in range(max(1, len(letters) - 1)))
