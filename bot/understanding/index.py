"""Everything that is learnt from a pack's phrasings: what words speak for which id, and how far to trust that."""

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bot.understanding.calibrate import Calibration
from bot.understanding.concepts import Concepts
from bot.understanding.features import Span, grams, kana_words, lemma, sound, spans
from bot.understanding.linear import Example, Linear, Vector, best
from bot.understanding.morphology import Token
from bot.understanding.normalise import normalise
from bot.understanding.perturb import kana, typo
from bot.understanding.vocabulary import Blocks, Vocabulary

HELD_OUT = 5
"""One phrasing in so many is kept from the first model, to see how the model fares on what it has not read."""


class Document(NamedTuple):
    """One text that stands for an id; *name* where it is a title, a label or a keyword rather than a phrasing."""

    id: str | None
    text: str
    name: bool = False


class Looked(NamedTuple):
    """A message after the model has looked at it."""

    scores: list[float]
    """For each id, then for "none of them"."""
    known: float
    """Share of the words' weight that the pack knows."""


class Index:
    """The ids of a pack with the model that tells them apart; the last class is "none of them"."""

    def __init__(self, ids: Sequence[str], concepts: Concepts, vocabulary: Vocabulary, model: Linear) -> None:
        self.ids = tuple(ids)
        self.concepts = concepts
        self.vocabulary = vocabulary
        self.model = model

    def look(self, text: str) -> Looked:
        """The scores of a normalised *text*."""
        clauses = spans(text)
        tokens = [token for clause in clauses for token in clause.tokens]
        blocks = self.blocks(tokens, text)
        scores = self.model.scores(self.vocabulary.vector(blocks))
        known = self.vocabulary.share_known(blocks[0])
        return Looked(scores, known)

    def blocks(self, tokens: Sequence[Token], text: str) -> Blocks:
        return blocks(self.concepts, tokens, text)

    def figures(self, looked: Looked) -> tuple[float, ...]:
        """What is known about how good the best id is, for the calibration."""
        scores = looked.scores
        first, second = best(scores[:-1], 2) if len(scores) > 2 else (0, 0)
        top = scores[first]
        return (top, top - scores[second], top - scores[-1], looked.known)


def blocks(concepts: Concepts, tokens: Sequence[Token], text: str) -> Blocks:
    """The words and sounds of *tokens*, with the groups of words that they belong to."""
    heard = sound("".join([token.reading for token in tokens]))
    words = [lemma(token) for token in tokens]
    words.extend(lemma(token) for token in kana_words(text))
    words.extend(concepts.find(tokens, heard))
    return words, grams(heard)


def built(documents: Sequence[Document], concepts: Concepts) -> tuple[Index, Calibration, Calibration]:
    """The index of *documents*, how far its first choice is to be trusted, and whether a message is for us at all."""
    ids = list(dict.fromkeys(document.id for document in documents if document.id is not None))
    places = {id: place for place, id in enumerate(ids)}
    places_or_none = [len(ids) if document.id is None else places[document.id] for document in documents]
    source = random.Random(len(documents))
    copies = [_copies(concepts, document.text, source) for document in documents]
    texts = list(zip(places_or_none, copies, strict=True))

    missing = set(source.sample(range(len(ids)), len(ids) // 8)) if len(ids) >= 16 else set()
    turn = {}
    kept, held = [], []
    for document, (place, some) in zip(documents, texts, strict=True):
        turn[place] = turn.get(place, place) + 1
        out = place in missing or (not document.name and turn[place] % HELD_OUT == 0)
        (held if out else kept).append((place, some))
    trial = trained(ids, concepts, kept)
    rows, right, ours, importance = [], [], [], []
    for place, some in held:
        for copy in some:
            looked = Looked(trial.model.scores(trial.vocabulary.vector(copy)), trial.vocabulary.share_known(copy[0]))
            rows.append(trial.figures(looked))
            right.append(float(best(looked.scores[:-1], 1) == [place]))
            ours.append(float(place < len(ids)))
            importance.append(0.4 if place in missing else 1.0)
    trust = Calibration.fitted(rows, right, importance)
    scope = Calibration.fitted(rows, ours, importance)
    return trained(ids, concepts, texts), trust, scope


def trained(ids: Sequence[str], concepts: Concepts, texts: Sequence[tuple[int, list[Blocks]]]) -> Index:
    """An index that has read *texts*, pairs of a class and the blocks of a text's copies."""
    vocabulary = Vocabulary((place, copy) for place, copies in texts for copy in copies)
    model = Linear(len(ids) + 1, vocabulary.size)
    model.train((place, vocabulary.vector(copy)) for place, copies in texts for copy in copies)
    return Index(ids, concepts, vocabulary, model)


def _copies(concepts: Concepts, text: str, source: random.Random) -> list[Blocks]:
    """A text as written, all in kana, and with one slip of the finger."""
    found = []
    for copy in dict.fromkeys((normalise(text), normalise(kana(text)), normalise(typo(text, source)))):
        tokens = [token for span in spans(copy) for token in span.tokens]
        if tokens:
            found.append(blocks(concepts, tokens, copy))
    return found
