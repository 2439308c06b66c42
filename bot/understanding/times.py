"""Clock times and lengths of time in a Japanese sentence.

The grammar, all of it over *spelled* text (``time_spelling.spell``: numerals are digits, time words are kanji)::

    clock     = [part [の は に]] (face | am/pm hour | hour am/pm | 正午)
    face      = hour 時 [半 | minute [分] | [の] minute 分前] | hour:minute
    hour      = 0 to 29; 24 and more count on after midnight (25時 = 01:00)
    part      = 朝 … 昼 … 夕方 … 夜 … 深夜 … 午前 午後 寝る前: says which half of the day an hour below 12 means
    length    = n 時間 [半 | n 分] | n 分 [間] | 半日
    span      = n 日 [間] | n 週間 | n ヶ月 | 半月 | 半年

How an hour is taken, the first that applies:

1. a part standing at the clock decides (夜8時 = 20:00, 深夜1時 = 01:00, 夜の12時 = 00:00);
2. a form that can only be of 24 hours is literal: 13 and more, 0, a leading zero (07:00, 0730), 正午;
3. else the hour is *bare*: a clock face, which the part of day of the routine that the sentence is about makes a time
   (``readings``: 7時 is 19:00 for the evening's);
4. without a routine any part elsewhere in the sentence decides (夜は9時に = 21:00);
5. else it is literal.

The minutes before (7時15分前 = 06:45) are taken off last. Weekdays and dates are in ``dates``.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.library.schema import PartOfDay

_PARTS: dict[str, tuple[str, ...]] = {
    "am": ("午前中", "午前", "am"),
    "pm": ("午後", "pm"),
    "morning": ("早朝", "明け方", "朝方", "毎朝", "今朝", "朝いち", "朝一", "朝食", "朝"),
    "noon": ("お昼休み", "昼休み", "お昼過ぎ", "昼過ぎ", "昼間", "お昼時", "お昼", "毎昼", "昼", "ランチ", "らんち"),
    "evening": ("夕方", "夕刻", "毎夕", "夕食", "夕飯", "夕"),
    "late": ("真夜中", "夜中", "深夜", "夜遅く"),
    "night": ("今夜", "今晩", "毎晩", "毎夜", "晩", "夜"),
    "bedtime": ("寝る前", "就寝前", "眠る前", "寝しな", "寝がけ", "おやすみ前", "就寝時", "就寝"),
}
_PART_OF = {word: part for part, words in _PARTS.items() for word in words}
PART = "(?:" + "|".join(sorted(_PART_OF, key=len, reverse=True)) + ")(?!勤|型|更|寝(?!る))"
"""A word for a part of the day; 夜勤, 朝型, 夜更かし and 昼寝 are none."""

_BEFORE = r"の?(?:\d{1,2}分)前(?!後|倒)"
_AFTER_HOUR = rf"(?:{_BEFORE}|半(?:{_BEFORE})?|\d{{1,2}}(?:分|(?![\d日回週月時:]))(?:{_BEFORE})?)"
_HOUR = rf"(?<![\d/.])(?<!\d:)[0-2]?\d時(?!間|代|期|短|差|々){_AFTER_HOUR}?"
CLOCK = (
    rf"(?:{PART}(?:の|は|に|、|だと|なら)?)?"
    rf"(?:{_HOUR}|(?<![\d/.])(?<!\d:)[0-2]?\d:[0-5]\d(?!\d)分?(?:[ap]m)?|(?<![a-z])[ap]m[0-2]?\d(?::[0-5]\d|(?!\d))時?"
    rf"|(?<![\d/.])(?<!\d:)[0-2]?\d[ap]m(?![a-z])|(?<![\d/.])(?<!\d:)(?:[01]\d|2[0-3])[0-5]\d(?=に|へ|で)|正午)"
)
"""A clock time, with the part of the day standing at it."""

MINUTES = r"(?:小?\d{1,2}(?:\.5)?時間(?:半(?!分)|\d{1,2}分)?|小?半時間|\d{1,3}分(?!前後)(?:間(?!隔))?|半日)"
"""A length of minutes or hours."""

SPAN = (
    r"(?:(?<!\d)\d日(?=だけ)|(?:\d[、・,かー]?|\d泊)?\d{1,2}日間|\d泊\d日|(?:\d[、・,かー]?)?\d{1,2}日(?=ほど|くらい|ぐらい"
    r"|程|ばかり|お?休|止|後(?!から|以降|より)|すとっぷ|中断|通知|お?知らせ|りまい)"
    r"|(?:\d[、・,かー]?)?\d{1,2}週(?!間?後(?:から|以降|より))間?|(?:\d[、・,かー]?)?\d{1,2}ヶ月(?!間?後(?:から|以降|より))間?|半月|半年|数日間?)"
)
"""A length of days, weeks or months."""

_PIECES = re.compile(
    rf"(?P<part>{PART})?(?:の|は|に|、|だと|なら)?(?P<half1>[ap]m)?(?:(?P<noon>正午)|(?P<hhmm>\d{{4}})"
    rf"|(?P<h>\d{{1,2}}))"
    r"(?:時|:)?(?:の?(?P<short>\d{1,2})分前|(?P<half>半)|(?P<m>\d{1,2}))?分?(?:の?(?P<before>\d{1,2})分前)?(?P<half2>[ap]m)?"
)
_LENGTH = re.compile(r"小?(?:(?P<h>\d{1,2}(?:\.5)?)時間)?(?:(?P<half>半)|(?P<m>\d{1,3})分)?")
_DAYS = re.compile(r"(\d{1,2})(日|週|ヶ月)")


_MORNING, _NOON, _EVENING, _NIGHT, _BEDTIME = PartOfDay
_FITS = {_MORNING: (3, 12), _NOON: (10, 17), _EVENING: (15, 22), _NIGHT: (17, 28), _BEDTIME: (20, 28)}
"""The hours in which a routine of that part of day is done, from and up to; 24 is midnight."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock time as said.

    *part* is the part of the day standing at it, or ``24h`` where the form says that the hour is one of 24; *before* are
    the minutes to take off.
    """

    hour: int
    minute: int = 0
    part: str | None = None
    before: int = 0

    @property
    def is_bare(self) -> bool:
        """Whether it is a clock face only: nothing at it says which half of the day is meant."""
        return self.part is None and 1 <= self.hour <= 12


def part_of(word: str) -> str | None:
    """The part of the day that *word* means: morning, noon, evening, night, late, bedtime, am or pm."""
    return _PART_OF.get(word)


def read_clock(text: str) -> Clock | None:
    """The clock time written in *text*, a match of ``CLOCK``; None when there is no such time."""
    found = _PIECES.match(text)
    if found is None:
        return None
    part = _PART_OF.get(found["part"] or found["half1"] or found["half2"] or "")
    if found["half2"] or found["half1"]:
        part = "am" if "am" in (found["half1"], found["half2"]) else "pm"
    if found["noon"]:
        return Clock(12, 0, "24h")
    if found["hhmm"]:
        return Clock(int(found["hhmm"][:2]), int(found["hhmm"][2:]), part or "24h")
    if found["h"][0] == "0":
        part = part or "24h"
    hour, minute = int(found["h"]), 30 if found["half"] else int(found["m"] or 0)
    if hour > 29 or minute > 59:
        return None
    return Clock(hour, minute, part, int(found["short"] or found["before"] or 0))


def wall_time(clock: Clock, *, routine: PartOfDay | None = None, nearby: str | None = None) -> str:
    """*clock* as ``HH:MM``, a bare hour taken as the *routine*'s part of day has it, else the part *nearby*."""
    if clock.is_bare and routine is not None:
        return readings(_on_clock(clock, None), routine)[0]
    if clock.is_bare and nearby in _FITS and settles(nearby, clock):
        return readings(_on_clock(clock, None), PartOfDay(nearby))[0]
    return _on_clock(clock, clock.part or (None if nearby in _FITS else nearby))


