"""Learns how strongly each feature speaks for each class: a sparse linear model.

The method is passive-aggressive learning for many classes (Crammer et al., Online Passive-Aggressive Algorithms, JMLR 7, 2006,
PA-I) with two differences: some texts are judged together before the weights move, and a wrong class is pushed back only where it
stands on what its own texts have. So the weights keep the form they begin with, and stay as sparse as the texts are.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

START = 0.5
"""How strongly a class's own features speak for it before anything is learnt."""
STEP = 0.5
"""The most that one text may change the weights."""
MARGIN = 1.0
"""How far ahead of all others a text's class shall come."""
RIVALS = 2
"""How many of the classes in front are pushed back at once."""
PASSES = 2
"""A second pass over what is not yet clear gives almost two points on texts that were held out, a third gives none."""
TOGETHER = 64
"""Texts judged before the weights move, about. One by one is no better, and four times as slow."""
DRAWS = 2**32
DENSE = 0.3
"""Features that more than this share of all classes have are kept as full rows while learning."""
COMMON = 0.12
"""Sounds that more than this share of all classes have say nothing: without them learning takes half the time."""
FEW = 3
"""Sounds of no more classes than this say something, however few classes there are."""
FLAT = 1.5
"""Added to the rarity of every feature. Without it the rarest drown the others, which costs two points."""


class Texts(NamedTuple):
    """Texts of classes, as the numbers of their features."""

    owners: Ints
    """The class of each."""
    sizes: Ints
    """How many words and how many sounds each has, in two columns."""
    numbers: Ints
    """The words and the sounds of the first text, then those of the second, and so on."""
    draws: Ints
    """The order to learn in: a number below DRAWS for each text, which depends on nothing but the text."""

    def values(self, telling: Floats, shares: tuple[float, float]) -> Floats:
        """What each feature counts for in its text; the words of all texts are of one length, and so are the sounds."""
        found = telling[self.numbers]
        sizes = self.sizes.ravel()
        block = np.repeat(np.arange(len(sizes)), sizes)
        squares = np.bincount(block, found * found, len(sizes))
        return found * (np.tile(shares, len(self.sizes)) / np.sqrt(np.maximum(squares, 1e-9)))[block]


class Weights(NamedTuple):
    """How strongly features speak for classes: one feature after the other, and of each only the classes that have it."""

    telling: Floats
    """How much each feature counts in a text: the fewer classes have it, the more."""
    starts: Ints
    """Where each begins in the two that follow."""
    sizes: Ints
    """How many classes have it."""
    places: Ints
    strengths: Floats

    def of(self, numbers: Ints) -> tuple[Ints, Ints]:
        """Where all strengths of the features *numbers* are, one feature after the other, and how many each has."""
        sizes = self.sizes[numbers]
        return runs(self.starts[numbers], sizes), sizes


