"""Weekdays and calendar dates in a Japanese sentence.

The grammar, over *spelled* text like that of ``times``::

    days      = 毎日 毎朝 毎晩 … | 平日 | 週末 | 土日 | weekday {[・ と] weekday} | weekday (〜 から) weekday [まで]
                each with an optional 以外 (all the others)
    date      = 今日 明日 明後日 | [今 来 再来]週 | [今 来]月 | 年内 年末 … | 三連休 お盆 次の祝日 … (``holidays``)
                | [来週の 次の] weekday {[・ と] weekday} | month/day | month 月 day 日 | [来月の 年末の] day 日

A week starts on Monday. A date without a year is the next such day, today included.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from bot.understanding import holidays

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KANJI = "月火水木金土日"
_SHORT = r"(?:(?<=:\d\d)|(?<![\d今毎平祝休当先来本各翌何同半前後終一-三数定生]))"
_DAY = rf"[{_KANJI}]曜日?"
_ANY = rf"[{_KANJI}](?:曜(?:日(?!曜))?)?"
_NOT_AFTER = r"(?![本中間課分付々休常記程頃曜]|以(?!外))"
RANGE = rf"(?:{_SHORT}{_ANY}(?:ー|-|から(?![{_KANJI}]{{2}})){_ANY}{_NOT_AFTER}(?:の間)?)"
"""From one weekday to another."""

_DAYS = (
    r"毎日|毎朝|毎晩|毎夜|毎夕|毎昼|連日|日々|平日|週末|土日(?:祝日?)?|休日"
    rf"|{RANGE}|{_SHORT}{_ANY}(?:[・、,と/&や]?{_ANY})+{_NOT_AFTER}|{_DAY}|{_SHORT}[{_KANJI}](?=だけ|のみ)"
)
DAYS = (
    rf"(?:毎週(?:の)?)?(?:{_DAYS})(?:とか)?(?:以外|いがい|[をは]?(?:除|のぞ)(?:く|いて|き)"
    r"|[をは]?抜(?:き|いて)|じゃない日)?"
)
"""Recurring days."""

_WEEKDAY_DATE = (
    rf"(?:(?:今週|来週|再来週|次|つぎ|今度|こんど)の?|この)(?:{_DAY}(?:[と・、や]{_DAY})*|[{_KANJI}]{{2,}}{_NOT_AFTER})"
)
_NUMBERED = (
    r"(?<![\d:])(?:\d{1,2}[月/]の?)?\d{1,2}日?の祝日|(?<![\d:])\d{1,2}(?:日|週間?|ヶ月)後(?=から|以降|より)"
    r"|(?:今月|来月|再来月|年末|年始|正月)の?\d{1,2}日|(?<![\d:月])[12]\d日(?=だけ|は)|(?<![\d:])\d{1,2}月の?\d{1,2}日|(?<![\d/])(?<!\d:)\d{1,2}/\d{1,2}(?![\d/])"
    r"|(?<![\d:月])\d{1,2}日(?=(?:\([月火水木金土日]\))?(?:まで|から|に(?![0-9一何])|より|ー|以降))|(?<![\d:/])\d{1,2}月末?(?=いっぱい|中|まで|から|に再|に入|にな)"
)
_BARE_WEEKDAY = (
    rf"{_DAY}(?=(?:の?(?:朝|昼|夕方|夜))?(?:まで|から(?!{_ANY}(?![{_KANJI}])))|以降|いっぱい|に?再開|になったら)|[{_KANJI}](?=まで)"
    r"|週末(?=まで|いっぱい|から(?!平日)|以降)|来年(?=から|まで|以降|になったら)"
)
DATE = (
    rf"(?:{holidays.HOLIDAYS}|{_NUMBERED}|(?:今日|明日|明後日|{_DAY})の祝日|今日|今夜|今晩|明日|明後日|明々後日|今週末|来週末|(?:この|(?:今度|こんど|次|つぎ)の?)週末|{_WEEKDAY_DATE}|今週|再来週|来週"
    r"|再来月|今月末?|来月末?|月末"
    r"|年内|今年|年末年始|年末|年始|年明け|週明け|お?正月(?:明け)?|大晦日|元日|元旦|くりすます(?:いぶ)?|三が日"
    rf"|{_BARE_WEEKDAY})(?:\([{_KANJI}]\))?"
)
"""A day, week or month of the calendar."""

_MONTH_DAY = re.compile(r"(\d{1,2})(?:月の?|/)(\d{1,2})")
_MONTH_ONLY = re.compile(r"(\d{1,2})月末?")
_AHEAD = re.compile(r"(\d{1,2})(日|週|ヶ月)間?後")
_LENGTHS = {"日": 1, "週": 7}
_DAY_OF_MONTH = re.compile(r"(\d{1,2})日")
_MONTHS_AHEAD = {"今月": 0, "来月": 1, "再来月": 2}
_MONTHS = {"年末": 12, "年始": 1, "正月": 1}
_ENDS_WITH_DAY = re.compile(rf"([{_KANJI}])(?:曜日?)?(?:\([{_KANJI}]\))?$")
_FIRST_DAY = re.compile(rf"([{_KANJI}])(?=曜|[{_KANJI}])")
_OTHERS = re.compile(r"(?:以外|いがい|除|のぞ|抜|じゃない日)")
_RANGE = re.compile(RANGE)
_THIS_WEEKEND = re.compile(r"^(?:この|(?:今度|こんど|次|つぎ)の?)週末$")
_HOLIDAYS = re.compile(holidays.HOLIDAYS)

_EVERY_DAY = ("毎日", "毎朝", "毎晩", "毎夜", "毎夕", "毎昼", "連日", "日々")


def is_others(text: str) -> bool:
    """Whether *text*, a match of ``DAYS``, means all days but those it names: 土日以外."""
    return _OTHERS.search(text) is not None


def is_every_day(text: str) -> bool:
    """Whether *text*, a match of ``DAYS``, names all days."""
    return text.startswith(_EVERY_DAY) and not is_others(text)


def weekdays(text: str) -> frozenset[str]:
    """The days of *text*, a match of ``DAYS``."""
    body = _OTHERS.split(text.removeprefix("毎週"))[0]
    days: set[str] = set()
    found = _RANGE.search(body)
    if body.startswith(_EVERY_DAY):
        days = set(WEEK)
    elif "平日" in body:
        days = set(WEEK[:5])
    elif "週末" in body or "休日" in body:
        days = set(WEEK[5:])
    elif found:
        first, last = (
            _KANJI.index(day)
            for day in re.findall(rf"[{_KANJI}](?=曜|ー|-|から|$|の間)", found[0].replace("曜日", "曜"))[:2]
        )
        days = {WEEK[(first + step) % 7] for step in range((last - first) % 7 + 1)}
    else:
        days = {WEEK[_KANJI.index(day)] for day in re.sub("曜日(?!曜)", "曜", body) if day in _KANJI}
    return frozenset(set(WEEK) - days if is_others(text) else days)


def in_order(days: frozenset[str]) -> list[str]:
    """*days* from Monday to Sunday."""
    return [day for day in WEEK if day in days]


def next_days(text: str, today: date) -> tuple[date, date] | None:
    """The first and the last of the next days in a row that *text*, a match of ``DAYS``, names; None for every day.

    Today counts, unless it lies inside a range: said on a Tuesday, 月曜から水曜 begins next Monday.
    """
    named = weekdays(text)
    if not 0 < len(named) < 7:
        return None
    ahead = [today + timedelta(days=days) for days in range(-1, 14)]
    is_named = [WEEK[day.weekday()] in named for day in ahead]
    inside = 0 if _RANGE.search(text) is None else 1
    first = next(at for at in range(1, 15) if is_named[at] and not (inside and is_named[at - 1]))
    last = next(at for at in range(first, 15) if at == 14 or not is_named[at + 1])
    return ahead[first], ahead[last]


def stretch(text: str, today: date) -> tuple[date, date] | None:
    """The first and the last day of *text*, a match of ``DATE``; None for a day that no calendar has."""
    text = re.sub(rf"\([{_KANJI}]\)$", "", text)
    if _HOLIDAYS.fullmatch(text):
        return holidays.stretch(text, today)
    text = text.removesuffix("の祝日")
    if found := _AHEAD.fullmatch(text):
        number = int(found[1])
        return _twice(
            months_later(today, number) if found[2] == "ヶ月" else today + timedelta(days=number * _LENGTHS[found[2]])
        )
    if found := _MONTH_DAY.search(text):
        return _twice(_next_date(int(found[1]), int(found[2]), today))
    if found := _MONTH_ONLY.fullmatch(text):
        first = _next_date(int(found[1]), 1, today.replace(day=1))
        return (first, months_later(first, 1) - timedelta(days=1)) if first else None
    if found := _DAY_OF_MONTH.search(text):
        if month := _MONTHS.get(text[:2]):
            return _twice(_next_date(month, int(found[1]), today))
        ahead = next((months for name, months in _MONTHS_AHEAD.items() if text.startswith(name)), None)
        return _twice(_next_day_of_month(int(found[1]), today, ahead))
    text = _THIS_WEEKEND.sub("週末", text)
    for name, days in _NAMED.items():
        if text == name:
            return days(today)
    if found := _ENDS_WITH_DAY.search(text):
        # 来週の火曜と水曜 lasts from the one to the other.
        begins = _FIRST_DAY.search(text) or found
        last = _weekday(text, found[1], today)
        return min(_weekday(text, begins[1], today), last), last
    return None


def months_later(day: date, months: int) -> date:
    """The same day *months* later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _twice(day: date | None) -> tuple[date, date] | None:
    return (day, day) if day else None


