"""When a reminder rings next, by its settings, its pause and the day it last rang for. Nothing here touches a database."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot import calendar

_JUST_BEFORE = timedelta(microseconds=1)
"""The finest step of a stored moment."""

_FURTHEST_AHEAD = timedelta(days=2)
"""How far ahead a day may have rung: for somebody who has moved westward since. Beyond it a clock was wrong."""


class Pausable(Protocol):
    """Whatever has the span of a pause."""

    @property
    def paused_from(self) -> datetime | None: ...
    @property
    def paused_until(self) -> datetime | None: ...


class Schedulable(Pausable, Protocol):
    """What decides when a reminder rings."""

    @property
    def time(self) -> str: ...
    @property
    def days(self) -> Collection[str]: ...
    @property
    def zone(self) -> str: ...
    @property
    def is_on_holidays(self) -> bool: ...
    @property
    def state(self) -> str: ...
    @property
    def rang_for(self) -> date | None: ...


def is_paused(reminder: Pausable, now: datetime) -> bool:
    """Whether it rests at *now*."""
    has_begun = reminder.paused_from is not None and reminder.paused_from <= now
    return has_begun and (reminder.paused_until is None or now < reminder.paused_until)


def has_pause_ahead(reminder: Pausable, now: datetime) -> bool:
    """Whether it rests now or will."""
    return reminder.paused_from is not None and (reminder.paused_until is None or now < reminder.paused_until)


def next_ring(reminder: Schedulable, now: datetime) -> datetime | None:
    """The first moment after *now* at which it rings: past a pause, and for a day that has not rung yet."""
    if reminder.state != "on":
        return None
    after, zone = now, ZoneInfo(reminder.zone)
    if reminder.rang_for is not None and reminder.rang_for <= calendar.day_of(now, zone) + _FURTHEST_AHEAD:
        after = max(after, calendar.day_begins(reminder.rang_for + timedelta(days=1), zone) - _JUST_BEFORE)
    due = _next(reminder, after)
    if due is None or not is_paused(reminder, due):
        return due
    # One that falls on the very end of the pause rings.
    return None if reminder.paused_until is None else _next(reminder, reminder.paused_until - _JUST_BEFORE)


def rings_before(reminder: Schedulable, moment: datetime, now: datetime) -> bool:
    """Whether it rings after *now* and before *moment*, as it is set now."""
    due = next_ring(reminder, now)
    return due is not None and due < moment


def still_rings(reminder: Schedulable, due_at: datetime) -> bool:
    """Whether it rings at *due_at* as it is set now."""
    return next_ring(reminder, due_at - _JUST_BEFORE) == due_at


def _next(reminder: Schedulable, after: datetime) -> datetime | None:
    return calendar.next_due(
        after,
        wall=reminder.time,
        days=reminder.days,
        zone=ZoneInfo(reminder.zone),
        on_holidays=reminder.is_on_holidays,
    )
