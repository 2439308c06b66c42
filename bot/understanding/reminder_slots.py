"""The slots of a reminder command: routine, time, days, until and minutes, from the words of a sentence."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.library.schema import Routine
from bot.understanding import dates, holidays, times
from bot.understanding.reminder_commands import PAUSE, SET, SNOOZE, Wish
from bot.understanding.reminder_signs import Days, is_left_out
from bot.understanding.reminder_words import Word

_OLD_TIME = re.compile(
    r"(?:から(?!に)|を|じゃ|ではなく|やなく|より|(?:は|も)(?:早|遅|無理|きつ"
    r"|むり|しんど)|だと|やと|の(?:やつ|通知|お?知らせ|りまい|\ue000))"
)
_OLD_DAYS = re.compile(r"から|より|(?:の\ue000)?を")
_AS_IT_IS = re.compile(r"(?:[はもの][^、。]{0,6})?まま")
_EARLIER = re.compile(r"^(?:早|はや|前|まえ|繰り上|くりあ)")
_UNTIL_THEN = re.compile(r"(?:(?!まで).)*それまで(?:(?!まで).)*")
_START_ONLY = re.compile(r"から|より|ー|以降|に(?:入っ|なっ)たら")
_STARTS = re.compile(
    rf"の?(?:{times.PART})?(?:から(?!でなく|やなく|ではなく|じゃなく)|より|以降|に(?:入っ|なっ)たら|すたと)"
)
_END_ONLY = re.compile(rf"(?:の?{times.PART}|いっぱい)?まで|いっぱい")


@dataclass(frozen=True)
class Sentence:
    """A spelled text with its words and the routine it names."""

    text: str
    words: tuple[Word, ...]
    routine: Routine | None

    @property
    def said(self) -> str:
        """Its words."""
        return "".join([word.text for word in self.words])

    def after(self, word: Word) -> str:
        """What follows *word*."""
        return self.text[word.end :]

    def leaves_out(self, word: Word) -> bool:
        """Whether *word*, a day or a time, is one that is not wanted."""
        return is_left_out(self.words, self.words.index(word))

    def of(self, *kinds: str, changed: bool = False) -> list[Word]:
        """The words of *kinds* in the main clause, or else in the asides; *changed*: without 平日 in 平日は7時のままで."""
        named = [word for word in self.words if word.kind in kinds]
        if changed:
            named = [word for word in named if not _AS_IT_IS.match(self.after(word))]
        return [word for word in named if not word.aside] or named


def fill(sentence: Sentence, wish: Wish, now: datetime, days: Days | None = None) -> dict[str, Any]:
    """Every slot of *wish*'s command, None where the sentence says nothing; *now* is local.

    *days* holds what was said of them before, and what is said of them here afterwards.
    Beside them, only when they are so: ``holidays`` (whether it rings on them), ``bare``, ``from``, ``starts``, ``only``
    and ``dateless``.
    """
    slots: dict[str, Any] = {"routine": None, "time": None, "days": None, "until": None, "minutes": None}
    if sentence.routine:
        slots["routine"] = sentence.routine.id
    if wish.command == SET and not wish.resumes:
        days = days or Days()
        days.add(_days(sentence))
        slots["days"] = days.named()
        slots["minutes"] = _shift(sentence)
        if slots["minutes"] is None:
            slots |= _time(sentence)
        slots |= _holidays(sentence) | _validity(sentence, now.date())
    elif wish.command == PAUSE:
        slots |= {"until": _resumption(sentence, now)} if wish.resumes else _rest(sentence, now)
    elif wish.command == SNOOZE:
        lengths = [times.length_in_minutes(word.text) for word in sentence.of("minutes")]
        slots["minutes"] = lengths[-1] if lengths else None
        clocks = [] if lengths else _clocks(sentence)
        if clocks:
            slots["time"] = f"{times.next_instant(clocks[-1][1], now, nearby=_nearby(sentence)):%H:%M}"
    return slots


def _clocks(sentence: Sentence, *, changed: bool = False) -> list[tuple[Word, times.Clock]]:
    found = [(word, times.read_clock(word.text)) for word in sentence.of("clock", changed=changed)]
    return [(word, clock) for word, clock in found if clock]


def _nearby(sentence: Sentence) -> str | None:
    """The part of the day named elsewhere in the sentence, by itself or in 毎朝, rather not in a reason."""
    for word in sorted(sentence.words, key=lambda word: word.aside):
        if word.kind in ("part", "days", "date"):
            part = times.part_of(word.text[:2]) if word.kind != "part" else times.part_of(word.text)
            if part:
                return part
        if word.kind == "clock" and (clock := times.read_clock(word.text)) and clock.part not in (None, "24h"):
            return clock.part
    topic = re.match(rf"({times.PART})は", sentence.text)
    return times.part_of(topic[1]) if topic else None


def _time(sentence: Sentence) -> dict[str, Any]:
    """The new clock time, and whether it was said ``bare``: nothing in the sentence says which half of the day."""
    clocks = [found for found in _clocks(sentence, changed=True) if not sentence.leaves_out(found[0])]
    if not clocks:
        return {}
    new = [clock for word, clock in clocks if not _OLD_TIME.match(sentence.after(word))]
    clock = (new or [clock for _, clock in clocks])[-1]
    routine = sentence.routine.part_of_day if sentence.routine else None
    nearby = _nearby(sentence)
    said = {"time": times.wall_time(clock, routine=routine, nearby=nearby)}
    return said | {"bare": True} if clock.is_bare and not times.settles(nearby, clock) else said


def _days(sentence: Sentence) -> list[tuple[Word, bool, str]]:
    words = sentence.of("days", changed=True)
    words = [word for word in words if not _OLD_DAYS.match(sentence.after(word))] or words
    words += [word for word in sentence.of("clock") if dates.is_every_day(word.text)]
    return [(word, word.kind == "days" and sentence.leaves_out(word), sentence.after(word)) for word in words]


def _holidays(sentence: Sentence) -> dict[str, bool]:
    """Whether it rings on holidays, where that is said: 祝日もお願い, 土日祝はなし."""
    named = [word for word in sentence.of("days", "holiday") if "祝" in word.text]
    if any(sentence.leaves_out(word) or dates.is_others(word.text) for word in named):
        return {"holidays": False}
    return {"holidays": True} if any(word.kind == "holiday" for word in named) else {}


def _validity(sentence: Sentence, today: date) -> dict[str, Any]:
    """The day from which a setting shall hold, as ``starts`` (来週から); or that it shall for some days alone, as ``only``."""
    named = [(word, found) for word in sentence.of("date") if (found := dates.stretch(word.text, today))]
    begins = [found[0] for word, found in named if _STARTS.match(sentence.after(word))]
    limits = [word for word, _ in named if not word.aside and not _STARTS.match(sentence.after(word))]
    if limits:
        return {"only": True}
    return {"starts": begins[-1].isoformat()} if begins and begins[-1] > today else {}


def _shift(sentence: Sentence) -> int | None:
    """The minutes by which it is to come later; negative for sooner."""
    lengths = sentence.of("minutes")
    for word in sentence.words:
        moves = word.kind == "shift" or (word.kind in ("change", "make") and "ずら" in word.text)
        # 30分早く; else 早めに、15分くらい.
        near = [length for length in lengths if length.end <= word.start and word.start - length.end <= 6]
        near = near[-1:] or [length for length in lengths if length.start >= word.end]
        if not moves or word.aside or not near:
            continue
        minutes = times.length_in_minutes(near[0].text)
        if minutes:
            between = sentence.text[near[0].end : word.start]
            return -minutes if _EARLIER.match(word.text) or between.startswith(("前", "早")) else minutes
    return None


def _rest(sentence: Sentence, now: datetime) -> dict[str, Any]:
    """When a pause ends, and ``from`` which day it lasts when it does not begin now."""
    today = now.date()
    first, last = _stretch(sentence, today)
    if moment := _end_in_time(sentence, now, last):
        return {"until": f"{moment:%Y-%m-%dT%H:%M}"}
    length = next(filter(None, (times.span_in_days(word.text) for word in sentence.of("span"))), None)
    if length:
        end: date | None = dates.months_later(first or today, length[1]) + timedelta(days=length[0])
    else:
        # 水曜に退院なのでそれまで: on that day they come again.
        end = last and last + timedelta(days=0 if _UNTIL_THEN.fullmatch(sentence.said) else 1)
    rest: dict[str, Any] = {"until": end and end.isoformat()}
    if end is None and first is None and any(_is_dateless(word) for word in sentence.words):
        return rest | {"dateless": True}
    return rest | {"from": first.isoformat()} if first and first > today else rest


def _is_dateless(word: Word) -> bool:
    """Whether *word* names days off that fall differently for everybody: 夏休み."""
    return word.kind == "date" and not word.aside and holidays.is_some(word.text)


def _end_in_time(sentence: Sentence, now: datetime, day: date | None) -> datetime | None:
    """The moment at which a pause of hours ends: 15時まで, 3時間だけ."""
    for word, clock in _clocks(sentence):
        if sentence.after(word).startswith("まで"):
            start = datetime.combine(day, time.min, now.tzinfo) - timedelta(minutes=1) if day else now
            return times.next_instant(clock, start, nearby=_nearby(sentence))
    lengths = [times.length_in_minutes(word.text) for word in sentence.of("minutes")]
    return next((now + timedelta(minutes=length) for length in lengths if length), None)


def _stretch(sentence: Sentence, today: date) -> tuple[date | None, date | None]:
    """The first and the last day of a pause, as far as named; a day with まで or いっぱい is the last only."""
    first: date | None = None
    last: date | None = None
    for word in sentence.of("date") or ([] if sentence.of("while", "span") else sentence.of("days")):
        following = sentence.after(word)
        found = dates.stretch(word.text, today) if word.kind == "date" else dates.next_days(word.text, today)
        if found is None:
            continue
        if _START_ONLY.match(following):
            # 12/30から1/3まで: the end is looked for after the beginning.
            first = today = found[0]
            continue
        if first is None and (word.kind == "days" or not _END_ONLY.match(following)):
            first = found[0]
        last = found[1]
    return first, last


def _resumption(sentence: Sentence, now: datetime) -> str | None:
    today = now.date()
    for word in sentence.of("span"):
        length = times.span_in_days(word.text)
        if length:
            return (dates.months_later(today, length[1]) + timedelta(days=length[0])).isoformat()
    for word in reversed(sentence.of("date")):
        found = dates.stretch(word.text, today)
        if found:
            first = found[0]
            return (first + timedelta(days=7) if first <= today and "曜" in word.text else first).isoformat()
    return None
