"""The spellings that a word of the safety rules stands for: its signs, its verb forms, its sound."""

import re
from collections.abc import Iterator, Mapping

from bot.understanding.morphology import analyse, reading
from bot.understanding.normalise import letters

SIGNED = re.compile(r"([…#]|[かさたなまらわ]?×)")
"""Cuts a word at its signs."""

_WRITTEN_NUMBER = r"(?:[0-9]+(?:[.,][0-9]+)?|[一二三四五六七八九十百数何半]+)"
_NUMBER = r"(?:[0-9]+(?:[.,][0-9]+)?|[一二三四五六七八九十百数何半]+|いち|に|さん|よん|よ|ご|ろく|なな|しち|はち|きゅう|じゅう|すう|なん)"
_GAP = r"[^。!?]{0,8}?"
_DENIAL = r"[えー]?(?:な|ね[えぇー]|ません?|まへん?|へん?|ひん?|ん|ず|ぬ)"
_SIGNS = {"…": _GAP, "#": _NUMBER, "×": _DENIAL}
_POLITE = dict(zip("かさたなまらわ", "きしちにみりい", strict=True))
_FORMS = {
    "く": "かきくけこい", "ぐ": "がぎぐげごい", "す": "さしすせそ", "つ": "たちつてとっ", "ぬ": "なにぬねのん",
    "ぶ": "ばびぶべぼん", "む": "まみむめもん", "る": "らりるれろっん", "う": "わいうえおっ",
}  # fmt: skip
"""The letters a verb of this ending takes in its forms: 死ぬ is 死な, 死に, 死ぬ, 死ね, 死の, 死ん."""

_KANA = re.compile(r"[\u3041-\u309f\u30a1-\u30ffー…#×]+")
_LATIN = re.compile("[#a-z0-9]", re.IGNORECASE)
_SURE = 3
"""Kana that each part of a word must have to be told by its sound alone."""
_SURE_IN_ALL = 6
"""Kana that the whole word must have for that."""


def is_kana(word: str) -> bool:
    """Whether *word* is written in kana and signs alone, and so stands for its sound."""
    return _KANA.fullmatch(word) is not None


def spellings(groups: Mapping[str, tuple[str, ...]], name: str) -> Iterator[str]:
    """Every word of the group *name* in every form, the words of the groups that it names with ``@`` among them."""
    yield from _expanded(groups, name, frozenset())


def as_typed(word: str) -> str:
    """*word* in the letters of a normalised message, its signs kept: a word with ？ would never be found in one that has ?."""
    return "".join(part if part == "…" else letters(part) for part in re.split("(…)", word))


def as_spoken(word: str) -> str | None:
    """How a word with kanji sounds, signs kept; None where other words may sound the same, or it holds Latin letters."""
    if word[0] == "=" or _LATIN.search(word):
        return None
    parts = re.split("([…#×])", word)
    sounds = [part if part in _SIGNS or not part else reading(analyse(part)) for part in parts]
    heard = [sound for sound in sounds[::2] if sound]
    if sum(map(len, heard)) < _SURE_IN_ALL or min(map(len, heard)) < _SURE or not is_kana("".join(heard)):
        return None
    return "".join(sounds)


def pattern(word: str, *, spoken: bool) -> "re.Pattern[str]":
    """The regular expression of a *word* with signs."""
    return re.compile("".join(_meaning(part, spoken) for part in SIGNED.split(word)))


def _expanded(groups: Mapping[str, tuple[str, ...]], name: str, inside: frozenset[str]) -> Iterator[str]:
    for word in groups[name]:
        if not word.startswith("@"):
            yield from _forms(word.replace("＃", "#"))
        elif word[1:] not in inside:
            yield from _expanded(groups, word[1:], inside | {name})


def _forms(word: str) -> Iterator[str]:
    """*word* with the verb before its ``~`` in every form; each ``~`` on its own."""
    before, sign, after = word.partition("~")
    if not sign:
        yield word
        return
    for letter in _FORMS[before[-1]]:
        yield from _forms(before[:-1] + letter + after)


def _meaning(part: str, spoken: bool) -> str:
    """The regular expression of one sign or of the letters between two."""
    if part == "#" and not spoken:
        # Written に is seldom the number two.
        return _WRITTEN_NUMBER
    if len(part) == 2 and part[1] == "×" and part[0] in _POLITE:
        # The stem of a verb: a polite negation has another vowel (治りません), a careless one swallows it (治んない).
        swallowed = "|ん(?=[なね])" if part[0] in "なら" else ""
        return f"(?:(?:{part[0]}{swallowed}){_DENIAL}|{_POLITE[part[0]]}ま(?:せ|へ)ん?)"
    return _SIGNS.get(part) or re.escape(part)
