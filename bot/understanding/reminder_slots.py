"""The slots of a reminder command: routine, time, days, until and minutes, from the words of a sentence."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.library.schema import Routine
from bot.understanding import dates, times
from bot.understanding.reminder_wishes import PAUSE, SET, SNOOZE, Wish
from bot.understanding.reminder_words import Word

_OLD_TIME = re.compile(
    r"(?:から(?!に)|を|じゃ|ではなく|やなく|より|(?:は|を)?やめ|(?:は|も)(?:早|遅|無理|きつ"
    r"|むり|しんど)|だと|やと|の(?:やつ|通知|お?知らせ|りまい|まま|\ue000))"
)
_LEFT_OUT = re.compile(
    r"(?:の(?:通知|お?知らせ|りまいんど))?(?:は|も|を)?(?:なし|無し|いら|いり|要ら|不要|お?休み|止め|やめ)"
)
_EARLIER = re.compile(r"^(?:早|はや|前|まえ|繰り上|くりあ)")
_PARTS = ("morning", "noon", "evening", "night", "late", "bedtime")


@dataclass(frozen=True)
class Sentence:
    """A spelled text with its words and the routine it names."""

    text: str
    words: tuple[Word, ...]
    routine: Routine | None

    def after(self, word: Word) -> str:
        """What follows *word*."""
        return self.text[word.end :]

    def of(self, *kinds: str) -> list[Word]:
        """The words of *kinds* in the main clause, or else in the asides."""
        main = [word for word in self.words if word.kind in kinds and not word.aside]
        return main or [word for word in self.words if word.kind in kinds]


def fill(sentence: Sentence, wish: Wish, now: datetime) -> dict[str, Any]:
    """Every slot of *wish*'s command, None where the sentence says nothing; *now* is local."""
    slots: dict[str, Any] = {"routine": None, "time": None, "days": None, "until": None, "minutes": None}
    if sentence.routine:
        slots["routine"] = sentence.routine.id
    if wish.command == SET and not wish.resumes:
        slots["time"] = _time(sentence)
        slots["days"] = _days(sentence, without=wish.without)
        slots["minutes"] = _shift(sentence)
        if wish.without:
            slots["time"] = slots["minutes"] = None
        if wish.holidays is not None:
            slots["holidays"] = wish.holidays
        elif wish.without and any("祝" in word.text for word in sentence.of("days")):
            slots["holidays"] = False
    elif wish.command == PAUSE:
        slots["until"] = _resumption(sentence, now) if wish.resumes else _until(sentence, now)
    elif wish.command == SNOOZE:
        lengths = [times.length_in_minutes(word.text) for word in sentence.of("minutes")]
        slots["minutes"] = lengths[-1] if lengths else None
        clocks = [] if lengths else _clocks(sentence)
        if clocks:
            slots["time"] = f"{times.next_instant(clocks[-1][1], now, nearby=_nearby(sentence)):%H:%M}"
    return slots


def _clocks(sentence: Sentence) -> list[tuple[Word, times.Clock]]:
    found = [(word, times.read_clock(word.text)) for word in sentence.of("clock")]
    return [(word, clock) for word, clock in found if clock]


def _nearby(sentence: Sentence) -> str | None:
    """The part of the day named elsewhere in the sentence, by itself or in 毎朝."""
    for word in sentence.words:
        if word.kind in ("part", "days", "date"):
            part = times.part_of(word.text[:2]) if word.kind != "part" else times.part_of(word.text)
            if part:
                return part
        if word.kind == "clock" and (clock := times.read_clock(word.text)) and clock.part:
            return clock.part
    topic = re.match(rf"({times.PART})は", sentence.text)
    return times.part_of(topic[1]) if topic else None


def _time(sentence: Sentence) -> str | None:
    clocks = _clocks(sentence)
    if not clocks:
        return None
    new = [(word, clock) for word, clock in clocks if not _OLD_TIME.match(sentence.after(word))]
    routine = sentence.routine.part_of_day if sentence.routine else None
    return times.wall_time((new or clocks)[-1][1], routine=routine, nearby=_nearby(sentence))


