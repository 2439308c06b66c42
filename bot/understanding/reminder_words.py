"""Cuts a spelled text into words of known kinds (``reminder_lexicon``)."""

import re
from typing import NamedTuple

from bot.understanding.reminder_endings import TAIL
from bot.understanding.reminder_lexicon import KINDS
from bot.understanding.reminder_stems import Lexicon

_LEXICON = Lexicon(KINDS, TAIL)

SLOTS = frozenset({"routine", "clock", "minutes", "span", "date", "days", "holiday", "part", "noun", "thing"})
ACTS = frozenset({"change", "make", "shift", "set", "suru", "do", "notify", "stop", "rest", "resume", "ask"})
WANTS = ACTS | {"again", "mata", "later", "after", "wait", "now", "when", "list"}
_DECLINABLE = frozenset({"notify", "suru", "set"})
_DECLINED = re.compile(
    r"ないで(?!す|しょ)|(?<![呼頼よの組])(?<!まへ)(?<!まわ)ん(?:で(?!す)|と(?:い|っ))|なくて|ないよう"
)
_INSIDE = frozenset({"する", "ほど", "さん", "こと", "ほう"})


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


def cut(text: str) -> tuple[Word, ...]:
    """The words of spelled *text*, in order, none of them marked as an aside yet."""
    words: list[Word] = []
    at = known = 0
    while at < len(text):
        found = _LEXICON.match(text, at)
        if found is None:
            at += 1
            continue
        if at > known:
            words.append(Word("unknown", text[known:at], known))
        kind, known = found
        if kind in _DECLINABLE and _DECLINED.search(text, at, known):
            kind = "stop"
        words.append(Word(kind, text[at:known], at))
        at = known
    if at > known:
        words.append(Word("unknown", text[known:], known))
    return tuple(_joined(words))


def _joined(words: list[Word]) -> list[Word]:
    """What is short after an unknown word is part of that word: kana words hold any of them, and 退院する is one."""
    joined: list[Word] = []
    for word in words:
        last = joined[-1] if joined else None
        part = word.kind in ("unknown", "particle") or word.text in _INSIDE
        if last and last.kind == "unknown" and part:
            joined[-1] = Word(last.kind, last.text + word.text, last.start)
        else:
            joined.append(word)
    return joined
