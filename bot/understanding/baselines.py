"""What plainer means make of the same messages, by libraries that only developers have: the measure of our own matcher."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import bm25s
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.understanding.evaluate import Rank, Read
from bot.understanding.features import said
from bot.understanding.index import Document
from bot.understanding.meaning import Candidate, Meaning
from bot.understanding.normalise import normalise


class Baseline(NamedTuple):
    """A way to read messages, comparable with the matcher. It has no doubts: whatever scores at all is the answer."""

    rank: Rank

    @property
    def read(self) -> Read:
        """The best id, if any has a score."""

        def answered(text: str) -> Meaning:
            best = self.rank(text)[:1]
            return Meaning("answer", best[0].id, tuple(best), 1.0) if best else Meaning("fallback")

        return answered


def baselines(documents: Sequence[Document]) -> Mapping[str, Baseline]:
    """The baselines that know *documents*, by name. Keywords are the phrasings, titles and keywords of an entry alike."""
    logging.getLogger("bm25s").setLevel(logging.WARNING)
    known = [(document.id, normalise(document.text)) for document in documents if document.id is not None]
    known = [(id, text) for id, text in known if text]
    ids, texts = [id for id, _ in known], [text for _, text in known]
    return {
        "exact keyword": Baseline(lambda text: _exact(ids, texts, normalise(text))),
        "substring keyword": Baseline(lambda text: _substring(ids, texts, normalise(text))),
        "BM25 over surfaces": _bm25(ids, texts, lambda text: [token.surface for token in said(text)]),
        "BM25 over lemmas": _bm25(ids, texts, lambda text: [token.lemma for token in said(text)]),
        "nearest phrasing, character n-grams": _ngrams(ids, texts),
        "nearest phrasing, rapidfuzz": Baseline(
            lambda text: _best(
                ids, [float(score) for score in process.cdist([normalise(text)], texts, scorer=fuzz.ratio)[0]]
            )
        ),
    }


def _best(ids: Sequence[str], scores: Sequence[float]) -> list[Candidate]:
    """Every id that has a score, by its best phrasing."""
    found: dict[str, float] = {}
    for id, score in zip(ids, scores, strict=True):
        if score > found.get(id, 0.0):
            found[id] = score
    return [Candidate(id, found[id]) for id in sorted(found, key=found.__getitem__, reverse=True)]


def _exact(ids: Sequence[str], texts: Sequence[str], message: str) -> list[Candidate]:
    """The ids of which the message is a keyword, letter by letter."""
    return _best(ids, [float(text == message) for text in texts])


def _substring(ids: Sequence[str], texts: Sequence[str], message: str) -> list[Candidate]:
    """The id of the longest keyword that stands in the message first."""
    return _best(ids, [float(len(text)) if text in message else 0.0 for text in texts])


def _bm25(ids: Sequence[str], texts: Sequence[str], words: Callable[[str], list[str]]) -> Baseline:
    model = bm25s.BM25()
    corpus = [words(text) for text in texts]
    model.index(corpus, show_progress=False)
    known = {word for text in corpus for word in text}

    def rank(text: str) -> list[Candidate]:
        found = [word for word in words(normalise(text)) if word in known]
        return _best(ids, [float(score) for score in model.get_scores(found)]) if found else []

    return Baseline(rank)


def _ngrams(ids: Sequence[str], texts: Sequence[str]) -> Baseline:
    model = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    known = model.fit_transform(texts).T.tocsr()

    def rank(text: str) -> list[Candidate]:
        return _best(ids, (model.transform([normalise(text)]) @ known).toarray()[0].tolist())

    return Baseline(rank)
