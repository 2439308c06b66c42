"""Marks what only leads up to a wish: reasons, descriptions, and what is taken back."""

import re
from collections.abc import Sequence

from bot.understanding.reminder_words import ACTS, SLOTS, WANTS, Word

_CLAUSE_END = re.compile(r"(?:て|で|、|し|り|たら|ても|から|[たるり](?:ころ|頃)に|た(?:わ|よ|ね|ねん))$")
_DESCRIBES = re.compile(r"[るうくすつぬぶむぐた]$")
_OPENING = re.compile(r"[ぁ-ん]{1,3}[^のをがはにでとも]")
_NOMINAL = re.compile(r"[るた]の[をは]$")
_TAKEN_BACK = re.compile(
    r"[、。]?いや|(?:だけ)?(?:に|から|まで)?(?:(?:じゃ|では|や|で)な[くい]|[じや]ゃ?のうて|と?(?:ちゃうくて|ちごて|違って))"
)
_BOUNDARIES = frozenset({"because", "stop_here", "comma"})
_BETWEEN = frozenset({"particle", "fill", "comma", "stop_here"})
_LOOSE = frozenset({"unknown", "thing", "part", "particle", "do", "fill"})
"""What loses its weight in a clause that only leads up to the wish; a time or a day named there still counts."""


def mark_asides(words: Sequence[Word]) -> tuple[Word, ...]:
    """*words*, none marked yet, with those marked that only give a reason, and those taken back (7時じゃなくて)."""
    marked = list(words)
    start = 0
    last_wanted = _last_wanted(words)
    last_slot = max((place for place, word in enumerate(words) if word.kind in SLOTS), default=-1)
    for place, word in enumerate(words):
        wanted = place < last_wanted
        kinds = {part.kind for part in words[start:place]} if word.kind in _BOUNDARIES else set()
        if word.kind == "because":
            # けど at the very end is politeness, not a reason; a wish with nothing wanted after it stands.
            trails = start > 0 and not kinds & ACTS and not word.text.startswith(("けど", "けれど", "が"))
            if (wanted or not kinds & ACTS) and (wanted or place < last_slot or trails):
                _mark(marked, start, place + 1)
        elif word.kind == "stop_here" and wanted and "unknown" in kinds and not kinds & WANTS:
            _mark(marked, start, place)
        elif word.kind in _BOUNDARIES:
            said = {part.kind for part in words[start:place]}
            tells = word.kind == "comma" and wanted and "unknown" in said and said <= _LOOSE
            if place and (words[place - 1].kind == "unknown" or tells) and place + 1 < len(words):
                _mark(marked, start, place, only=_LOOSE)
        elif word.kind == "unknown" and _leads_up(words, place, wanted=wanted):
            _mark(marked, start, place + 1, only=_LOOSE)
        elif word.kind in SLOTS and is_taken_back(words, place + 1):
            _mark(marked, place, place + 1)
        elif word.kind in ACTS and wanted and _describes(words, place):
            _mark(marked, start, place + 1)
        if word.kind in _BOUNDARIES:
            start = place + 1
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


def _leads_up(words: Sequence[Word], place: int, *, wanted: bool) -> bool:
    """Whether the unknown word at *place* ends a clause (仕事が忙しくて), describes a day (出張から帰る木曜), or opens a
    sentence in some dialect (そいぎ夜の8時に)."""
    text = words[place].text
    following = words[place + 1].kind if place + 1 < len(words) else ""
    if wanted and _CLAUSE_END.search(text) or following in ("date", "days") and _DESCRIBES.search(text):
        return True
    return place == 0 and wanted and following in SLOTS and _OPENING.fullmatch(text) is not None


def _describes(words: Sequence[Word], place: int) -> bool:
    """Whether the act at *place* only describes what is sent: 止めてもらった通知, 7時に鳴ってるのを."""
    if _NOMINAL.search(words[place].text):
        return words[place].kind != "resume"
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
