"""Short answers inside a flow: is this a yes, a next, a stop; which of the choices was meant."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from bot.understanding.morphology import analyse, hiragana, reading
from bot.understanding.normalise import normalise

_PUNCTUATION = str.maketrans("", "", "、。!?,. 「」・")
_POLITE_ENDINGS = (
    "です",
    "でお願いします",
    "お願いします",
    "かな",
    "だよ",
    "ですね",
    "ですかね",
    "くらい",
    "ぐらい",
    "で",
)
_LEADS = (
    "うーん",
    "うん",
    "えっと",
    "えーと",
    "じゃあ",
    "じゃ",
    "では",
    "それでは",
    "ほな",
    "まあ",
    "ああ",
    "もう",
    "やっぱり",
    "やっぱ",
    "今日は",
    "ここで",
)
_TAILS = (
    "ね",
    "よ",
    "わ",
    "な",
    "で",
    "です",
    "ます",
    "けど",
    "から",
    "とく",
    "とくね",
    "とくわ",
    "にする",
    "にします",
    "にしとく",
    "だけ",
)
"""What may stand around a short answer without changing it; grammar, whatever the practice."""
_SHORTEST = 2
"""Letters that must remain when the words around an answer are taken off."""
_SURE = 0.55
"""Share of common letter pairs from which two short answers are taken as one; below it we ask again."""


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    """*text* as one run of hiragana, with polite endings off."""
    kana = hiragana(reading(analyse(normalise(text)))).translate(_PUNCTUATION)
    for ending in _POLITE_ENDINGS:
        tail = hiragana(reading(analyse(ending)))
        if kana.endswith(tail) and len(kana) > len(tail) + 1:
            return kana.removesuffix(tail)
    return kana


def means(text: str, words: Sequence[str]) -> bool:
    """Whether *text* says nothing but one of *words*, in whatever spelling, with or without うーん, じゃあ, ね, わ around it."""
    if len(text) > 40:
        return False
    wanted = {_folded(word) for word in words}
    return not wanted.isdisjoint(_cores(_folded(text)))


def _cores(kana: str) -> set[str]:
    """*kana* with any of the words around a short answer taken off."""
    found, new = {kana}, {kana}
    while new:
        shorter = {
            text.removeprefix(_folded(lead)) for text in new for lead in _LEADS if text.startswith(_folded(lead))
        }
        shorter |= {text.removesuffix(tail) for text in new for tail in _TAILS if text.endswith(tail)}
        new = {text for text in shorter if len(text) >= _SHORTEST} - found
        found |= new
    return found


def choose(text: str, options: Mapping[str, Sequence[str]], *, is_strict: bool = False) -> str | None:
    """The key of *options* whose words *text* is nearest to, or None when none is near enough or two are equally near.

    Nearness is the Dice coefficient over letter pairs of the reading (Dice 1945), or the share of an option's words that
    stand inside a longer text. With *is_strict* only the latter counts, or being the same.
    """
    said = _folded(text[:200])
    best: tuple[float, str] | None = None
    second = 0.0
    for key, words in options.items():
        score = max(_likeness(said, _folded(word)) for word in words)
        if best is None or score > best[0]:
            second = best[0] if best else 0.0
            best = (score, key)
        else:
            second = max(second, score)
    if best is None or best[0] < (1.0 if is_strict else _SURE) or best[0] - second < 0.02:
        return None
    return best[1]


def _likeness(said: str, word: str) -> float:
    if said == word:
        return 2.0
    if len(word) >= 2 and word in said:
        # Longer words that stand inside say more.
        return 1.0 + min(len(word), 20) / 40
    pairs, others = _pairs(said), _pairs(word)
    if not pairs or not others:
        return 0.0
    return 2 * len(pairs & others) / (len(pairs) + len(others))


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[place : place + 2] for place in range(len(text) - 1))
