"""Takes a message apart into the parts that may each say something about a reminder, and puts their slots together.

A part ends with a sentence (。) or with a request (止めてください、). The last part that gives a command decides; parts that
give the same command, or only name a time or a day, add to it: 筋トレの時間を変えて。18時半から19時半へ.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.understanding import reminder_slots
from bot.understanding.reminder_asides import mark_asides
from bot.understanding.reminder_clause import finishes
from bot.understanding.reminder_commands import PAUSE, SET, STOP, Wish
from bot.understanding.reminder_signs import Days, left_out
from bot.understanding.reminder_slots import Sentence
from bot.understanding.reminder_wishes import command_of
from bot.understanding.reminder_words import SLOTS, Word

_PLAIN = SLOTS | {"others", "particle", "fill", "comma", "after", "question"}
_HABIT = frozenset({"clock", "days"})
_WHEN = frozenset({"date", "span", "while"})
_TILL = re.compile(r"まで|間|いっぱい|中")


@dataclass(frozen=True)
class _Part:
    """A part of a message, the kinds of its words, and the wish that it gives by itself."""

    sentence: Sentence
    kinds: frozenset[str]
    wish: Wish | None

    @property
    def leaves_days_out(self) -> bool:
        """Whether it wants none on some weekdays: 日曜は休みます."""
        return bool(left_out(self.sentence.words)) and not self.kinds & _WHEN

    @property
    def tells_till_when(self) -> bool:
        """木曜から日曜まで旅行です."""
        named = bool(self.kinds & (_WHEN | {"days"}))
        return self.wish is None and named and _TILL.search(self.sentence.said) is not None

    @property
    def adds(self) -> bool:
        """Whether it only names a time or a day: 18時半から19時半へ; 毎日ありがとう gives thanks."""
        return self.wish is None and self.kinds <= _PLAIN | {"ask"} and "ありがと" not in self.sentence.said

    @property
    def is_elsewhere(self) -> bool:
        """Whether it speaks of other business, or asks what is not understood."""
        return self.wish is None and (bool(self.kinds & {"shop", "block"}) or self.kinds >= {"question", "unknown"})


Said = tuple[Wish, Sentence]
"""A part of a message with the wish for which it says something."""


def read_parts(sentence: Sentence, *, strict: bool = False) -> tuple[Wish, list[Said]] | None:
    """The wish that decides, and the parts of *sentence* that say something for it; None when none gives a command.

    *sentence* has no asides marked yet; those parts have.
    """
    apart = list(_apart(sentence.words))
    if len(apart) > 1 and not strict:
        about = frozenset(word.kind for word in sentence.words) & {"noun", "routine"}
        parts = [_part(sentence, words, about) for words in apart]
        if not about and any(part.is_elsewhere for part in parts):
            # A time without a word of reminders is that booking's.
            return None
        decides = _deciding(parts)
        if decides is not None:
            return decides, _saying(parts, decides)
        if any("unknown" in part.kinds for part in parts):
            return None
    whole = Sentence(sentence.text, mark_asides(sentence.words), sentence.routine)
    wish = command_of(whole.words, strict=strict)
    return (wish, [(wish, whole)]) if wish else None


def slots_of(said: Sequence[Said], now: datetime) -> dict[str, Any]:
    """The slots of all that was *said* put together, later ones before earlier ones; *now* is local."""
    slots: dict[str, Any] = {}
    days = Days()
    for wish, part in said:
        more = reminder_slots.fill(part, wish, now, days)
        if more["time"] is not None:
            slots.pop("bare", None)
        slots |= {key: value for key, value in more.items() if value is not None or key not in slots}
    return slots


def _apart(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    start = 0
    for place, word in enumerate(words):
        asked = word.text == "?"
        if word.kind == "stop_here" or asked or word.kind == "comma" and _ends(words[start:place], words[place + 1 :]):
            if place + asked > start:
                yield words[start : place + asked]
            start = place + 1
    if start < len(words):
        yield words[start:]


def _ends(words: Sequence[Word], rest: Sequence[Word]) -> bool:
    """Whether *words* are a request of their own, to which *rest* adds more than a time or a day."""
    return finishes(words) and any(word.kind not in _PLAIN for word in rest)


def _part(sentence: Sentence, words: Sequence[Word], about: frozenset[str]) -> _Part:
    marked = mark_asides(words)
    return _Part(
        Sentence(sentence.text, marked, sentence.routine),
        frozenset(word.kind for word in words),
        command_of(marked, about=about),
    )


def _deciding(parts: Sequence[_Part]) -> Wish | None:
    """The last wish; a rest and a day to begin again are one, a rest and a stop are a rest."""
    wishes = [part.wish for part in parts if part.wish]
    if not wishes:
        return None
    sets = [part.wish for part in parts if part.wish and part.wish.command == SET and part.kinds & _HABIT]
    if sets and all(part.leaves_days_out for part in parts if part.wish and part.wish.command != SET):
        # 毎朝6時半にストレッチ。日曜は休みます.
        return sets[-1]
    if any(part.adds and part.kinds >= {"others", "clock"} for part in parts):
        # 金曜は飲み会なのでお休みで。それ以外は20時に.
        return replace(wishes[-1], command=SET)
    rests = [wish for wish in wishes if wish.command == PAUSE]
    if rests and any(wish.resumes or wish.command == STOP for wish in wishes):
        return rests[-1]
    if wishes[-1].command == STOP and any(part.tells_till_when for part in parts):
        return replace(wishes[-1], command=PAUSE)
    return wishes[-1]


def _saying(parts: Sequence[_Part], decides: Wish) -> list[Said]:
    said: list[Said] = []
    pauses = decides.command == PAUSE
    timeless = pauses and not any(part.wish and part.kinds & _WHEN for part in parts)
    for part in parts:
        if part.wish is None:
            # 25日から28日まで出張です。通知お休みで: the story says when.
            if part.adds or timeless and (part.kinds & _WHEN or part.tells_till_when):
                said.append((Wish(decides.command), part.sentence))
        elif part.wish.command == decides.command or pauses and part.wish.command == STOP or part.leaves_days_out:
            said.append((replace(part.wish, command=decides.command), part.sentence))
    return said