def _weekday(text: str, name: str, today: date) -> date:
    number = _KANJI.index(name)
    monday = today - timedelta(days=today.weekday())
    for week, start in (("再来週", 14), ("来週", 7), ("今週", 0)):
        if text.startswith(week):
            return monday + timedelta(days=start + number)
    later = text.startswith(("次", "つぎ"))
    return today + timedelta(days=(number - today.weekday() - later) % 7 + later)


def _next_date(month: int, day: int, today: date) -> date | None:
    for year in range(today.year, today.year + 9):
        if 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1] and date(year, month, day) >= today:
            return date(year, month, day)
    return None


def _next_day_of_month(day: int, today: date, ahead: int | None) -> date | None:
    """The next such day; *ahead* is how many months from now, when the month was named."""
    first = today.replace(day=1)
    for months in range(3) if ahead is None else (ahead,):
        start = months_later(first, months)
        if 1 <= day <= monthrange(start.year, start.month)[1] and start.replace(day=day) >= today:
            return start.replace(day=day)
    return None


def _ahead(days: int) -> Callable[[date], tuple[date, date]]:
    return lambda today: (today + timedelta(days=days), today + timedelta(days=days))


def _week(weeks: int, first: int = 0, last: int = 6) -> Callable[[date], tuple[date, date]]:
    def days(today: date) -> tuple[date, date]:
        monday = today + timedelta(days=7 * weeks - today.weekday())
        return monday + timedelta(days=first), monday + timedelta(days=last)

    return days


