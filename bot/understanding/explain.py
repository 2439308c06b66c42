"""Short phrases for the staff: which words decided how a message was read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from bot.understanding.blocks import Blocks
from bot.understanding.concepts import MARK, Concepts
from bot.understanding.features import lemma, said
from bot.understanding.index import Document, Index, Looked
from bot.understanding.morphology import Token
from bot.understanding.normalise import normalise

MOST_WORDS = 3
LEAST_SHARE = 0.1
"""Words that add less than this share of a score are not worth telling."""


class Explainer:
    """Words the reasons with the templates of ``language/why``; a reason without a template is told by its words alone."""

    def __init__(
        self,
        templates: Mapping[str, str],
        index: Index,
        concepts: Concepts,
        documents: Iterable[Document],
    ) -> None:
        self._templates = dict(templates)
        self._index = index
        self._concepts = concepts
        self._texts: dict[str, list[str]] = defaultdict(list)
        for document in documents:
            if document.id is not None:
                self._texts[document.id].append(document.text)

    def say(self, reason: str, **values: str) -> str:
        """One reason in words."""
        text = self._templates.get(reason)
        if text is None:
            return "".join(values.values()) or reason
        for name, value in values.items():
            text = text.replace(f"${name}", value)
        return text

    def words(self, looked: Looked, tokens: Sequence[Token], text: Blocks) -> tuple[str, ...]:
        """The words that speak most for the best id, its nearest phrasing, and the words that nobody knows."""
        index = self._index
        place = looked.order[0]
        gains = index.vocabulary.gains(text.words, place)
        total = sum(gains.values())
        reasons = []
        telling = sorted(gains, key=gains.__getitem__, reverse=True)[:MOST_WORDS]
        for word in telling:
            if gains[word] > LEAST_SHARE * total:
                reasons.append(self._worded(word, tokens))
        near = self._nearest(index.ids[place], frozenset(text.words))
        if near is not None:
            reasons.append(self.say("near", phrasing=near))
        unknown = list(dict.fromkeys(index.vocabulary.unknown(text.names)))
        if unknown:
            reasons.append(self.say("unknown", words=" ".join(unknown)))
        return tuple(dict.fromkeys(reasons))

    def _worded(self, word: str, tokens: Sequence[Token]) -> str:
        if not word.startswith(MARK):
            for token in tokens:
                if lemma(token) == word:
                    return self.say("words", words=token.surface)
            return self.say("words", words=word)
        group = word.removeprefix(MARK)
        for token in tokens:
            if token.surface != group and word in self._concepts.of_word(token):
                return self.say("group", word=token.surface, group=group)
        return self.say("words", words=group)

    def _nearest(self, id: str, words: frozenset[str]) -> str | None:
        """Of the phrasings of *id* the one that shares most of its words with *words*."""
        most, nearest = 0.3, None
        for text in self._texts.get(id, ()):
            theirs = frozenset([token.lemma for token in said(normalise(text))])
            alike = len(words & theirs) / len(words | theirs)
            if alike > most:
                most, nearest = alike, text
        return nearest
