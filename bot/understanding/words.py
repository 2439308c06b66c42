"""Short answers inside a flow, in whatever spelling: is this a yes, a next, a stop."""

from collections.abc import Sequence
from functools import lru_cache

from bot.understanding.morphology import analyse, hiragana, reading
from bot.understanding.normalise import normalise

_PUNCTUATION = str.maketrans("", "", "、。!?,. 「」・")
_POLITE_ENDINGS = (
    "と思います",
    "と思う",
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
    return not wanted.isdisjoint(cores(text))


@lru_cache(maxsize=4096)
def cores(text: str) -> frozenset[str]:
    """*text* as one run of hiragana, as it is and with any of the words around a short answer taken off."""
    return frozenset(_cores(_folded(text)))


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
