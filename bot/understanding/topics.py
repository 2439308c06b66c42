"""What a bare word such as 背中 may stand for: the ids whose texts speak of it, by how much."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from bot.understanding.features import is_noun, lemma, sound, spoken
from bot.understanding.index import Parsed
from bot.understanding.morphology import Token
from bot.understanding.normalise import normalise

SHORTEST = 3
"""A sound is looked for inside others from this many letters on; shorter ones occur by chance."""
LONGEST = 12


class Topics:
    """The nouns of a pack's texts, and whose they are. *frame* are the wordings that surround a bare topic."""

    def __init__(self, documents: Iterable[Parsed], frame: Iterable[str]) -> None:
        self._frame = tuple(sorted({normalise(words) for words in frame}, key=len, reverse=True))
        self._texts: list[tuple[str, str]] = []
        self._by_lemma: dict[str, array[int]] = defaultdict(_numbers)
        nouns: set[str] = set()
        self._found: dict[str, tuple[tuple[str, float], ...]] = {}
        for document, _, tokens in documents:
            if document.id is None:
                continue
            for word in {lemma(token) for token in tokens}:
                self._by_lemma[word].append(len(self._texts))
            self._texts.append((document.id, spoken(tokens)))
            nouns.update(_names(tokens))
        self._nouns = {sound(noun, digits=True) for noun in nouns}

    def bare(self, text: str) -> str:
        """The normalised *text* without the wordings around its topic; *text* itself where it is too long to be one."""
        if len(text) > 2 * LONGEST:
            return text
        topic = text.rstrip("?!")
        if topic.endswith(self._frame):
            for words in self._frame:
                if topic.endswith(words) and len(topic) > len(words):
                    return topic.removesuffix(words).strip()
        return topic

    def spread(self, heard: str, tokens: Sequence[Token]) -> tuple[tuple[str, float], ...]:
        """If *tokens*, *heard* so, are no more than a topic: the ids that speak of it with their shares, biggest first."""
        if heard not in self._nouns:
            return ()
        if heard not in self._found:
            self._found[heard] = self._counted(tokens, heard)
        return self._found[heard]

    def _counted(self, tokens: Sequence[Token], heard: str) -> tuple[tuple[str, float], ...]:
        places = set.intersection(*(set(self._by_lemma.get(lemma(token), ())) for token in tokens))
        if len(heard) >= SHORTEST:
            places = places | {place for place, (_, other) in enumerate(self._texts) if heard in other}
        counts = Counter(self._texts[place][0] for place in places)
        total = sum(counts.values())
        return tuple((id, count / total) for id, count in counts.most_common())


def _numbers() -> "array[int]":
    return array("I")


def _names(tokens: Sequence[Token]) -> Iterable[str]:
    """The reading of every noun and of every run of nouns in *tokens*."""
    for first, token in enumerate(tokens):
        if not is_noun(token) or token.pos == "代名詞":
            continue
        heard = ""
        for other in tokens[first:]:
            if not is_noun(other):
                break
            heard += other.reading
            if len(heard) > LONGEST:
                break
            yield heard
