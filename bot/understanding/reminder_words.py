"""Cuts a spelled text into words of known kinds (``reminder_lexicon``), and marks the clauses that only give a reason."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from bot.understanding.reminder_endings import TAIL, stems
from bot.understanding.reminder_lexicon import KINDS

# A flat alternation of stems is searched many times as fast as one of groups with their tails; an empty group behind each
# stem tells which it was.
_STEMS = [(kind, *stem) for kind, pattern in KINDS for stem in stems(pattern)]
_ANY = re.compile("|".join(f"{stem}()" for _, stem, _ in _STEMS))
_KIND = ("unknown", *(kind for kind, _, _ in _STEMS))
_HAS_TAIL = (False, *(has_tail for _, _, has_tail in _STEMS))
_TAIL = re.compile(TAIL)

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
_ACTS = WANTS - {"mata", "after", "again", "later", "now", "wait", "when", "list"}
_DECLINABLE = frozenset({"notify", "suru", "set"})
_DECLINED = re.compile(r"ないで(?!す|しょ)|(?<![呼頼よの組])ん(?:で(?!す)|と(?:い|っ))|なくて|ないよう")
_CLAUSE_END = re.compile(r"(?:て|で|、|し|り|たら|ても|から|[たるり](?:ころ|頃)に)$")
_DESCRIBES = re.compile(r"[るうくすつぬぶむぐた]$")
_OPENING = re.compile(r"[ぁ-ん]{1,3}[^のをがはにでとも]")
_NOMINAL = re.compile(r"[るた]の[をは]$")
_TAKEN_BACK = re.compile(r"[、。]?いや|(?:だけ)?(?:に|から|まで)?(?:(?:じゃ|では|や|で)な[くい]|[じや]ゃ?のうて|と?(?:ちゃうくて|ちごて|違って))")
_BETWEEN = frozenset({"particle", "fill", "comma", "stop_here"})
_LOOSE = frozenset({"unknown", "thing", "part", "particle", "do", "fill"})
"""What loses its weight in a clause that only leads up to the wish; a time or a day named there still counts."""


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
    at = 0
    while found := _ANY.search(text, at):
        (start, end), which = found.span(), found.lastindex or 0
        kind = _KIND[which]
        if _HAS_TAIL[which] and (tail := _TAIL.match(text, end)):
            end = tail.end()
        if start > at:
            words.append(Word("unknown", text[at:start], at))
        if kind in _DECLINABLE and _DECLINED.search(text, start, end):
            kind = "stop"
        words.append(Word(kind, text[start:end], start))
        at = end
    if at < len(text):
        words.append(Word("unknown", text[at:], at))
    return tuple(_joined(words))


def _joined(words: list[Word]) -> list[Word]:
    """A single particle or adverb after an unknown word is part of that word: kana words hold any of them.

    So is the する of 退院する.
    """
    joined: list[Word] = []
    for word in words:
        last = joined[-1] if joined else None
        part = word.kind in ("unknown", "particle") or word.text == "する"
        if last and last.kind == "unknown" and part:
            joined[-1] = Word(last.kind, last.text + word.text, last.start)
        else:
            joined.append(word)
    return joined


def mark_asides(words: Sequence[Word]) -> tuple[Word, ...]:
    """*words*, none marked yet, with those marked that only give a reason, and those taken back (7時じゃなくて)."""
    marked = list(words)
    start = 0
    last_wanted = _last_wanted(words)
    last_slot = max((place for place, word in enumerate(words) if word.kind in SLOTS), default=-1)
    for place, word in enumerate(words):
        wanted = place < last_wanted
        if word.kind == "because":
            # けど at the very end is politeness, not a reason.
            clause = {part.kind for part in words[start:place]}
            trails = start > 0 and not clause & _ACTS and not word.text.startswith(("けど", "けれど", "が"))
            if wanted or place < last_slot or trails:
                _mark(marked, start, place + 1)
            start = place + 1
        elif word.kind in ("stop_here", "comma"):
            clause = {part.kind for part in words[start:place]}
            if word.kind == "stop_here" and wanted and "unknown" in clause and not clause & WANTS:
                _mark(marked, start, place)
            elif place and words[place - 1].kind == "unknown" and place + 1 < len(words):
                _mark(marked, start, place, only=_LOOSE)
            start = place + 1
        elif word.kind == "unknown" and wanted and _CLAUSE_END.search(word.text):
            _mark(marked, start, place + 1, only=_LOOSE)
        elif word.kind == "unknown" and _DESCRIBES.search(word.text) and _is_day(words, place + 1):
            _mark(marked, start, place + 1, only=_LOOSE)
        elif place == 0 and wanted and word.kind == "unknown" and _OPENING.fullmatch(word.text) and _is_slot(words, 1):
            # そいぎ夜の8時に: an opening of some dialect.
            _mark(marked, 0, 1)
        elif word.kind in SLOTS and is_taken_back(words, place + 1):
            _mark(marked, place, place + 1)
        elif word.kind in _ACTS and wanted and _describes(words, place):
            _mark(marked, start, place + 1)
    return tuple(marked)


def _last_wanted(words: Sequence[Word]) -> int:
    """The place of the last thing wanted; よろしくお願いします by itself only rounds off what was wanted before."""
    wanted = [place for place, word in enumerate(words) if word.kind in WANTS]
    last = len(wanted) - 1
    while last > 0 and words[wanted[last]].kind == "ask":
        if words[wanted[last] - 1].kind in ("comma", "because", "stop_here"):
            return wanted[last - 1]
        last -= 1
    return wanted[-1] if wanted else -1


def _is_slot(words: Sequence[Word], place: int) -> bool:
    return place < len(words) and words[place].kind in SLOTS


def _is_day(words: Sequence[Word], place: int) -> bool:
    return place < len(words) and words[place].kind in ("date", "days")


def _describes(words: Sequence[Word], place: int) -> bool:
    """Whether the act at *place* only describes what is sent: 止めてもらった通知, 7時に鳴ってるのを."""
    if _NOMINAL.search(words[place].text):
        return True
    named = place + 1 < len(words) and words[place + 1].kind in ("noun", "thing", "routine")
    return named and _DESCRIBES.search(words[place].text) is not None


def is_taken_back(words: Sequence[Word], place: int) -> bool:
    """Whether the word before *place* is one that is corrected: 7時じゃなくて, 明日からではなく."""
    if place >= len(words) or words[place].kind not in _BETWEEN:
        return False
    following = "".join([word.text for word in words[place : place + 3]])
    return _TAKEN_BACK.match(following) is not None


def _mark(words: list[Word], start: int, end: int, *, only: frozenset[str] = frozenset()) -> None:
    for place in range(start, end):
        kind, text, at, _ = words[place]
        if not only or kind in only:
            words[place] = Word(kind, text, at, True)
