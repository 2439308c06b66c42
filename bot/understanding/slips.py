"""Sets right what the finger slipped on: an unclear message is read again with the nearest word that the pack knows."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from bot.understanding.index import Parsed
from bot.understanding.morphology import Token, hiragana, reading

SHORTEST = 4
"""Letters of the shortest word that is set right; of shorter ones too many others are near."""
LONGEST = 12
"""Letters of the longest message that is taken for a whole phrasing with a slip in it."""
_KATAKANA = re.compile(r"[ァ-ヺー]+")


class Slips:
    """The whole phrasings and the katakana words of a pack, by how they are heard."""

    def __init__(self, documents: Iterable[Parsed]) -> None:
        phrasings: dict[str, str] = {}
        words: dict[str, str] = {}
        for _, text, tokens in documents:
            phrasings.setdefault(reading(tokens), text)
            # The words of a run as well: the dictionary may have them, and not the run.
            for word in (*_KATAKANA.findall(text), *(token.surface for token in tokens)):
                if _KATAKANA.fullmatch(word):
                    words.setdefault(hiragana(word), word)
        self._phrasings = _Near(phrasings)
        self._words = _Near(words)

    def mended(self, text: str, tokens: Sequence[Token]) -> str | None:
        """The normalised *text*, whose words are *tokens*, without its slip; None where nothing is near enough."""
        whole = self._phrasings.find(reading(tokens))
        if whole is not None:
            return whole
        written = {token.surface for token in tokens if token.known}
        for run in _KATAKANA.findall(text):
            # What the dictionary has as one word is no slip, whatever it resembles.
            word = None if run in written else self._words.find(hiragana(run))
            if word is not None:
                return text.replace(run, word, 1)
        return None


class _Near:
    """Finds what differs from a word by one letter among those of about its length; the others cannot be so near."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = {heard: text for heard, text in texts.items() if SHORTEST <= len(heard) <= LONGEST}
        self._heard: dict[int, list[str]] = defaultdict(list)
        for heard in self._texts:
            self._heard[len(heard)].append(heard)

    def find(self, heard: str) -> str | None:
        """The only text that is heard like *heard* but for one letter: another, one more, one less, or two exchanged."""
        if len(heard) < SHORTEST:
            return None
        texts = {
            self._texts[other]
            for length in range(len(heard) - 1, len(heard) + 2)
            for other, *_ in extract(
                heard, self._heard.get(length, ()), scorer=OSA.distance, score_cutoff=1, limit=None
            )
        }
        return texts.pop() if len(texts) == 1 else None
