"""What a pack's phrasings teach: which words speak for which id, and how far to trust that."""

import math
import random
from collections.abc import Sequence
from typing import NamedTuple

from bot.understanding.blocks import Blocks
from bot.understanding.calibrate import Calibration
from bot.understanding.concepts import Concepts
from bot.understanding.linear import Learner, best
from bot.understanding.morphology import Token
from bot.understanding.spellings import Spelling, Spellings, Weighing
from bot.understanding.vocabulary import Row, Vocabulary

HELD_OUT = 5
"""One phrasing in so many is kept from the first lessons, to see how the model fares on what it has not read."""
LEFT_OUT = 8
"""One id in so many is kept from them whole: what people ask about it is then near to the pack, but not in it."""
STRANGERS = 0.5
"""How much all messages for no id count together, beside all that are for one. How many strangers write is not known; with this
weight one in twenty of them is answered, and questions in wordings never seen before keep nearly all of theirs."""
NEIGHBOURS = 0.4
"""How much a message for a left-out id counts: many of them could fairly be answered with a neighbouring id."""
SHARPNESS = 4.0
"""How much more likely a whole point of score makes an id, as a power of e."""


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


class Looked(NamedTuple):
    """A message after the model has looked at it."""

    scores: list[float]
    """For each id."""
    order: list[int]
    """The best ids' places, best first."""
    figures: tuple[float, ...]
    """What tells how good the first of them is."""

    def shares(self) -> list[float]:
        """For each of the best ids its share of one."""
        scores = self.scores
        top = scores[self.order[0]] if self.order else 0.0
        # Whatever lies a whole point behind has no share to speak of.
        total = sum([math.exp(SHARPNESS * (score - top)) for score in scores if score > top - 1.0])
        return [math.exp(SHARPNESS * (scores[place] - top)) / total for place in self.order]


def look(index: Index, text: Blocks, count: int) -> Looked:
    """The scores of a text, and its best *count* ids."""
    scores = index.vocabulary.scores(text)
    return _looked(scores, count, index.vocabulary.foreign(text.names), len(text.names) + text.grouped)


def _looked(scores: list[float], count: int, foreign: int, nouns: int) -> Looked:
    none = scores.pop()
    order = best(scores, max(count, 2))
    top = scores[order[0]] if order else 0.0
    second = scores[order[1]] if len(order) > 1 else 0.0
    return Looked(scores, order[:count], (top, top - second, top - none, min(foreign, 3.0), foreign / (nouns + 1)))


def learnt(documents: Sequence[Parsed], concepts: Concepts) -> Index:
    """The index of *documents*."""
    ids = list(dict.fromkeys(document.id for document, _, _ in documents if document.id is not None))
    none = len(ids)
    places: dict[str | None, int] = {id: place for place, id in enumerate(ids)}
    source = random.Random(len(documents))  # noqa: S311 - the same pack is always learnt alike
    left_out = set(source.sample(range(none), none // LEFT_OUT))
    spellings = Spellings(concepts)
    turns: dict[int, int] = {}
    kept: list[Spelling] = []
    held: list[Spelling] = []
    for document, text, tokens in documents:
        place = places.get(document.id, none)
        turns[place] = turns.get(place, place) + (not document.name)
        unseen = place in left_out or (not document.name and turns[place] % HELD_OUT == 0)
        (held if unseen else kept).extend(spellings.of(place, text, tokens, source))

    learner = Learner(none + 1)
    first = Weighing(spellings, kept, none)
    unclear = learner.learn([first.example(spelling) for spelling in kept])
    trust, scope = _calibrated(first, learner.rows(first.weights), held, left_out, none)
    weighing = Weighing(spellings, [*kept, *held], none)
    learner.learn([weighing.example(spelling) for spelling in held], again=unclear)
    return Index(tuple(ids), weighing.vocabulary(learner.rows(weighing.weights), none + 1), trust, scope)


def _calibrated(
    weighing: Weighing, rows: dict[int, Row], held: Sequence[Spelling], left_out: set[int], none: int
) -> tuple[Calibration, Calibration]:
    """How far to trust what was learnt, as seen on texts that were not read."""
    # Two certainties, so that a pack too small to hold anything out is still judged sensibly.
    figures: list[tuple[float, ...]] = [(0.0, 0.0, -1.0, 1.0, 1.0), (1.5, 1.0, 1.5, 0.0, 0.0)]
    right, ours, importance = [0.0, 1.0], [0.0, 1.0], [2.0, 2.0]
    owners = [spelling.owner for spelling in held]
    strange = owners.count(none)
    balance = STRANGERS * (len(held) - strange) / max(strange, 1)
    for spelling in held:
        scores = [0.0] * (none + 1)
        place, numbers, values = weighing.example(spelling)
        for number, value in zip(numbers, values, strict=True):
            for at, weight in rows.get(number, ()):
                scores[at] += weight * value
        looked = _looked(scores, 1, weighing.foreign(spelling), len(spelling.names) + spelling.grouped)
        figures.append(looked.figures)
        right.append(float(looked.order == [place]))
        ours.append(float(place != none and (bool(strange) or place not in left_out)))
        importance.append(balance if place == none else NEIGHBOURS if place in left_out else 1.0)
    return Calibration.fitted(figures, right, importance), Calibration.fitted(figures, ours, importance)
