"""A text as the rules read it: one spelling, with the way back from each letter to where it was typed."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import regex

from bot.lint.words import Lexicon, Span
from bot.understanding.morphology import Token, analyse, hiragana

_GRAPHEME = regex.compile(r"\X")
_INVISIBLE = regex.compile(r"[\p{Cf}\p{Cc}\p{Cs}\p{Co}\p{Mn}\p{Me}--[\n\t]]", regex.VERSION1)
_DASHES = str.maketrans("‐‑‒–—―−➖～〜", "--------~~")
_JAPANESE = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u30fc\u3005\u3400-\u9fff]")
_LATIN = re.compile("[a-z]")
_SPACE = re.compile(r"[^\S\n]+")
_FILLER = re.compile(r"[・·.*_\-~♡♥☆★♪◆◇■□|/^'\"`]+")
"""What is put between letters to hide a word, or to dress it up."""
_KATAKANA = re.compile(r"[\u30a1-\u30fa\u30fc]{2,}")


@dataclass(frozen=True)
class Text:
    """*typed* is as staff wrote it; *letters* are folded (width, case, katakana as typed); each came from *starts* to *ends*."""

    typed: str
    letters: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    lexicon: Lexicon

    @classmethod
    def of(cls, typed: str, lexicon: Lexicon) -> "Text":
        """Any text at all, to be searched for the words of *lexicon*."""
        letters: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for found in _GRAPHEME.finditer(typed):
            for letter in _folded(found[0]):
                letters.append(letter)
                starts.append(found.start())
                ends.append(found.end())
        kept = _kept("".join(letters))
        places = tuple(starts[at] for at in kept), tuple(ends[at] for at in kept)
        return cls(typed, "".join(letters[at] for at in kept), *places, lexicon)

    def typed_span(self, start: int, end: int) -> tuple[int, int]:
        """Where the letters *start* to *end* were typed; they must be some."""
        return self.starts[start], self.ends[end - 1]

    @cached_property
    def lines(self) -> tuple["Line", ...]:
        """The lines that say anything."""
        found, at = [], 0
        for line in self.letters.split("\n"):
            if line.strip():
                found.append(Line(at, line, self.lexicon))
            at += len(line) + 1
        return tuple(found)


@dataclass(frozen=True)
class Line:
    """One line of a text, beginning at its letter *at*."""

    at: int
    letters: str
    lexicon: Lexicon

    @cached_property
    def sets(self) -> dict[int, list[Span]]:
        """Where each set of the lexicon that has a word here has it."""
        # With katakana as hiragana, so that ナオル and なおる are one.
        return self.lexicon.find(hiragana(self.letters), lambda: self.begins)

    def find(self, words: int, start: int = 0, end: int | None = None) -> Iterator[Span]:
        """Where the set *words* of the lexicon has a word, all of it between the letters *start* and *end*."""
        stop = len(self.letters) if end is None else end
        return (span for span in self.sets.get(words, ()) if start <= span[0] and span[1] <= stop)

    def has(self, words: int, start: int = 0, end: int | None = None) -> bool:
        """Whether it has one there."""
        return next(self.find(words, start, end), None) is not None

    @cached_property
    def tokens(self) -> tuple[tuple[int, Token], ...]:
        """The words, each with where it begins; katakana that is no word of the dictionary is read as hiragana."""
        return tuple(_placed(self.letters))

    @cached_property
    def begins(self) -> frozenset[int]:
        """Where words begin."""
        return frozenset(at for at, _ in self.tokens)

    def token_at(self, letter: int) -> int:
        """The number of the word that *letter* belongs to; the last one for a letter behind all."""
        number = 0
        for place, (at, _) in enumerate(self.tokens):
            if at > letter:
                break
            number = place
        return number

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Where each sentence begins and ends; a question mark before と or a closing bracket ends none."""
        found, at = [], 0
        for mark in re.finditer(r"[。!?]+(?![\s]*[とっ」』)])", self.letters):
            found.append((at, mark.end()))
            at = mark.end()
        if at < len(self.letters):
            found.append((at, len(self.letters)))
        return tuple(found)


@lru_cache(maxsize=8_000)
def _folded(grapheme: str) -> str:
    if grapheme == "\r\n":
        return "\n"
    folded = unicodedata.normalize("NFKC", grapheme).casefold().translate(_DASHES)
    return _INVISIBLE.sub("", folded)


def _kept(letters: str) -> list[int]:
    """The places of all letters but spaces that part no Latin words or numbers, and fillers between two Japanese letters."""
    places = list(range(len(letters)))
    for what, is_idle in ((_SPACE, _parts_nothing), (_FILLER, _is_filling)):
        left = "".join(letters[at] for at in places)
        gone: set[int] = set()
        for found in what.finditer(left):
            if is_idle(left[found.start() - 1 : found.start()], left[found.end() : found.end() + 1]):
                gone.update(range(found.start(), found.end()))
        places = [at for number, at in enumerate(places) if number not in gone]
    return places


def _parts_nothing(before: str, behind: str) -> bool:
    return not behind.isdecimal() and not (_LATIN.match(before) and _LATIN.match(behind))


def _is_filling(before: str, behind: str) -> bool:
    return _JAPANESE.match(before) is not None and _JAPANESE.match(behind) is not None


def _placed(letters: str, *, at: int = 0, again: bool = True) -> Iterator[tuple[int, Token]]:
    cursor = 0
    for token in analyse(letters):
        place = letters.find(token.surface, cursor)
        if place < 0:
            continue
        cursor = place + len(token.surface)
        if again and not token.known and _KATAKANA.fullmatch(token.surface):
            yield from _placed(hiragana(token.surface), at=at + place, again=False)
        else:
            yield at + place, token
