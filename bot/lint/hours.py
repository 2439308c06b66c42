"""The hours at which a text invites people, compared with the hours of the practice."""

import re
from collections.abc import Iterator
from datetime import date

from bot.library.practice import Practice
from bot.lint import dates
from bot.lint.facts import Fact, Page

_TIME = re.compile(
    r"(?P<half>午前|午後|朝|夜|夕方|am|pm)?\s*(?<![\d:/.])(?P<hour>[01]?\d|2[0-4])(?::(?P<minute>[0-5]\d)|時(?!間)(?:(?P<m>[0-5]?\d)分|(?P<thirty>半))?)(?![\d:])"
)
_LATE = ("午後", "夜", "夕方", "pm")


def look(page: Page) -> Iterator[Fact]:
    """Times outside the opening hours, in a sentence that invites to come."""
    for line in page.text.lines:
        times = list(_TIME.finditer(line.letters))
        if not times or line.has(page.signs.rests):
            continue
        named = list(dates.days(line, page.today))
        for match in times:
            first, last = next(span for span in line.sentences if span[0] <= match.start() < span[1])
            if not line.has(page.signs.visits, first, last):
                continue
            day = next((one.day for one in reversed(named) if first <= one.start < match.start()), None)
            if not _is_open(page.practice, _wall(match), day):
                start, end = page.text.typed_span(line.at + match.start(), line.at + match.end())
                yield Fact("hours-outside", start, end, {"time": page.text.typed[start:end].strip()})


def _wall(match: "re.Match[str]") -> str:
    hour, minute = int(match["hour"]), 30 if match["thirty"] else int(match["minute"] or match["m"] or 0)
    if match["half"] in _LATE and hour < 12:
        hour += 12
    return f"{hour:02}:{minute:02}"


def _is_open(practice: Practice, wall: str, day: date | None) -> bool:
    """Whether the practice is open at *wall*: on *day*, or on any day where none is named or it is a day of rest."""
    of_day = [one for one in practice.hours if day is not None and dates.DAYS[day.weekday()] in one.days]
    return any(one.open <= wall <= one.close for one in of_day or practice.hours)