def learnt(texts: Texts, shares: tuple[float, float], *, features: int, classes: int) -> Weights:
    """Weights that place the class of each of *texts* ahead of all others, as far as that can be learnt."""
    lengths = texts.sizes.sum(axis=1)
    pairs, own = np.unique(texts.numbers * classes + np.repeat(texts.owners, lengths), return_inverse=True)
    telling = _telling(texts, np.bincount(pairs // classes, minlength=features), classes)
    values = texts.values(telling, shares)
    begin = START / np.sqrt(np.bincount(texts.owners)[texts.owners])
    strengths = np.bincount(own, np.repeat(begin, lengths) * values, len(pairs)).astype(float)
    said = strengths > 0
    pairs, strengths = pairs[said], strengths[said]
    sizes = np.bincount(pairs // classes, minlength=features)
    weights = Weights(telling, sizes.cumsum() - sizes, sizes, pairs % classes, strengths)

    # The few words that many classes have make up most of the work: they have a table of their own.
    common = np.flatnonzero(sizes > DENSE * classes)
    column = np.full(features, -1)
    column[common] = np.arange(len(common))
    theirs = np.flatnonzero(sizes[pairs // classes] > DENSE * classes)
    cell = column[pairs[theirs] // classes] * classes + pairs[theirs] % classes
    table, allowed = np.zeros((len(common), classes)), np.zeros((len(common), classes))
    table.flat[cell], allowed.flat[cell] = strengths[theirs], 1.0

    starts = lengths.cumsum() - lengths
    squares = np.bincount(np.repeat(np.arange(len(lengths)), lengths), values * values, len(lengths)).astype(float)
    unclear = np.argsort(texts.draws, kind="stable")
    for _ in range(PASSES if classes > 1 else 0):
        missed = [unclear[:0]]
        for some in _batches(unclear, texts.draws):
            found = runs(starts[some], lengths[some])
            numbers, lines = texts.numbers[found], np.repeat(np.arange(len(some)), lengths[some])
            is_common = column[numbers] >= 0
            dense = np.zeros((len(some), len(common)))
            dense[lines[is_common], column[numbers[is_common]]] = values[found[is_common]]
            rest = found[~is_common]
            places, counts = weights.of(texts.numbers[rest])
            cells = np.repeat(lines[~is_common] * classes, counts) + weights.places[places]
            worth = np.repeat(values[rest], counts)
            scores = dense @ table
            scores += np.bincount(cells, strengths[places] * worth, scores.size).reshape(scores.shape)
            moves = _moves(scores, texts.owners[some], squares[some])
            np.add.at(strengths, places, moves.ravel()[cells] * worth)
            table += dense.T @ moves * allowed
            missed.append(some[moves.any(axis=1)])
        unclear = np.concatenate(missed)
    strengths[theirs] = table.ravel()[cell]
    return weights


def _batches(order: Ints, draws: Ints) -> list[Ints]:
    """Texts in the *order* of their *draws*, some at a time: about TOGETHER, or down to half as many."""
    # Each batch has its own range of draws, so a text more joins one batch and moves no other text to its neighbour's:
    # cut by number, every text of the pack would be learnt a little differently for it.
    count = 1 << (len(order) // TOGETHER).bit_length()
    borders = np.arange(1, count) * (DRAWS // count)
    return [batch for batch in np.split(order, np.searchsorted(draws[order], borders)) if len(batch)]


def _telling(texts: Texts, counts: Ints, classes: int) -> Floats:
    """How much each feature, of which *counts* classes make use, counts in a text."""
    telling = np.array([rarity(count, classes) for count in range(classes + 1)])[counts]
    is_sound = np.zeros(len(counts), bool)
    is_sound[texts.numbers[np.repeat(np.tile([False, True], len(texts.sizes)), texts.sizes.ravel())]] = True
    telling[is_sound & (counts > max(COMMON * classes, FEW))] = 0.0
    return telling


def rarity(count: int, classes: int) -> float:
    """The weight of a feature of which *count* of all *classes* make use: nearly its inverse document frequency."""
    return math.log((classes + 1) / (count + 0.5)) + FLAT


def _moves(scores: Floats, owners: Ints, squares: Floats) -> Floats:
    """How far to push each class of each text, so that its *owner* comes ahead."""
    lines = np.arange(len(owners))
    limits = scores[lines, owners] - MARGIN
    scores[lines, owners] = -np.inf
    count = min(RIVALS, scores.shape[1])
    front = np.argpartition(scores, -count, axis=1)[:, -count:]
    rivals = np.take_along_axis(scores, front, axis=1)
    ahead = rivals > limits[:, None]
    several = np.maximum(ahead.sum(axis=1), 1)
    gains = np.minimum(STEP, (rivals.max(axis=1) - limits) / np.maximum(squares * (1 + 1 / several), 1e-9))
    gains *= ahead.any(axis=1)
    moves = np.zeros_like(scores)
    np.put_along_axis(moves, front, ahead * -(gains / several)[:, None], axis=1)
    moves[lines, owners] = gains
    return moves


def runs(starts: Ints, lengths: Ints) -> Ints:
    """The numbers from each of *starts* on, each as many as *lengths* says, one after the other."""
    ends = lengths.cumsum()
    found: Ints = np.arange(lengths.sum()) + np.repeat(starts - ends + lengths, lengths)
    return found
