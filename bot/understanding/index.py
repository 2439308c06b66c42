"""What a pack's phrasings teach: which words speak for which id, and how far to trust that."""

import math
import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from zlib import crc32

import numpy as np

from bot.understanding.blocks import Blocks
from bot.understanding.calibrate import Calibration
from bot.understanding.concepts import Concepts
from bot.understanding.limits import Limits, Seen, chosen
from bot.understanding.linear import learnt as weighed
from bot.understanding.morphology import Token
from bot.understanding.recipe import WHOLE, Recipe
from bot.understanding.spellings import Features, spellings
from bot.understanding.vocabulary import Vocabulary

HELD_OUT = 5
"""One phrasing in so many is kept from the first lessons, to see how the model fares on what it has not read."""
LEFT_OUT = 8
"""One id in so many is kept from them whole: what people ask about it is then near to the pack, but not in it."""
LOT = 7
"""Which of all draws decides that. Draws give figures up to two points apart, and none is better than another in the long run."""
STRANGERS = 0.5
"""How much all messages for no id count together, beside all that are for one. How many strangers write is not known; with this
weight one in twenty of them is answered, and questions in wordings never seen before keep nearly all of theirs."""
NEIGHBOURS = 0.4
"""How much a message for a left-out id counts: many of them could fairly be answered with a neighbouring id."""
SHARES = (1.0, 0.8)
"""How much the words and the sounds of a text count."""
OFFERED = 4
"""So many choices are offered at most."""
SHARPNESS = 4.0
"""How much more likely a whole point of score makes an id, as a power of e."""

UNLIKELY = (0.0, -1.0, 1.0, 1.0, 0.0, 1.0, 0.0)
"""The figures of a message that nobody here can answer for certain."""
LIKELY = (1.0, 1.5, 0.0, 0.0, 1.0, 0.0, 1.0)
"""The figures of one that can be answered for certain."""


class Document(NamedTuple):
    """One text that stands for an id, or for "none of them"; *name* where it is a title, a label or a keyword."""

    id: str | None
    text: str
    name: bool = False


class Parsed(NamedTuple):
    """A document with its normalised text and the words of that."""

    document: Document
    text: str
    tokens: Sequence[Token]


class Index(NamedTuple):
    """The ids of a pack and all that was learnt about telling them apart."""

    ids: tuple[str, ...]
    vocabulary: Vocabulary
    """Its classes are the ids, and "none of them" as the last."""
    trust: Calibration
    """How probable it is that the best id is right."""
    scope: Calibration
    """How probable it is that the message is for any of the ids at all."""
    limits: Limits
    """How probable is probable enough."""


class Looked(NamedTuple):
    """A message after the model has looked at it."""

    order: list[int]
    """The best ids' places, best first."""
    shares: list[float]
    """For each of them its share of one."""
    lead: float
    """How far the first is ahead of the second."""
    figures: tuple[float, ...]
    """What tells how good the first is: its lead over the second and over "none of them", how many things nobody here speaks of
    and how much of all things these are, how much of what is said speaks for it, how much of that is a single word, its share."""


def look(index: Index, text: Blocks, count: int) -> Looked:
    """The scores of a text, and its best *count* ids."""
    return _looked(index.vocabulary, text, count)


def _looked(vocabulary: Vocabulary, text: Blocks, count: int) -> Looked:
    weighed = vocabulary.weigh(text)
    every = weighed.scores
    scores = every[:-1]
    order = (-scores).argsort(kind="stable")[: max(count, 2)].tolist()
    if not order:
        return Looked([], [], 0.0, UNLIKELY)
    best = scores[order].tolist()
    lead = best[0] - best[1] if len(best) > 1 else best[0]
    behind = scores - best[0]
    # Whatever lies a whole point behind has no share to speak of.
    total = float(np.exp(SHARPNESS * behind[behind > -1.0]).sum())
    shares = [math.exp(SHARPNESS * (score - best[0])) / total for score in best[:count]]
    foreign = vocabulary.foreign(text.names)
    nouns = len(text.names) + text.grouped
    covered, single = vocabulary.support(weighed, order[0])
    over_none = best[0] - float(every[-1])
    figures = (lead, over_none, min(foreign, 3.0), foreign / (nouns + 1), covered, single, 1 / total)
    return Looked(order[:count], shares, lead, figures)


