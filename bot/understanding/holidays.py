"""Days off that have a name: 三連休, お盆, ゴールデンウィーク, 次の祝日, 文化の日; as days of the calendar where the name says which they are.

::

    holidays = [次の 今度の 来月の … weekday] (name [休み] | [n] 連休 | 祝日) [明け]

Japanese public holidays are known (``bot.calendar``), and so the weekends that they lengthen. お盆 is 13 to 16 August. When
summer, winter or spring holidays begin is another matter for each school and firm: such a name stands for no days.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from bot import calendar

Days = tuple[date, date]

_YEAR = 370
_LONG = 3
"""The days in a row that make a 連休."""
_NUMBERS = {kanji: number for number, kanji in enumerate("三四五六七八九十", 3)} | {str(n): n for n in range(3, 11)}

_PUBLIC = {
    "成人の日": "成人の日",
    "建国記念(?:の日|日)": "建国記念の日",
    "天皇誕生日": "天皇誕生日",
    "春分の日": "春分の日",
    "昭和の日": "昭和の日",
    "憲法記念日": "憲法記念日",
    "みどりの日": "みどりの日",
    "(?:こども|子ども|子供)の日": "こどもの日",
    "海の日": "海の日",
    "山の日": "山の日",
    "敬老の日": "敬老の日",
    "秋分の日": "秋分の日",
    "すぽつの日": "スポーツの日",
    "文化の日": "文化の日",
    "勤労感謝の日": "勤労感謝の日",
}
_GOLDEN = r"gw|ごるでんう[ぃい]く|ごるでん(?=に|は|中|の)|大型連休"
_SILVER = r"しるばう[ぃい]く|sw(?=は|中|の間|に)"
_BON = r"(?:旧|お)?盆(?=休み|の間|は|明け|中|に|だけ|まで|、|も|やすみ)|お盆|おぼん"
_SOME = r"(?:夏|冬|春|秋)(?:休み|やすみ|季休[暇業]|期休[暇業])"
_ROW = r"(?:[三四五六七八九十]|(?<!\d)(?:[3-9]|10))?連休"
_SAID_BEFORE = r"(?:この|(?:次|つぎ|今度|こんど|今週末?|来週末?|来月|今月|明日から|\d{1,2}月|週末)の?)?"

HOLIDAYS = (
    rf"(?:{_SAID_BEFORE}(?:{_ROW}|(?:{'|'.join(_PUBLIC)})(?:の?{_ROW})?|{_GOLDEN}|{_SILVER}|{_BON}|{_SOME})"
    r"(?:休み|やすみ|期間)?|(?:次|つぎ|今度|こんど|来週|今週)の?祝日)(?:の?明け|あけ)?"
)
"""A name for days off."""

_AFTER = re.compile(r"の?(?:明け|あけ)$")
_MONTH = re.compile(r"(\d{1,2})月")
_NAMED_ROW = re.compile(rf"({_ROW})")


def is_some(text: str) -> bool:
    """Whether *text*, a match of ``HOLIDAYS``, names days off that fall differently for everybody."""
    return re.search(_SOME, text) is not None


def stretch(text: str, today: date) -> Days | None:
    """The first and the last of the days off that *text*, a match of ``HOLIDAYS``, names; None where it does not say which.

    What is on counts. For the time after them (連休明け) the first day after, and the last day off before it.
    """
    after = _AFTER.search(text)
    found = _days(text[: after.start()] if after else text, today)
    return (found[1] + timedelta(days=1), found[1]) if after and found else found


def _days(text: str, today: date) -> Days | None:
    if is_some(text):
        return None
    if re.search(_GOLDEN, text):
        return _next(today, lambda year: (date(year, 4, 29), _row(date(year, 5, 5))[1]))
    if re.search(_SILVER, text):
        return _next(today, _silver)
    if "盆" in text or "おぼん" in text:
        return _next(today, lambda year: (date(year, 8, 13), date(year, 8, 16)))
    row = _NAMED_ROW.search(text)
    public = next((name for pattern, name in _PUBLIC.items() if re.search(pattern, text)), None)
    if public is not None:
        day = next((day for day in _coming(today) if calendar.holiday(day) == public), None)
        return None if day is None else _row(day) if row else (day, day)
    if row is None:
        return _public(text, today)
    return _next_row(_NUMBERS.get(row[1].removesuffix("連休")), _window(text, today))


def _window(text: str, today: date) -> Days:
    """Between which days the days off lie that *text* names."""
    monday = today - timedelta(days=today.weekday())
    week = 7 if text.startswith("来週") else 0
    if text.startswith(("来週末", "今週末", "週末")):
        return monday + timedelta(days=week + 5), monday + timedelta(days=week + 6)
    if text.startswith(("来週", "今週")):
        return max(today, monday + timedelta(days=week)), monday + timedelta(days=week + 6)
    first = today.replace(day=1)
    if month := _MONTH.match(text):
        number = int(month[1]) if 1 <= int(month[1]) <= 12 else today.month
        first = date(today.year + (number < today.month), number, 1)
    elif text.startswith("来月"):
        first = _next_month(first)
    elif not text.startswith("今月"):
        return today, today + timedelta(days=_YEAR)
    return max(first, today), _next_month(first) - timedelta(days=1)


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _public(text: str, today: date) -> Days | None:
    """The next public holiday; 次の祝日 said on one is another."""
    first, last = _window(text, today)
    days = _between(first + timedelta(days=text.startswith(("次", "つぎ"))), last)
    day = next((day for day in days if calendar.holiday(day) is not None), None)
    return None if day is None else (day, day)


def _next_row(length: int | None, window: Days) -> Days | None:
    """The next days off in a row, *length* of them (None: enough to be called so), of which some lie in the *window*."""
    for day in _between(*window):
        if calendar.is_off(day):
            row = _row(day)
            days = (row[1] - row[0]).days + 1
            if days == length if length else days >= _LONG:
                return row
    return None


def _row(day: date) -> Days:
    """The days off in a row around *day*."""
    first = last = day
    while calendar.is_off(first - timedelta(days=1)):
        first -= timedelta(days=1)
    while calendar.is_off(last + timedelta(days=1)):
        last += timedelta(days=1)
    return first, last


def _silver(year: int) -> Days | None:
    """The days off in September, in a year in which they come together."""
    aged = next(day for day in _coming(date(year, 9, 1)) if calendar.holiday(day) == "敬老の日")
    row = _row(aged)
    return row if row[1] - row[0] > timedelta(days=_LONG) else None


def _next(today: date, days: Callable[[int], Days | None]) -> Days | None:
    """Those *days* of this year, or of the next one once they are over."""
    for year in (today.year, today.year + 1):
        found = days(year)
        if found is None or found[1] >= today:
            return found
    return None


def _coming(first: date) -> Iterator[date]:
    return _between(first, first + timedelta(days=_YEAR))


def _between(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=days) for days in range((last - first).days + 1))