def _month(months: int) -> Callable[[date], tuple[date, date]]:
    def days(today: date) -> tuple[date, date]:
        first = months_later(today.replace(day=1), months)
        return first, months_later(first, 1) - timedelta(days=1)

    return days


def _fixed(month: int, day: int, *, end: tuple[int, int] | None = None) -> Callable[[date], tuple[date, date]]:
    """The same days of every year; those that today is one of count."""
    until = end or (month, day)

    def days(today: date) -> tuple[date, date]:
        last = _next_date(*until, today) or today
        return date(last.year - (until < (month, day)), month, day), last

    return days


def _turn(start: Callable[[date], date]) -> Callable[[date], tuple[date, date]]:
    """週明け and 年明け: what lasts until then ends the day before."""
    return lambda today: (start(today), start(today) - timedelta(days=1))


_NAMED: dict[str, Callable[[date], tuple[date, date]]] = {
    "今日": _ahead(0),
    "今夜": _ahead(0),
    "今晩": _ahead(0),
    "明日": _ahead(1),
    "明後日": _ahead(2),
    "明々後日": _ahead(3),
    "今週": _week(0),
    "来週": _week(1),
    "再来週": _week(2),
    "今週末": _week(0, 5),
    "週末": _week(0, 5),
    "来週末": _week(1, 5),
    "今月": _month(0),
    "今月末": _month(0),
    "月末": _month(0),
    "来月": _month(1),
    "来月末": _month(1),
    "再来月": _month(2),
    "年内": lambda today: (today, date(today.year, 12, 31)),
    "今年": lambda today: (today, date(today.year, 12, 31)),
    "年末": _fixed(12, 31),
    "大晦日": _fixed(12, 31),
    "年末年始": _fixed(12, 29, end=(1, 3)),
    "正月": _fixed(1, 1, end=(1, 3)),
    "お正月": _fixed(1, 1, end=(1, 3)),
    "正月明け": _turn(lambda today: _next_date(1, 4, today) or today),
    "お正月明け": _turn(lambda today: _next_date(1, 4, today) or today),
    "三が日": _fixed(1, 1, end=(1, 3)),
    "年始": _fixed(1, 1, end=(1, 3)),
    "元日": _fixed(1, 1),
    "元旦": _fixed(1, 1),
    "くりすます": _fixed(12, 25),
    "くりすますいぶ": _fixed(12, 24),
    "来年": lambda today: (date(today.year + 1, 1, 1), date(today.year + 1, 12, 31)),
    "年明け": _turn(lambda today: date(today.year + 1, 1, 1)),
    "週明け": _turn(lambda today: today + timedelta(days=7 - today.weekday())),
}
