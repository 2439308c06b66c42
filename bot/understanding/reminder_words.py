"""Cuts a spelled text into words of known kinds (``reminder_lexicon``), and marks the clauses that only give a reason."""

import re
from typing import NamedTuple

from bot.understanding.reminder_lexicon import KINDS

# A flat alternation finds the places ten times as fast as one with a group for each kind; the groups tell the kind.
_ANY = re.compile("|".join(pattern for _, pattern in KINDS))
_KIND = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in KINDS))

SLOTS = frozenset({"routine", "clock", "minutes", "span", "date", "days", "holiday", "part", "noun", "thing"})
WANTS = frozenset(
    {
        "change",
        "make",
        "shift",
        "set",
        "suru",
        "do",
        "notify",
        "again",
        "mata",
        "later",
        "after",
        "wait",
        "now",
        "stop",
        "rest",
        "resume",
        "when",
        "list",
        "ask",
    }
)
_DECLINED = re.compile(r"(?:ない|ん)で(?!す|も?え)|んと(?:い|っ)|なくて|ないよう")
_CLAUSE_END = re.compile(r"(?:て|で|、|し|り|たら|ても|から)$")


class Word(NamedTuple):
    """One word: its kind, its text, where it starts, and whether its clause only gives a reason or a setting."""

    kind: str
    text: str
    start: int
    aside: bool = False

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


def cut(text: str) -> list[Word]:
    """The words of spelled *text*, in order; clauses that only give a reason are marked as asides."""
    words: list[Word] = []
    at = 0
    for found in _ANY.finditer(text):
        known = _KIND.match(text, found.start())
        kind = known.lastgroup or "unknown" if known else "unknown"
        if found.start() > at:
            words.append(Word("unknown", text[at : found.start()], at))
        if kind in ("notify", "suru", "set") and _DECLINED.search(found[0]):
            kind = "stop"
        words.append(Word(kind, found[0], found.start()))
        at = found.end()
    if at < len(text):
        words.append(Word("unknown", text[at:], at))
    return _asides(_joined(words))


def _joined(words: list[Word]) -> list[Word]:
    """A single particle or adverb after an unknown word is part of that word: kana words hold any of them."""
    joined: list[Word] = []
    for word in words:
        last = joined[-1] if joined else None
        if last and last.kind == "unknown" and (word.kind == "unknown" or (word.kind == "particle")):
            joined[-1] = Word(last.kind, last.text + word.text, last.start)
        else:
            joined.append(word)
    return joined


def _asides(words: list[Word]) -> list[Word]:
    marked = list(words)
    start = 0
    last_wanted = max((place for place, word in enumerate(words) if word.kind in WANTS), default=-1)
    last_slot = max((place for place, word in enumerate(words) if word.kind in SLOTS), default=-1)
    for place, word in enumerate(words):
        wanted = place < last_wanted
        if word.kind == "because":
            # けど at the very end is politeness, not a reason.
            if wanted or place < last_slot or (start > 0 and not word.text.startswith(("けど", "けれど", "が"))):
                _mark(marked, start, place + 1)
            start = place + 1
        elif word.kind in ("stop_here", "comma"):
            clause = {part.kind for part in words[start:place]}
            if word.kind == "stop_here" and wanted and "unknown" in clause and not clause & WANTS:
                _mark(marked, start, place)
            elif place and words[place - 1].kind == "unknown" and place + 1 < len(words):
                _mark(marked, place - 1, place)
            start = place + 1
        elif word.kind == "unknown" and wanted and _CLAUSE_END.search(word.text):
            _mark(marked, place, place + 1)
    return marked


def _mark(words: list[Word], start: int, end: int) -> None:
    words[start:end] = [Word(word.kind, word.text, word.start, True) for word in words[start:end]]
