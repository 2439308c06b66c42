"""What a pack's phrasings teach: which words speak for which id, and how far to trust that."""

import math
import random
from collections.abc import Sequence
from typing import NamedTuple

from bot.understanding.calibrate import Calibration
from bot.understanding.concepts import Concepts
from bot.understanding.features import denied, grams, kana_words, lemma, said, sound
from bot.understanding.linear import Learner, Linear, Vector, best
from bot.understanding.morphology import Token
from bot.understanding.normalise import normalise
from bot.understanding.perturb import kana, typo
from bot.understanding.vocabulary import Blocks, Vocabulary

HELD_OUT = 5
"""One phrasing in so many is kept from the first model, to see how the model fares on what it has not read."""
LEFT_OUT = 8
"""One id in so many is kept from it whole: what people ask about it is then near to the pack, but not in it."""
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


class Index(NamedTuple):
    """The ids of a pack and all that was learnt about telling them apart."""

    ids: tuple[str, ...]
    vocabulary: Vocabulary
    model: Linear
    """Its last class is "none of them"."""
    trust: Calibration
    """How probable it is that the best id is right."""
    scope: Calibration
    """How probable it is that the message is for any of the ids at all."""


class Looked(NamedTuple):
    """A message after the model has looked at it."""

    vector: Vector
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
        # Whatever lies a point and a half behind has no share to speak of.
        total = sum([math.exp(SHARPNESS * (score - top)) for score in scores if score > top - 1.5])
        return [math.exp(SHARPNESS * (scores[place] - top)) / total for place in self.order]


def blocks(concepts: Concepts, tokens: list[Token], text: str) -> Blocks:
    """The words and sounds of *tokens*, the words of *text*, with the groups of words that they belong to."""
    aside = denied(tokens)
    if aside:
        tokens = [token for place, token in enumerate(tokens) if place not in aside]
    heard = sound("".join([token.reading for token in tokens]))
    words = [lemma(token) for token in tokens]
    words.extend(kana_words(text))
    words.extend(concepts.find(tokens, heard))
    names = [token.lemma for token in tokens if token.pos == "名詞" and not concepts.has(token)]
    grouped = sum(token.pos == "名詞" for token in tokens) - len(names)
    return Blocks(words, grams(heard), names, grouped)


def look(index: Index, text: Blocks, count: int) -> Looked:
    """The scores of a text, and its best *count* ids."""
    return _looked(index.vocabulary, index.model, text, count)


def _looked(vocabulary: Vocabulary, model: Linear, text: Blocks, count: int) -> Looked:
    vector = vocabulary.vector(text)
    scores = model.scores(vector)
    none = scores.pop()
    order = best(scores, max(count, 2))
    top = scores[order[0]] if order else 0.0
    second = scores[order[1]] if len(order) > 1 else 0.0
    names = text.names
    foreign = len(vocabulary.unknown(names)) + len(vocabulary.elsewhere(names))
    figures = (top, top - second, top - none, min(foreign, 3.0), foreign / (len(names) + text.grouped + 1))
    return Looked(vector, scores, order[:count], figures)


def learnt(documents: Sequence[Document], concepts: Concepts) -> Index:
    """The index of *documents*."""
    ids = list(dict.fromkeys(document.id for document in documents if document.id is not None))
    place_of = {id: place for place, id in enumerate(ids)}
    source = random.Random(len(documents))  # noqa: S311 - the same pack is always learnt alike
    once: dict[str, str] = {}
    texts = [
        (len(ids) if document.id is None else place_of[document.id], _copies(concepts, document.text, source, once))
        for document in documents
    ]

    left_out = set(source.sample(range(len(ids)), len(ids) // LEFT_OUT))
    turns: dict[int, int] = {}
    kept: list[Text] = []
    held: list[Text] = []
    for document, text in zip(documents, texts, strict=True):
        place = text[0]
        turns[place] = turns.get(place, place) + (not document.name)
        unseen = place in left_out or (not document.name and turns[place] % HELD_OUT == 0)
        (held if unseen else kept).append(text)
    vocabulary, learner = _trained(len(ids), kept)
    trust, scope = _calibrated(vocabulary, learner.model(), held, left_out)
    vocabulary, learner = _trained(len(ids), texts, start=(vocabulary, learner))
    return Index(tuple(ids), vocabulary, learner.model(), trust, scope)


Text = tuple[int, list[Blocks]]
"""A class, and the copies of a text that stands for it."""


def _copies(concepts: Concepts, text: str, source: random.Random, once: dict[str, str]) -> list[Blocks]:
    """A text as written, all in kana, and with one slip of the finger. Each feature is kept in memory *once*."""
    found = []
    for copy in dict.fromkeys((normalise(text), normalise(kana(text)), normalise(typo(text, source)))):
        tokens = said(copy)
        if tokens:
            made = blocks(concepts, tokens, copy)
            words = [once.setdefault(word, word) for word in made.words]
            sounds = [once.setdefault(heard, heard) for heard in made.sounds]
            found.append(made._replace(words=words, sounds=sounds))
    return found


def _trained(
    ids: int, texts: Sequence[Text], *, start: tuple[Vocabulary, Learner] | None = None
) -> tuple[Vocabulary, Learner]:
    """A vocabulary and a model that have read *texts*; *start* is what was learnt from a part of them, and is used up."""
    vocabulary = Vocabulary.of(((place, copy) for place, copies in texts for copy in copies), ids)
    learner = Learner(ids + 1, vocabulary.size)
    if start is not None:
        before, taught = start
        for old, new in ((before.words, vocabulary.words), (before.sounds, vocabulary.sounds)):
            for feature, (number, _) in new.items():
                known = old.get(feature)
                if number >= 0 and known is not None and known[0] >= 0:
                    learner.rows[number] = taught.rows[known[0]]
    learner.train((place, vocabulary.vector(copy)) for place, copies in texts for copy in copies)
    return vocabulary, learner


def _calibrated(
    vocabulary: Vocabulary, model: Linear, held: Sequence[Text], left_out: set[int]
) -> tuple[Calibration, Calibration]:
    """How far to trust *model*, as seen on texts that it has not read."""
    # Two certainties, so that a pack too small to hold anything out is still judged sensibly.
    rows: list[tuple[float, ...]] = [(0.0, 0.0, -1.0, 1.0, 1.0), (1.5, 1.0, 1.5, 0.0, 0.0)]
    right, ours, importance = [0.0, 1.0], [0.0, 1.0], [2.0, 2.0]
    none = model.classes - 1
    strange = sum(place == none for place, _ in held)
    balance = STRANGERS * (len(held) - strange) / max(strange, 1)
    for place, copies in held:
        for copy in copies:
            looked = _looked(vocabulary, model, copy, 1)
            rows.append(looked.figures)
            right.append(float(looked.order == [place]))
            ours.append(float(place != none and (bool(strange) or place not in left_out)))
            importance.append(balance if place == none else NEIGHBOURS if place in left_out else 1.0)
    return Calibration.fitted(rows, right, importance), Calibration.fitted(rows, ours, importance)
