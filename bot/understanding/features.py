"""What of a text is compared: its words and its sounds."""

import re
from collections.abc import Iterable, Sequence

from bot.understanding.morphology import Token, analyse, hiragana

_SILENT = frozenset(("補助記号", "空白"))
_FOLDED = str.maketrans("をぢづぁぃぅぇぉゎ", "おじずあいうえおわ", "ー")
_LONG_VOWEL = re.compile(r"(?<=[おこそとのほもよろごぞどぼぽょ])う|(?<=[えけせてねへめれげぜでべぺ])い")
_DIGITS = re.compile(r"\d+")
_KATAKANA_ONLY = re.compile(r"[ァ-ヺー\s\d?!、。]+")
_CONTRAST = frozenset(("じゃなく", "ではなく", "でなく", "じゃない", "でない", "ではない", "やなく", "やない"))
_DROPPED = frozenset(("は", "が", "を"))
_ROUNDING = frozenset(("終助詞", "準体助詞", "接続助詞"))
_POLITE = frozenset(("です", "ます", "だ", "じゃ", "や"))
_NOUNS = frozenset(("名詞", "接尾辞", "接頭辞", "記号", "代名詞"))


def sound(reading: str, *, digits: bool = False) -> str:
    """*reading* as it is heard: one hiragana spelling for long vowels and for letters that sound alike.

    Every number sounds the same unless *digits* are to be kept.
    """
    if not digits:
        reading = _DIGITS.sub("0", reading)
    return _LONG_VOWEL.sub("", hiragana(reading).translate(_FOLDED))


def spoken(tokens: Iterable[Token]) -> str:
    """How *tokens* are heard, with their numbers: equal for two spellings of one message."""
    return sound("".join([token.reading for token in tokens]), digits=True)


def said(text: str) -> list[Token]:
    """The words of a normalised *text* without its punctuation."""
    return [token for token in analyse(text) if token.pos not in _SILENT]


def curt(tokens: Iterable[Token]) -> list[Token]:
    """*tokens* without the particles that are left out in talk: 「記録を見せて」 is said 「記録見せて」, too."""
    return [token for token in tokens if token.pos != "助詞" or token.surface not in _DROPPED]


def core(tokens: Iterable[Token]) -> tuple[str, ...]:
    """The dictionary forms of *tokens* without what only rounds a sentence off: 「取れる？」 and 「取れますか」 ask the same.

    Denial, tense and wish stay: they change what is said.
    """
    words = curt(tokens)
    while words and (words[-1].pos2 in _ROUNDING or (words[-1].pos == "助動詞" and words[-1].lemma in _POLITE)):
        words.pop()
    return tuple([word.lemma for word in words])


def kana_words(text: str) -> list[str]:
    """The words of a message typed in katakana only, read as hiragana; nothing for any other text."""
    if not _KATAKANA_ONLY.fullmatch(text):
        return []
    return [lemma(token) for token in analyse(hiragana(text)) if token.pos not in _SILENT]


def lemma(token: Token) -> str:
    """The dictionary form by which *token* is compared; every number is the same word."""
    return "0" if token.lemma.isdecimal() else token.lemma


def is_noun(token: Token) -> bool:
    """Whether *token* can name a thing, alone or as a part of a longer name."""
    return token.pos in _NOUNS


def denied(tokens: Sequence[Token]) -> set[int]:
    """The places of the words that are named only to be put aside: the noun before じゃなくて."""
    found: set[int] = set()
    for place in range(1, len(tokens) - 1):
        here = tokens[place].surface
        if here[0] not in "じでや":
            continue
        ahead = here + tokens[place + 1].surface + (tokens[place + 2].surface if place + 2 < len(tokens) else "")
        if any(ahead.startswith(mark) for mark in _CONTRAST):
            back = place - 1
            while back >= 0 and is_noun(tokens[back]):
                found.add(back)
                back -= 1
    return found


def grams(text: str) -> list[str]:
    """Every run of two and three letters of *text*."""
    return [text[at : at + 2] for at in range(len(text) - 1)] + [text[at : at + 3] for at in range(len(text) - 2)]
