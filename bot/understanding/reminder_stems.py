"""Finds the words of a lexicon at a place in a text, trying only the patterns that may begin with the letter there.

Of some seven hundred patterns a dozen or two begin with any one letter; trying them all at every place would take several
times as long.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

_LOOK_BEHIND = re.compile(r"\(\?<[=!][^()]*\)")
_LOOK_AHEAD = re.compile(r"\(\?=(\[[^\]]*\])\)")
_SIGN = re.compile(r"\\.|\[[^\]]*\]|.")

Letters = frozenset[str] | None
"""Letters with which a pattern may begin; None for any."""


class _Stem(NamedTuple):
    """What a word begins with, and whether the lexicon's tail follows."""

    kind: str
    pattern: str
    letters: Letters
    has_tail: bool


class Lexicon:
    """Patterns by kind, tried in their order. A pattern begins with letters, a group or a class without escapes.

    *tail* ends many of the patterns and matches anything, if need be nothing: it is looked at once a word is found.
    """

    def __init__(self, kinds: Iterable[tuple[str, str]], tail: str = "") -> None:
        self._stems = tuple(_Stem(kind, *stem) for kind, pattern in kinds for stem in _stems_of(pattern, tail))
        self._letters = frozenset[str]().union(*(stem.letters or () for stem in self._stems))
        self._tail = re.compile(tail)
        # Compiled when a letter is first met: most never are, and many share their patterns.
        self._beginning_with = cache(self._fitting)

    def match(self, text: str, at: int) -> tuple[str, int] | None:
        """The kind and the end of the first pattern that matches *text* at the place *at*; None when none does."""
        pattern, stems = self._beginning_with(text[at] if text[at] in self._letters else "")
        found = pattern.match(text, at)
        if found is None or not found.lastindex:
            return None
        stem, end = stems[found.lastindex - 1], found.end()
        if stem.has_tail and (tail := self._tail.match(text, end)):
            end = tail.end()
        return (stem.kind, end) if end > at else None

    def _fitting(self, letter: str) -> tuple[re.Pattern[str], tuple[_Stem, ...]]:
        return _compiled(tuple(stem for stem in self._stems if stem.letters is None or letter in stem.letters))


@cache
def _compiled(stems: tuple[_Stem, ...]) -> tuple[re.Pattern[str], tuple[_Stem, ...]]:
    # The empty group behind each pattern tells which it was.
    return re.compile("|".join(f"{stem.pattern}()" for stem in stems)), stems


def _stems_of(pattern: str, tail: str) -> Iterator[tuple[str, Letters, bool]]:
    """The alternatives of *pattern*; those of a group that opens one are alternatives, too."""
    for alternative in _alternatives(pattern):
        stem = alternative.removesuffix(tail)
        group = _opening_group(stem)
        rest = stem[len(group) :]
        begins = _alternatives(group[3:-1]) if group and not rest.startswith(("?", "*")) else [group]
        yield from ((begin + rest, _first_letters(begin + rest), stem != alternative) for begin in begins)


def _first_letters(pattern: str) -> Letters:
    while behind := _LOOK_BEHIND.match(pattern):
        pattern = pattern[behind.end() :]
    if ahead := _LOOK_AHEAD.match(pattern):
        return _letters_of(ahead[1])
    if group := _opening_group(pattern):
        rest = pattern[len(group) :]
        begins = [_first_letters(inner) for inner in _alternatives(group[3:-1])]
    else:
        sign = _SIGN.match(pattern)
        begins = [_letters_of(sign[0]) if sign else None]
        rest = pattern[sign.end() :] if sign else ""
    if rest.startswith(("?", "*")):
        # What may be left out may begin with what follows it.
        begins.append(_first_letters(rest[1:]))
    known = [letters for letters in begins if letters is not None]
    return frozenset[str]().union(*known) if len(known) == len(begins) else None


def _letters_of(sign: str) -> Letters:
    """The letters that *sign*, a letter or a class, stands for."""
    if sign == r"\d":
        return frozenset("0123456789")
    if sign[0] == "[" and sign[1] != "^":
        return frozenset(
            re.sub("(.)-(.)", lambda ends: "".join(map(chr, range(ord(ends[1]), ord(ends[2]) + 1))), sign[1:-1])
        )
    return frozenset(sign) if len(sign) == 1 and sign not in "^$.(" else None


def _alternatives(pattern: str) -> list[str]:
    """What the bars at the top of *pattern* part."""
    parts = [""]
    for sign, depth in _signs(pattern):
        if sign == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _opening_group(pattern: str) -> str:
    """The group ``(?:…)`` with which *pattern* begins, or nothing."""
    group = ""
    if pattern.startswith("(?:"):
        for sign, depth in _signs(pattern):
            group += sign
            if depth == 0:
                break
    return group


def _signs(pattern: str) -> Iterator[tuple[str, int]]:
    """Each sign of *pattern* with how deep in groups it leaves off; a class is one sign."""
    depth = 0
    for sign in _SIGN.findall(pattern):
        depth += (sign == "(") - (sign == ")")
        yield sign, depth