def learnt(documents: Sequence[Parsed], concepts: Concepts, recipe: Recipe = WHOLE) -> tuple[Index, Mapping[str, int]]:
    """The index of *documents*, and the sounds in it by name, which itself it does not hold.

    Whatever is decided by lot depends on the text itself alone, so that one text more changes what is learnt of it and
    its like, and nothing else.
    """
    if not recipe.strangers:
        documents = [parsed for parsed in documents if parsed.document.id is not None]
    ids = list(dict.fromkeys(document.id for document, _, _ in documents if document.id is not None))
    none = len(ids)
    places: dict[str | None, int] = {id: place for place, id in enumerate(ids)}
    left_out = set(sorted(range(none), key=lambda place: _draw(ids[place]))[: none // LEFT_OUT])
    features = Features()
    held: list[tuple[int, Blocks, int]] = []
    for document, text, tokens in documents:
        place = places.get(document.id, none)
        drawn = _draw(document.id, document.text)
        unseen = place in left_out or (not document.name and drawn % HELD_OUT == 0)
        source = random.Random(drawn)  # noqa: S311 - the same text always slips alike
        for number, made in enumerate(spellings(concepts, text, tokens, source, recipe)):
            draw = _draw(document.id, document.text, number)
            if unseen:
                held.append((place, made, draw))
            else:
                features.add(place, made, draw)
    shares = SHARES[0] * recipe.words, SHARES[1] * recipe.sounds
    trust, scope, limits = _judged(_vocabulary(features, shares, none), held, left_out)
    for place, made, draw in held:
        features.add(place, made, draw)
    return Index(tuple(ids), _vocabulary(features, shares, none), trust, scope, limits), features.sounds


def _draw(*names: object) -> int:
    """A number below `linear.DRAWS`: as good as a lot, but always the same for these *names*."""
    return crc32(repr(names).encode(), LOT)


def _vocabulary(features: Features, shares: tuple[float, float], ids: int) -> Vocabulary:
    """What all texts so far have taught."""
    weights = weighed(features.texts(), shares, features=features.count, classes=ids + 1)
    return Vocabulary.of(weights, dict(features.words), features.sounds, shares, ids)


def _judged(
    vocabulary: Vocabulary, held: Sequence[tuple[int, Blocks, int]], left_out: set[int]
) -> tuple[Calibration, Calibration, Limits]:
    """How far to trust what was learnt, as seen on texts that were not read."""
    none = vocabulary.table.shape[1] - 1
    owners = np.array([place for place, *_ in held], np.int64)
    is_strange = owners == none
    is_left_out = np.isin(owners, list(left_out))
    importance = np.where(is_left_out, NEIGHBOURS, 1.0)
    importance[is_strange] = STRANGERS * (~is_strange).sum() / max(is_strange.sum(), 1)
    # Texts for ids that were left out stand in for strangers where there are none.
    is_ours = ~is_strange & (~is_left_out | is_strange.any())
    looked = [_looked(vocabulary, text, OFFERED) for _, text, _ in held]
    is_right = np.array([one.order[:1] == [place] for one, place in zip(looked, owners, strict=True)], bool)
    is_offered = np.array([place in one.order for one, place in zip(looked, owners, strict=True)], bool)
    # Two certainties, so that a pack too small to hold anything out is still judged sensibly.
    figures = np.array([UNLIKELY, LIKELY, *(one.figures for one in looked)])
    certain = np.array([0.0, 1.0])
    weight = np.concatenate([[2.0, 2.0], importance])
    trust = Calibration.fitted(figures, np.concatenate([certain, is_right]), weight)
    scope = Calibration.fitted(figures, np.concatenate([certain, is_ours]), weight)
    seen = Seen(
        np.array([trust.probability(one.figures) for one in looked]),
        np.array([scope.probability(one.figures) for one in looked]),
        np.array([max(one.shares, default=0.0) for one in looked]),
        is_right,
        is_offered,
        importance,
    )
    return trust, scope, chosen(seen)
