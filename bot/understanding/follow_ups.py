"""Short messages that only make sense after what was said before: それって何回?, 他には?, 2番目のやつ."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from bot.understanding.features import said
from bot.understanding.morphology import reading
from bot.understanding.normalise import normalise

PICKS: Mapping[str, int] = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}
NONE = "none"
GLUE = "glue"
FRAME = "frame"
LONGEST = 40
"""Letters of sound from which on a message is no mere follow-up."""


class FollowUp(NamedTuple):
    """What a short message asks, and the words that say so."""

    aspect: str
    words: str


class FollowUps:
    """Reads messages that consist of nothing but the given words: *words* maps what they ask to how it is said.

    A message is given as it is *heard*: the reading of its words.
    """

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self._keys: dict[str, list[str]] = defaultdict(list)
        for key, members in words.items():
            if key != FRAME:
                for member in members:
                    heard = reading(said(normalise(member)))
                    if heard and key not in self._keys[heard]:
                        self._keys[heard].append(key)
        self._longest = max(map(len, self._keys), default=0)

    def aspect(self, heard: str) -> FollowUp | None:
        """What a message asks about the last topic; None if it has a word of its own."""
        return self._read(heard, lambda key: key not in PICKS and key != NONE)

    def pick(self, heard: str, offered: int) -> FollowUp | None:
        """Which of *offered* choices a message takes, or that it takes none; None if it says something else."""
        return self._read(heard, lambda key: key == NONE or (key in PICKS and PICKS[key] < offered))

    def _read(self, heard: str, wanted: Callable[[str], bool]) -> FollowUp | None:
        if not heard or len(heard) > LONGEST:
            return None
        # The cheapest way to the end of the text, in words: (words used, keys found so far).
        ways: list[tuple[int, tuple[FollowUp, ...]] | None] = [None] * (len(heard) + 1)
        ways[0] = (0, ())
        for start in range(len(heard)):
            way = ways[start]
            if way is None:
                continue
            for end in range(start + 1, min(start + self._longest, len(heard)) + 1):
                keys = self._keys.get(heard[start:end])
                if not keys:
                    continue
                key = next((key for key in keys if key != GLUE and wanted(key)), None)
                if key is None and GLUE not in keys:
                    continue
                found = way[1] if key is None else (*way[1], FollowUp(key, heard[start:end]))
                # Among equally short ways the one that says more is meant.
                better = (way[0] + 1, found)
                known = ways[end]
                if known is None or (better[0], -len(better[1])) < (known[0], -len(known[1])):
                    ways[end] = better
        last = ways[-1]
        if last is None or not last[1]:
            return None
        # Of several the longest word says most.
        return max(last[1], key=lambda found: len(found.words))
