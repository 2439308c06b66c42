"""One spelling for the many ways of typing the same message."""

import re
import unicodedata
from functools import lru_cache

import regex

_DASHES = str.maketrans(dict.fromkeys("〜～~―—─〰", "ー"))
_INVISIBLE = regex.compile(r"[\p{Cf}\p{Cc}\p{Cs}\p{Co}\p{Mn}\p{Me}--[\n\t]]", regex.VERSION1)
_KAOMOJI = regex.compile(r"m?\((?=[^()]*[^()\p{Alnum}\s])[^()\p{Han}\p{Hiragana}0-9]{1,12}\)[\p{Sk}\p{So}ノゞシ]?m?")
_PICTURE = regex.compile(
    r"[\p{Extended_Pictographic}--[0-9#*]]|[\p{Sk}\p{So}]|[\U0001F3FB-\U0001F3FF\U0001F1E6-\U0001F1FF]",
    regex.VERSION1,
)
_REPEATED = regex.compile(r"([^\d\s])\1{2,}")
_LONG = regex.compile(r"ー{2,}")
_LONG_AT_END = regex.compile(r"(?<=\p{Hiragana})ー(?=$|[!?、。\s])")
_QUIET = regex.compile(r"[…・‥]+|\.{2,}|,(?!\d)|[、。]{2,}")
_BREAKS = regex.compile(r"\s*[、。!?](?:[\s、。!?])*")
_LAUGH = regex.compile(
    r"[\s、。.]*(?:\((?:笑|爆笑|わら|泣|汗|涙|照|怒)+\)|(?<=[^\p{Han}])(?:笑|爆笑)+|(?<=\p{Han})(?<![微苦大失談嘲冷一爆憫哄艶])笑+|w+|(?<=[\s!?、。\p{Hiragana}])草)+(?=$|[\s!?、。])"
)
_ROUGH = re.compile(
    r"[^0-9a-z\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fff々?!]|([^0-9])\1\1|ー(?![\u30a1-\u30fa])|w(?![0-9a-z])|[笑草]|[!?]."
)
"""Whatever may need work; most messages have none of it, and one look is much cheaper than the dozen below."""
_JAPANESE = r"\p{Han}\p{Hiragana}\p{Katakana}ー"
_LOOSE = regex.compile(rf"(?:(?<=^|\s)[{_JAPANESE}](?=\s|$)\s?){{3,}}")
_AFTER_PUNCTUATION = regex.compile(r"(?<=[、。!?])\s+|\s+(?=[、。!?])")

JUST_READ = 16
"""Texts kept ready: the parts of the understanding each normalise the message that they are given."""


@lru_cache(maxsize=JUST_READ)
def normalise(text: str) -> str:
    """*text* in one spelling: width, case, elongation, laughter and emoji no longer differ. Idempotent.

    An emoji inside the text parts clauses, as a comma does. A space between words stays: it shows where a kana word ends.
    Katakana and hiragana stay apart here (they carry word boundaries); readings bring them together later.
    """
    text = _folded(text)
    before = None
    # A removal can bring two characters together that form a new run; after the first round nothing grows any more.
    while text != before and _ROUGH.search(text):
        before, text = text, _folded(_once(text))
    return text.rstrip("!")


def letters(text: str) -> str:
    """*text* with each letter as `normalise` would write it, and nothing left out: for words that are looked for in messages."""
    return _folded(text).translate(_DASHES)


def _folded(text: str) -> str:
    return text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def _once(text: str) -> str:
    text = text.translate(_DASHES)
    text = _KAOMOJI.sub("、", text)
    text = _INVISIBLE.sub("", text)
    text = _PICTURE.sub("、", text)
    text = _QUIET.sub("、", text)
    text = _REPEATED.sub(r"\1", text)
    text = _LONG.sub("ー", text)
    text = _LONG_AT_END.sub("", text)
    text = _LAUGH.sub("", text)
    text = _BREAKS.sub(_one_break, text)
    text = _LOOSE.sub(_tight, text)
    return " ".join(text.split()).strip("、。 ")


def _one_break(match: "regex.Match[str]") -> str:
    """A row of marks says what its strongest mark says."""
    found: str = match[0]
    return next((mark for mark in "?!。" if mark in found), "、")


def _tight(match: "regex.Match[str]") -> str:
    """Letters typed one by one with spaces between are a word again."""
    return "".join(match[0].split()) + " "
