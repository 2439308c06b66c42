"""Find the words of all groups in a message, as written and as spoken, each in one pass."""

import re
from collections.abc import Iterable, Mapping
from functools import cache, partial
from operator import add, attrgetter
from typing import NamedTuple

from bot.understanding.morphology import hiragana
from bot.understanding.safety_spelling import SIGNED, as_spoken, as_typed, is_kana, pattern, spellings
from bot.understanding.safety_text import Said

_WRITTEN_NUMBER = r"(?:[0-9]+(?:[.,][0-9]+)?|[一二三四五六七八九十百数何半]+)$"
_SPOKEN_NUMBER = r"(?:[0-9]+(?:[.,][0-9]+)?|[一二三四五六七八九十百数何半]+|いち|に|さん|よん|よ|ご|ろく|なな|しち|はち|きゅう|じゅう|すう|なん)$"
_DIGITS = 6
"""Letters of the longest number that is looked at."""
_KEY = 3
_HAN_ONLY = re.compile(r"[\u3005\u3400-\u9fff]+")
_SHORT = 4
"""Kana words below this length count only where a word of the dictionary begins."""

_PLACE = attrgetter("place")
_Signed = tuple[str, bool, tuple[int, ...]]
"""A word with signs, whether a number stands before it, and the groups that have it."""


Match = tuple[bool, int, int, tuple[int, ...]]
"""Letters that spell a word: whether in what is spoken, where they begin and end, and the groups that have the word."""


class Hit(NamedTuple):
    """A word of a group in the message: letters from *start* to *end* of the spoken line, tokens *first* to *last*."""

    start: int
    end: int
    first: int
    last: int
    place: int


class Words:
    """The groups of a book, compiled.

    A word in kana alone is looked for as spoken, so it is found in kanji, kana and katakana alike. Any other word is looked for
    as written, hiragana and katakana being the same, and where its reading is too long to be another word by chance, as spoken
    too. ``…`` stands for up to eight letters, ``#`` for a number, ``×`` for a negation (治ら× is 治らない, 治りません,
    治んない), ``~`` for all forms of the verb before it, ``@name`` for the words of another group; a ``=`` in front makes a
    word be looked for exactly as written.
    """

    def __init__(self, groups: Mapping[str, tuple[str, ...]], wanted: tuple[str, ...]) -> None:
        self.names = wanted
        written: dict[str, list[int]] = {}
        spoken: dict[str, list[int]] = {}
        exact: dict[str, list[int]] = {}
        for number, name in enumerate(self.names):
            for word in dict.fromkeys(map(as_typed, spellings(groups, name))):
                if word[0] == "=":
                    exact.setdefault(word[1:], []).append(number)
                    continue
                sound = word if is_kana(word) else as_spoken(word)
                if sound is not None:
                    spoken.setdefault(hiragana(sound), []).append(number)
                if sound is not word:
                    written.setdefault(hiragana(word), []).append(number)
        self._written = _Search(written, spoken=False)
        self._spoken = _Search(spoken, spoken=True)
        self._exact = [(re.compile(re.escape(word)), tuple(numbers)) for word, numbers in exact.items()]

    def find(self, said: Said) -> list[Match]:
        """Where the letters of any word stand; most of it is no word at all, which only matters where a rule may fire."""
        found = [(False, *match) for match in self._written.matches(hiragana(said.written))]
        for exact, groups in self._exact:
            found += [(False, match.start(), match.end(), groups) for match in exact.finditer(said.written)]
        found += [(True, *match) for match in self._spoken.matches(said.spoken)]
        return found

    @staticmethod
    def hits(said: Said, matches: Iterable[Match]) -> dict[int, list[Hit]]:
        """The words of each group among *matches*, in the order of the text."""
        found: dict[int, list[Hit]] = {}
        for spoken, at, end, groups in matches:
            hit = _spoken(said, at, end) if spoken else _written(said, at, end)
            if hit is not None:
                for group in groups:
                    found.setdefault(group, []).append(hit)
        for hits in found.values():
            if len(hits) > 1:
                hits.sort(key=_PLACE)
        return found


