"""How much a message is like the labelled examples: a linear model that catches the wordings no rule foresaw.

Each example counts twice: as it was written, and all in kana, every other time with a slip of the finger; so it is known again
in either shape. What is weighed are the sounds of the message, its words in their dictionary forms, pairs of words that stand near each
other, and the groups of ``language/safety.yaml`` that have a word in it. The weights are learnt by logistic regression.
"""

import itertools
from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.understanding.linear import Floats, Ints, runs
from bot.understanding.places import Places
from bot.understanding.safety_text import Said

_RUNS = (2, 3, 4)
"""How many letters the runs of sounds have that are weighed."""
_HEARD = str.maketrans("をぢづぁぃぅぇぉ123456789", "おじずあいうえお000000000", "ー")
"""Letters that sound alike; and every number is like every other."""
_WHOLE = 90
"""Letters, as spoken, of a message that is compared as one."""
_PIECE = 16
"""Letters that a piece of a longer one has at least: about a short sentence."""
_SEEN = 4
"""What fewer copies of examples than this have tells nothing; an example has two."""
_PASSES = 4
_TOGETHER = 32
"""Examples judged before the weights move; one by one is no better, and many times as slow."""
_STEP = 0.5
_STEP_OF_ALL = 0.01
_SHRINK = 1e-5
_LEAST = 0.1
"""Weights below this are not kept."""
_SILENT = frozenset({"補助記号", "空白"})


def features(said: Said, groups: Iterable[str], first: int, end: int) -> set[str]:
    """What is weighed of the tokens from *first* to *end*, in which *groups* have a word."""
    heard = said.spoken
    if end - first < len(said.tokens):
        heard = heard[said.layout.offsets[first] : said.layout.offsets[end]]
    heard = f"^{heard.translate(_HEARD)}$"
    found = [heard[at : at + size] for size in _RUNS for at in range(len(heard) - size + 1)]
    before = last = "^"
    for token in said.tokens[first:end]:
        if token.pos not in _SILENT:
            lemma = "|" + token.lemma
            found += (lemma, last + lemma, before + lemma)
            if token.pos != "助詞":
                before, last = last, lemma
    found += groups
    return set(found)


def pieces(said: Said) -> list[tuple[int, int]]:
    """The tokens of each piece that is compared by itself: all of a short message, a few sentences of a long one.

    Else one dangerous sentence would be lost among many harmless ones.
    """
    count = len(said.tokens)
    if len(said.spoken) <= _WHOLE:
        return [(0, count)]
    offsets, sentence = said.layout.offsets, said.layout.sentence
    found = []
    first = 0
    for at in range(1, count):
        if sentence[at] != sentence[at - 1] and offsets[at] - offsets[first] >= _PIECE:
            found.append((first, at))
            first = at
    return [*found, (first, count)]


@dataclass(frozen=True, slots=True)
class Likeness:
    """What was learnt: how much each feature speaks for danger, and then for each of the kinds of danger."""

    kinds: tuple[str, ...]
    places: Places
    """Where in the table a feature stands."""
    table: NDArray[np.float32]
    constants: NDArray[np.float32]
    """What is for every message."""

    def score(self, found: set[str]) -> float:
        """How dangerous a message with these features is: above 0 means rather so than not."""
        return float(self._scores(found)[0])

    def kind(self, found: set[str]) -> str:
        """The kind of danger that it is most like."""
        return self.kinds[int(self._scores(found)[1:].argmax())]

    def _scores(self, found: set[str]) -> NDArray[np.float32]:
        told = self.table.take(self.places.find(found), 0).sum(axis=0)
        scores: NDArray[np.float32] = self.constants + told / np.float32(sqrt(len(found)))
        return scores