def _days(sentence: Sentence, *, without: bool) -> list[str] | None:
    words = [
        word
        for word in sentence.of("days")
        if not re.match(r"(?:じゃなく|ではなく|やなく|から|より)", sentence.after(word))
    ]
    words += [word for word in sentence.of("clock") if dates.is_every_day(word.text)]
    named = [(word, dates.weekdays(word.text)) for word in words]
    if not named:
        return None
    some = [(word, days) for word, days in named if not dates.is_every_day(word.text)]
    if not without:
        some = [(word, days) for word, days in some if not _LEFT_OUT.match(sentence.after(word))] or some
    chosen = frozenset().union(*(days for _, days in (some or named)))
    if without:
        chosen = frozenset(dates.WEEK) - chosen
    return dates.in_order(chosen) or None


def _shift(sentence: Sentence) -> int | None:
    """The minutes by which it is to come later; negative for sooner."""
    for word in sentence.words:
        moves = word.kind == "shift" or (word.kind in ("change", "make") and "ずら" in word.text)
        lengths = [earlier for earlier in sentence.words if earlier.kind == "minutes" and earlier.end <= word.start]
        if not moves or word.aside or not lengths:
            continue
        between = sentence.text[lengths[-1].end : word.start]
        minutes = times.length_in_minutes(lengths[-1].text)
        if minutes and len(between) <= 6:
            return -minutes if _EARLIER.match(word.text) or between.startswith(("前", "早")) else minutes
    return None


def _until(sentence: Sentence, now: datetime) -> str | None:
    today = now.date()
    day = _last_day(sentence, today)
    for word, clock in _clocks(sentence):
        if sentence.after(word).startswith("まで"):
            start = (
                now if day is None else datetime.combine(day, datetime.min.time(), now.tzinfo) - timedelta(minutes=1)
            )
            return f"{times.next_instant(clock, start, nearby=_nearby(sentence)):%Y-%m-%dT%H:%M}"
    for word in sentence.of("minutes"):
        minutes = times.length_in_minutes(word.text)
        if minutes:
            return f"{now + timedelta(minutes=minutes):%Y-%m-%dT%H:%M}"
    for word in sentence.of("span"):
        length = times.span_in_days(word.text)
        if length:
            return (dates.months_later(_start(sentence, today), length[1]) + timedelta(days=length[0])).isoformat()
    if day is None:
        return None
    return (day + timedelta(days=1)).isoformat()


def _start(sentence: Sentence, today: date) -> date:
    for word in sentence.of("date"):
        if sentence.after(word).startswith("から") and (found := dates.stretch(word.text, today)):
            return found[0]
    return today


def _last_day(sentence: Sentence, today: date) -> date | None:
    """The last day of the pause: of the last date named that is not its beginning."""
    start = _start(sentence, today)
    for word in reversed(sentence.of("date", "days")):
        text = word.text
        if word.kind == "days":
            ends = re.search(r"([月火水木金土日])曜?日?$", text)
            if not ends or not (sentence.after(word).startswith("まで") or word.aside):
                continue
            text = f"{ends[1]}曜"
        if re.match(r"から|より", sentence.after(word)):
            continue
        found = dates.stretch(text, start)
        if found:
            return found[1]
    return None


def _resumption(sentence: Sentence, now: datetime) -> str | None:
    today = now.date()
    for word in sentence.of("span"):
        length = times.span_in_days(word.text)
        if length:
            return (dates.months_later(today, length[1]) + timedelta(days=length[0])).isoformat()
    for word in sentence.of("date"):
        found = dates.stretch(word.text, today)
        if found:
            first = found[0]
            return (first + timedelta(days=7) if first <= today and "曜" in word.text else first).isoformat()
    return None
