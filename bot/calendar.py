"""A person's days: they begin at 04:00, so that a late bedtime still belongs to the evening before."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import jpholiday

DAY_BEGINS = time(4, 0)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def day_of(now: datetime, zone: ZoneInfo) -> date:
    """The person's day in which *now* lies."""
    local = now.astimezone(zone)
    return local.date() if local.time() >= DAY_BEGINS else local.date() - timedelta(days=1)


def instant(day: date, wall: str, zone: ZoneInfo) -> datetime:
    """The moment (UTC) at which the clock shows *wall* (HH:MM) on *day*; an hour before 04:00 lies after midnight.

    Where the clock is put back and shows it twice, the first. Where the clock is put on and never shows it, as much
    later as the clock is put on; or as much earlier when that would be the next day.
    """
    at = time.fromisoformat(wall)
    if at >= DAY_BEGINS:
        return datetime.combine(day, at, zone).astimezone(UTC)
    late = datetime.combine(day + timedelta(days=1), at, zone)
    moment = late.astimezone(UTC)
    return moment if day_of(moment, zone) == day else late.replace(fold=1).astimezone(UTC)


def next_due(
    after: datetime, *, wall: str, days: Collection[str], zone: ZoneInfo, on_holidays: bool = True
) -> datetime | None:
    """The first moment later than *after* at which a reminder rings; None when it never does.

    *days* are weekdays such as ``mon``; Japanese public holidays count only with *on_holidays*.
    """
    if not days:
        return None
    day = day_of(after, zone)
    # A year covers any mix of weekdays and holidays.
    for _ in range(366):
        if WEEKDAYS[day.weekday()] in days and (on_holidays or not jpholiday.is_holiday(day)):
            due = instant(day, wall, zone)
            if due > after:
                return due
        day += timedelta(days=1)
    return None


def holiday(day: date) -> str | None:
    """The name of the Japanese public holiday on *day*; a day off in lieu has one of its own. None for other days."""
    name: str | None = jpholiday.is_holiday_name(day)
    return name


def is_off(day: date) -> bool:
    """Whether *day* is a Saturday, a Sunday or a public holiday."""
    return day.weekday() >= WEEKDAYS.index("sat") or jpholiday.is_holiday(day)


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """The moment (UTC) at which the person's *day* begins."""
    return datetime.combine(day, DAY_BEGINS, zone).astimezone(UTC)


def days_of(begins: datetime, ends: datetime, zone: ZoneInfo) -> list[date]:
    """The person's days of which something lies between *begins* and *ends*."""
    first, last = day_of(begins, zone), day_of(ends - timedelta(microseconds=1), zone)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def day_named(text: str) -> date | None:
    """The day that *text* (YYYY-MM-DD) names, or None when it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def clock_on(day: date, wall: str, zone: ZoneInfo) -> datetime:
    """The moment (UTC) at which the clock shows *wall* (HH:MM) on the calendar's *day*."""
    return datetime.combine(day, time.fromisoformat(wall), zone).astimezone(UTC)
