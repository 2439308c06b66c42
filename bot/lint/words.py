"""All the words of a book, ready to be found in one pass: in every verb form, with signs, and with a letter blotted out."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from bot.understanding.morphology import hiragana
from bot.understanding.safety_spelling import SIGNED, is_kana, pattern, spellings

_BLOTS = "〇○◯●×✕☓*"
_BETWEEN = "をがのはも"
_HAN = re.compile(r"[\u3005\u3400-\u9fff]")
_COMPOUND = re.compile(r"[\u3005\u3400-\u9fff]{4}")
"""Two words in one, 血行促進, which may be written apart: 血行を促進."""
_NUMBER = re.compile(r"(?:[0-9]+(?:[.,][0-9]+)*|[一二三四五六七八九十百数何半]+)$")
_DIGITS = 9
"""Letters of the longest number that is looked at."""
_LATIN = re.compile("[a-z]")

Span = tuple[int, int]


class Lexicon:
    """Sets of words, found together. ``…``, ``#``, ``×``, ``~`` and ``@name`` mean what they mean in the safety rules.

    A word in kana alone is found in hiragana and katakana, where a word of the text begins; any other is found as written. A set
    that is *blotted* has 治る found in 治◯, too. Made once for each book, then only read.
    """

    def __init__(self, groups: Mapping[str, tuple[str, ...]]) -> None:
        self._groups = groups
        self._count = 0
        self._sets: dict[str, list[int]] = {}
        self._signs: dict[str, list[str]] = {}
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._blotted: dict[str, list[int]] = {}
        self._lengths: dict[str, list[int]] = {}

    def add(self, words: Iterable[str], *, blotted: bool = False) -> int:
        """A new set of *words*; the number by which it is asked for."""
        number = self._count
        self._count += 1
        forms = dict.fromkeys(map(_one_spelling, spellings({**self._groups, "": tuple(words)}, "")))
        for form in forms:
            for word in _written_apart(form):
                self._sets.setdefault(word, []).append(number)
                self._enter(word)
            if blotted and _can_be_blotted(form):
                self._blotted.setdefault(form, []).append(number)
        return number

    def find(self, letters: str, begins: Callable[[], Collection[int]]) -> dict[int, list[Span]]:
        """Where in *letters* (katakana as hiragana) each set has a word; *begins* says where the words of the text begin."""
        found: dict[int, list[Span]] = {}
        for word, start, end in (*self._all(letters, begins), *self._blots(letters)):
            for number in self._sets[word]:
                found.setdefault(number, []).append((start, end))
        for spans in found.values():
            # The first, and of those that begin together the longest.
            spans.sort(key=lambda span: (span[0], -span[1]))
        return found

    def _enter(self, word: str) -> None:
        """Make *word* known by its letters before the first sign, or behind the number that it begins with."""
        head = _head(word)
        if head != word:
            known = self._signs.setdefault(head, [])
            if word not in known:
                known.append(word)
        lengths = self._lengths.setdefault(head[0], [])
        if len(head) not in lengths:
            lengths.append(len(head))

    def _all(self, letters: str, begins: Callable[[], Collection[int]]) -> Iterator[tuple[str, int, int]]:
        length = len(letters)
        for at, first in enumerate(letters):
            for size in self._lengths.get(first, ()):
                if at + size > length:
                    continue
                head = letters[at : at + size]
                if head in self._sets and _stands_alone(letters, at, at + size) and _begins(head, at, begins):
                    yield head, at, at + size
                for word in self._signs.get(head, ()):
                    span = self._signed(word, letters, at)
                    if span is not None and _begins(word, at, begins):
                        yield word, *span

    def _signed(self, word: str, letters: str, at: int) -> Span | None:
        start = at
        if word[0] == "#":
            number = _NUMBER.search(letters[max(0, at - _DIGITS) : at])
            if number is None:
                return None
            start = at - len(number[0])
        compiled = self._patterns.get(word)
        if compiled is None:
            compiled = self._patterns[word] = pattern(word.removeprefix("#"), spoken=False)
        match = compiled.match(letters, at)
        return (start, match.end()) if match is not None and _stands_alone(letters, start, match.end()) else None

    def _blots(self, letters: str) -> Iterator[tuple[str, int, int]]:
        for blot in (at for at, letter in enumerate(letters) if letter in _BLOTS):
            if blot and letters[blot + 1 : blot + 2] not in tuple(_BLOTS) and letters[blot - 1] not in _BLOTS:
                for word in self._blotted:
                    for start in range(max(0, blot - len(word) + 1), blot):
                        seen = letters[start : start + len(word)]
                        if len(seen) == len(word) and _is_blotted(word, seen):
                            yield word, start, start + len(word)


def _begins(word: str, at: int, begins: Callable[[], Collection[int]]) -> bool:
    """Whether *word*, if its sound is all that there is of it, stands where a word of the text begins."""
    return word[0] == "#" or not is_kana(word) or at in begins()


def _one_spelling(word: str) -> str:
    # The sign … is three dots to Unicode.
    parts = SIGNED.split(word)
    parts[::2] = [hiragana(unicodedata.normalize("NFKC", part).casefold()) for part in parts[::2]]
    return "".join(parts)


def _written_apart(word: str) -> list[str]:
    if _COMPOUND.fullmatch(word) is None:
        return [word]
    return [word, *(f"{word[:2]}{particle}{word[2:]}" for particle in _BETWEEN)]


def _head(word: str) -> str:
    return str(SIGNED.split(word.removeprefix("#"))[0])


def _stands_alone(letters: str, start: int, end: int) -> bool:
    """Whether the word does not begin or end within a number or a Latin word."""
    before, behind = letters[start - 1 : start], letters[end : end + 1]
    first, last = letters[start], letters[end - 1]
    if first.isdecimal() and (
        before.isdecimal() or (before in (".", ",") and letters[start - 2 : start - 1].isdecimal())
    ):
        return False
    if last.isdecimal() and behind.isdecimal():
        return False
    return not (_LATIN.match(first) and _LATIN.match(before)) and not (_LATIN.match(last) and _LATIN.match(behind))


def _can_be_blotted(word: str) -> bool:
    """Whether what is left of *word* still tells it: 治◯ is 治る; 治療, blotted, could be anything."""
    if SIGNED.search(word) or _HAN.match(word) is None:
        return False
    return len(word) > 2 or (len(word) == 2 and _HAN.match(word[1]) is None)


def _is_blotted(word: str, seen: str) -> bool:
    return seen[0] == word[0] and all(
        letter == as_seen or as_seen in _BLOTS for letter, as_seen in zip(word, seen, strict=True)
    )
