"""Sets right what the finger slipped on: an unclear message is read again with the nearest word that the pack knows."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

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
            for token in tokens:
                if _KATAKANA.fullmatch(token.surface):
                    words.setdefault(hiragana(token.surface), token.surface)
        self._phrasings = _by_length(phrasings)
        self._words = _by_length(words)

    def mended(self, text: str, tokens: Sequence[Token]) -> str | None:
        """The normalised *text*, whose words are *tokens*, without its slip; None where nothing is near enough."""
        whole = _nearest(reading(tokens), self._phrasings)
        if whole is not None:
            return whole
        written = {token.surface for token in tokens if token.known}
        for run in _KATAKANA.findall(text):
            # What the dictionary has as one word is no slip, whatever it resembles.
            word = None if run in written else _nearest(hiragana(run), self._words)
            if word is not None:
                return text.replace(run, word, 1)
        return None


def _by_length(texts: dict[str, str]) -> dict[int, dict[str, str]]:
    """*texts* by what is heard, in groups of one length."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for heard, text in texts.items():
        if SHORTEST <= len(heard) <= LONGEST:
            found[len(heard)][text] = heard
    return dict(found)


def _nearest(heard: str, texts: dict[int, dict[str, str]]) -> str | None:
    """The only text that differs from *heard* by one letter: another, one more, one less, or two exchanged."""
    if len(heard) < SHORTEST:
        return None
    near = [
        text
        for length in (len(heard) - 1, len(heard), len(heard) + 1)
        for _, _, text in process.extract(heard, texts.get(length, {}), scorer=OSA.distance, score_cutoff=1, limit=3)
    ]
    return near[0] if len(near) == 1 else None