def settles(part: str | None, clock: Clock) -> bool:
    """Whether a *part* of the day named elsewhere says which half a bare *clock* means: 夜 does for 9時, 昼 not for 8時."""
    if part in _FITS:
        return len(readings(_on_clock(clock, None), PartOfDay(part))) == 1
    return part is not None


def readings(time: str, part: PartOfDay) -> tuple[str, ...]:
    """What a bare hour may mean for a routine of that *part* of day, the likelier first; *time* is either half's ``HH:MM``.

    One time when just one of the two halves fits the part of day (evening 8時: 20:00), both when neither does (evening
    10時: 22:00, 10:00). Only for an hour that was said bare: 18時 has one meaning.
    """
    start, end = (hour * 60 for hour in _FITS[part])
    face = (int(time[:2]) * 60 + int(time[3:])) % 720
    # After midnight still belongs to the night before.
    halves = [minute if minute >= end - 1440 else minute + 1440 for minute in (face, face + 720)]
    halves.sort(key=lambda minute: abs(minute - (start + end) / 2))
    fitting = [minute for minute in halves if start <= minute < end]
    return tuple(map(_written, fitting or halves))


def next_instant(clock: Clock, now: datetime, *, nearby: str | None = None) -> datetime:
    """The next moment after *now* (local) at which a clock face shows *clock*; a part of the day fixes the half."""
    part = clock.part or nearby
    hours = [_hour(clock.hour, part)] if part or clock.hour > 12 else [clock.hour % 12, clock.hour % 12 + 12]
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    moments = [
        midnight + timedelta(days=day, minutes=hour * 60 + clock.minute - clock.before)
        for day in (-1, 0, 1, 2)
        for hour in hours
    ]
    return min(moment for moment in moments if moment > now)


