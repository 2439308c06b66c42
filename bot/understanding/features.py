"""What of a text is compared: its words and its sounds."""

import re
from typing import NamedTuple

from bot.understanding.morphology import Token, analyse, hiragana

_SILENT = frozenset(("補助記号", "空白"))
_BREAK = frozenset("。!?！？、")
_FOLDED = str.maketrans("をぢづぁぃぅぇぉゎ", "おじずあいうえおわ", "ー")
_LONG_VOWEL = re.compile(r"(?<=[おこそとのほもよろごぞどぼぽょ])う|(?<=[えけせてねへめれげぜでべぺ])い")
_DIGITS = re.compile(r"\d+")
_KATAKANA_ONLY = re.compile(r"[ァ-ヺー\s\d?!、。]+")


class Span(NamedTuple):
    """A stretch of text between two breaks, as words; *asks* if it ends in a question mark."""

    tokens: tuple[Token, ...]
    asks: bool


def sound(reading: str) -> str:
    """*reading* as it is heard: one hiragana spelling for long vowels and for letters that sound alike."""
    return _LONG_VOWEL.sub("", _DIGITS.sub("0", hiragana(reading)).translate(_FOLDED))


def said(text: str) -> tuple[Token, ...]:
    """The words of a normalised *text* without its punctuation."""
    return tuple(token for token in analyse(text) if token.pos not in _SILENT)


def spans(text: str) -> list[Span]:
    """The clauses of a normalised *text*, with their words; none where nothing is said."""
    found: list[Span] = []
    start: list[Token] = []
    for token in analyse(text):
        if token.pos not in _SILENT:
            start.append(token)
        elif start and token.surface in _BREAK:
            found.append(Span(tuple(start), token.surface in "?？"))
            start = []
    if start:
        found.append(Span(tuple(start), False))
    return found


def kana_words(text: str) -> tuple[Token, ...]:
    """The words of a message typed in katakana only, read as hiragana; nothing for any other text."""
    return analyse(hiragana(text)) if _KATAKANA_ONLY.fullmatch(text) else ()


def lemma(token: Token) -> str:
    """The dictionary form by which *token* is compared; every number is the same word."""
    return "0" if token.lemma.isdecimal() else token.lemma


def grams(text: str) -> list[str]:
    """Every run of two and three letters of *text*."""
    return [text[at : at + 2] for at in range(len(text) - 1)] + [text[at : at + 3] for at in range(len(text) - 2)]