def learnt_from(examples: Iterable[tuple[str | None, set[str]]]) -> tuple[Likeness, list[str]]:
    """What *examples*, each a kind of danger or None with its features, teach, and the features in their order."""
    texts = _Texts.of(examples)
    kinds = sorted({kind for kind in texts.kinds if kind is not None})
    wanted = np.array([[kind == one for one in kinds] for kind in texts.kinds], float)
    is_danger = np.array([kind is not None for kind in texts.kinds])
    danger, constant = texts.weights(np.arange(len(texts.kinds)), is_danger[:, None].astype(float))
    others, constants = texts.weights(np.flatnonzero(is_danger), wanted)
    table = np.hstack([danger, others])
    kept = np.flatnonzero(np.abs(table).max(axis=1) >= _LEAST)
    names = [texts.names[at] for at in kept.tolist()]
    likeness = Likeness(
        tuple(kinds),
        Places(names),
        table[kept].astype(np.float32),
        np.concatenate([constant, constants]).astype(np.float32),
    )
    return likeness, names


class _Texts(NamedTuple):
    """Texts as the numbers of their features: those of the first, then those of the second, and so on."""

    kinds: list[str | None]
    names: list[str]
    numbers: NDArray[np.int32]
    sizes: Ints
    scales: Floats

    @classmethod
    def of(cls, examples: Iterable[tuple[str | None, set[str]]]) -> "_Texts":
        """*examples* without the features that few of them have."""
        count = itertools.count()
        number: defaultdict[str, int] = defaultdict(count.__next__)
        kinds, noted, lengths = [], array("i"), array("i")
        # One example after the other: the features of all at once, as texts, would fill hundreds of megabytes.
        for kind, found in examples:
            kinds.append(kind)
            noted.extend([number[feature] for feature in sorted(found)])
            lengths.append(len(found))
        numbers, sizes = np.frombuffer(noted, np.int32), np.array(lengths, np.int64)
        is_kept: NDArray[np.bool_] = np.bincount(numbers, minlength=len(number)) >= _SEEN
        names = [name for name, stays in zip(number, is_kept.tolist(), strict=True) if stays]
        number.clear()
        renumbered = is_kept.cumsum(dtype=np.int32) - 1
        kept = is_kept[numbers]
        owners = np.repeat(np.arange(len(kinds), dtype=np.int32), sizes)[kept]
        left = np.bincount(owners, minlength=len(kinds))
        return cls(kinds, names, renumbered[numbers[kept]], left, 1 / np.sqrt(sizes))

    def weights(self, chosen: Ints, answers: Floats) -> tuple[Floats, Floats]:
        """For each column of *answers*, which says yes or no of every text, the weights learnt from the *chosen* texts,
        and what is for every message.

        Logistic regression by AdaGrad (Duchi, Hazan, Singer 2011): the more a feature has moved, the smaller its steps.
        """
        columns = answers.shape[1]
        weights, used = np.zeros((len(self.names), columns)), np.full((len(self.names), columns), 1e-8)
        bias = np.zeros(columns)
        starts = self.sizes.cumsum() - self.sizes
        source = np.random.default_rng(7)  # An order to learn in, the same from run to run.
        for _ in range(_PASSES):
            order = source.permutation(chosen[self.sizes[chosen] > 0])
            for at in range(0, len(order), _TOGETHER):
                some = order[at : at + _TOGETHER]
                sizes, scales = self.sizes[some], self.scales[some, None]
                here = self.numbers[runs(starts[some], sizes)]
                sums = np.add.reduceat(weights[here], sizes.cumsum() - sizes)
                wrong = 1 / (1 + np.exp(-bias - sums * scales)) - answers[some]
                touched, places = np.unique(here, return_inverse=True)
                each = np.repeat(wrong * scales, sizes, axis=0)
                slope: Floats = np.stack([np.bincount(places, column) for column in each.T], axis=1)
                slope = slope + _SHRINK * len(some) * weights[touched]
                used[touched] += slope * slope
                weights[touched] -= _STEP * slope / np.sqrt(used[touched])
                bias -= _STEP_OF_ALL * wrong.sum(axis=0)
        return weights, bias
