"""How much a message is like the labelled examples: a linear model that catches the wordings no rule foresaw.

Each example counts three times: as it was written, all in kana, and with a slip of the finger; so it is known again in either
shape. What is weighed are the sounds of the message, its words in their dictionary forms, pairs of words that stand near each
other, and the groups of ``language/safety.yaml`` that have a word in it. The weights are learnt by logistic regression.
"""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from math import exp, sqrt

import numpy as np
from numpy.typing import NDArray

from bot.understanding.safety_text import Said

_RUNS = (2, 3, 4)
"""How many letters the runs of sounds have that are weighed."""
_HEARD = str.maketrans("をぢづぁぃぅぇぉ123456789", "おじずあいうえお000000000", "ー")
"""Letters that sound alike; and every number is like every other."""
_WHOLE = 90
"""Letters, as spoken, of a message that is compared as one."""
_PIECE = 40
"""Letters that a piece of a longer one has at least."""
_SEEN = 6
"""What fewer copies of examples than this have tells nothing; an example has three."""
_PASSES = 4
_STEP = 0.5
_STEP_OF_ALL = 0.01
_SHRINK = 1e-5
_LEAST = 0.05
"""Weights below this are not kept."""
_SILENT = frozenset({"補助記号", "空白"})

Weights = dict[str, float]


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
    """What was learnt: weights for danger against none, and for each kind of danger against the others."""

    danger: Weights
    kinds: dict[str, Weights]

    def score(self, found: set[str]) -> float:
        """How dangerous a message with these features is: above 0 means rather so than not."""
        return _score(self.danger, found)

    def kind(self, found: set[str]) -> str:
        """The kind of danger that it is most like."""
        return max(self.kinds, key=lambda kind: _score(self.kinds[kind], found))


def learnt_from(examples: Sequence[tuple[str | None, set[str]]]) -> Likeness:
    """What *examples*, each a kind of danger or None with its features, teach."""
    kinds = sorted({kind for kind, _ in examples if kind is not None})
    dangers = [(kind, found) for kind, found in examples if kind is not None]
    (danger,) = _weights([found for _, found in examples], [[kind is not None for kind, _ in examples]])
    others = _weights([found for _, found in dangers], [[kind == one for kind, _ in dangers] for one in kinds])
    return Likeness(danger, dict(zip(kinds, others, strict=True)))


def _score(weights: Weights, found: set[str]) -> float:
    return weights[""] + sum(map(weights.get, found, repeat(0.0))) / sqrt(len(found))


def _weights(examples: Sequence[set[str]], answers: Sequence[Sequence[bool]]) -> list[Weights]:
    """The weights for each of *answers*, which says yes or no of every one of *examples*.

    Logistic regression, one example after the other, with a step per feature that shrinks as it is used (AdaGrad). The weight
    of "" is for every message.
    """
    seen = Counter(feature for found in examples for feature in found)
    number = {feature: at for at, feature in enumerate(sorted(one for one, count in seen.items() if count >= _SEEN))}
    rows = [np.array(sorted([number[one] for one in found if one in number]), np.int64) for found in examples]
    scales = [1 / sqrt(len(found)) for found in examples]
    return [_column(rows, scales, answer, number) for answer in answers]


def _column(
    rows: Sequence[NDArray[np.int64]], scales: Sequence[float], answer: Sequence[bool], number: dict[str, int]
) -> Weights:
    weights: NDArray[np.float64] = np.zeros(len(number))
    used = np.full(len(number), 1e-8)
    bias = 0.0
    order = list(range(len(rows)))
    source = random.Random(7)  # noqa: S311 - an order to learn in, no secret
    for _ in range(_PASSES):
        source.shuffle(order)
        for at in order:
            numbers, scale = rows[at], scales[at]
            here = weights[numbers]
            wrong = 1 / (1 + exp(-bias - float(here.sum()) * scale)) - answer[at]
            slope = wrong * scale + _SHRINK * here
            total = used[numbers] + slope * slope
            used[numbers] = total
            weights[numbers] = here - _STEP * slope / np.sqrt(total)
            bias -= _STEP_OF_ALL * wrong
    kept = np.flatnonzero(np.abs(weights) >= _LEAST)
    names = list(number)
    return {names[at]: round(float(weights[at]), 3) for at in kept} | {"": bias}