class _Search:
    """The words of one view.

    *_lengths* says by their first three letters how long the words are that begin so; shorter words are looked up as they are. So
    a place in the text where no word begins costs next to nothing. A word with signs is found by the letters before the first
    sign, or behind the number that it begins with, and then matched; its regular expression is made when those letters first
    stand in a message, as most never do.
    """

    def __init__(self, words: Mapping[str, Iterable[int]], *, spoken: bool) -> None:
        self._words: dict[str, tuple[int, ...]] = {}
        self._signed: dict[str, list[_Signed]] = {}
        self._pattern = cache(partial(pattern, spoken=spoken))
        self._number = re.compile(_SPOKEN_NUMBER if spoken else _WRITTEN_NUMBER)
        for word, numbers in words.items():
            groups = tuple(dict.fromkeys(numbers))
            is_counted = word[0] == "#"
            head, *signs = SIGNED.split(word.removeprefix("#"))
            if signs or is_counted:
                self._signed.setdefault(head, []).append((word.removeprefix("#"), is_counted, groups))
                self._words.setdefault(head, ())
            else:
                self._words[word] = groups
        lengths: dict[str, set[int]] = {}
        for word in self._words:
            lengths.setdefault(word[:_KEY], set()).add(len(word))
        self._lengths = {start: tuple(sorted(sizes)) for start, sizes in lengths.items()}
        self._starts = tuple(frozenset(start for start in lengths if len(start) == size) for size in range(1, _KEY + 1))

    def matches(self, text: str) -> list[tuple[int, int, tuple[int, ...]]]:
        """Where in *text* which groups have a word."""
        words, length = self._words, len(text)
        places: list[tuple[int, int]] = []
        runs = list(text)
        for behind, starts in enumerate(self._starts):
            if behind:
                runs = list(map(add, runs, text[behind:]))
            here = starts.intersection(runs)
            if here:
                places += [
                    (at, at + size)
                    for at, run in enumerate(runs)
                    if run in here
                    for size in self._lengths[run]
                    if at + size <= length and text[at : at + size] in words
                ]
        found = []
        for at, end in places:
            word = text[at:end]
            if words[word]:
                found.append((at, end, words[word]))
            if word in self._signed:
                for signed, is_counted, groups in self._signed[word]:
                    number = self._number.search(text[max(0, at - _DIGITS) : at]) if is_counted else None
                    match = None if is_counted and number is None else self._pattern(signed).match(text, at)
                    if match is not None:
                        found.append((at - len(number[0]) if number else at, match.end(), groups))
        return found


def _written(said: Said, at: int, end: int) -> Hit | None:
    first, last = said.layout.written[at], said.layout.written[end - 1]
    # A word in Latin letters must stand alone: od is not in food.
    text = said.written[at:end]
    if text.isascii() and text.isalpha() and said.tokens[first].surface != text:
        return None
    return Hit(said.layout.offsets[first], said.layout.offsets[last + 1], first, last, said.layout.starts[first])


def _spoken(said: Said, at: int, end: int) -> Hit | None:
    first, last = said.layout.spoken[at], said.layout.spoken[end - 1]
    # Kanji is believed: the reading of 刺激 holds いき, yet nobody spoke of breath. So are the words around a short one: もらいたい is no pain.
    if at != said.layout.offsets[first] and (end - at < _SHORT or said.has_kanji(first)):
        return None
    # Nor does a word end inside one written in kanji alone, as ナイフ does in ない夫婦.
    if first != last and (
        end - at < _SHORT - 1
        or (end < said.layout.offsets[last + 1] and _HAN_ONLY.fullmatch(said.tokens[last].surface))
    ):
        return None
    return Hit(at, end, first, last, said.layout.starts[first])