def length_in_minutes(text: str) -> int | None:
    """The minutes of *text*, a match of ``MINUTES``."""
    if text.endswith("半日"):
        return 720
    if text.endswith("半時間"):
        return 30
    found = _LENGTH.match(text)
    if found is None or not (found["h"] or found["m"]):
        return None
    return int(float(found["h"] or 0) * 60) + (30 if found["half"] else int(found["m"] or 0))


def span_in_days(text: str) -> tuple[int, int] | None:
    """The days and the months of *text*, a match of ``SPAN``; None when it names no number."""
    if text.startswith("半月"):
        return 15, 0
    if text.startswith("半年"):
        return 0, 6
    found = _DAYS.search(text)
    if found is None:
        return None
    number = int(found[1])
    return (0, number) if found[2] == "ヶ月" else (number * (7 if found[2] == "週" else 1), 0)


def _on_clock(clock: Clock, part: str | None) -> str:
    return _written(_hour(clock.hour, part) * 60 + clock.minute - clock.before)


def _written(minutes: int) -> str:
    """``HH:MM`` of the *minutes* since midnight, of whatever day."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _hour(hour: int, part: str | None) -> int:
    if hour > 12:
        return hour
    match part:
        case "am" | "late":
            # 深夜11時 is before midnight, 深夜1時 after it.
            return 0 if hour == 12 else hour + 12 if part == "late" and hour >= 9 else hour
        case "pm":
            return 12 if hour == 12 else hour + 12
        case "noon":
            return hour + 12 if hour < 9 else hour
        case "evening":
            return hour + 12 if hour < 12 else hour
        case "night" | "bedtime":
            return 24 if hour == 12 else hour if hour <= 3 else hour + 12
        case _:
            return hour


_IMPOSSIBLE = re.compile(
    r"(?<!\d)(?:\d{3,}|[3-9]\d)時"  # 99時
    r"|時(?:[6-9]\d|\d{3,})分|\d:(?:[6-9]\d|\d{3,})"  # 7時99分
    r"|-\s*\d+\s*(?:分|時間)|(?<!\d)\d{4,}(?:分|時間)|(?<!\d)0+(?:分|時間)後"  # -5分後, 99999分後
    r"|(?<![\d/])(?:1[3-9]|[2-9]\d)[/月]\d|\d[/月](?:3[2-9]|[4-9]\d|\d{3,})"  # 13/45
)


def is_impossible(text: str) -> bool:
    """Whether *text* names a time, a delay or a date that no clock or calendar has."""
    return _IMPOSSIBLE.search(text) is not None
