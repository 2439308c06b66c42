"""A simple picture of what should ring, kept beside the real thing: it looks at every day again instead of storing dates."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import jpholiday

from bot import calendar

GRACE = timedelta(minutes=45)
DAY = timedelta(days=1)
Span = tuple[datetime, datetime | None]


@dataclass
class Wish:
    """How one reminder is set, and what has become of it so far."""

    zone: ZoneInfo
    since: datetime
    """All rings up to here are accounted for."""
    time: str = "07:00"
    days: frozenset[str] = frozenset(calendar.WEEKDAYS)
    is_on_holidays: bool = True
    state: str = "on"
    pause: Span | None = None
    silent: int = 0
    rung_for: date | None = None

    def is_paused(self, moment: datetime) -> bool:
        return self.pause is not None and self.pause[0] <= moment and not self.is_over(moment)

    def is_over(self, moment: datetime) -> bool:
        """Whether the pause, if any, has ended by then."""
        return self.pause is None or (self.pause[1] is not None and self.pause[1] <= moment)

    def rings(self, after: datetime, until: datetime) -> list[tuple[datetime, date]]:
        """The moments later than *after*, up to *until*, with their days, at which it rings as it is set now."""
        if self.state != "on":
            return []
        first = after.astimezone(self.zone).date() - 2 * DAY
        days = [first + number * DAY for number in range((until - after).days + 5)]
        moments = [(calendar.instant(day, self.time, self.zone), day) for day in days if not self.unwanted(day)]
        return [
            (moment, day)
            for moment, day in moments
            if after < moment <= until and not self.is_paused(moment) and (self.rung_for is None or day > self.rung_for)
        ]

    def unwanted(self, day: date) -> str | None:
        """The word for why the day is not among those chosen."""
        if calendar.WEEKDAYS[day.weekday()] not in self.days:
            return "weekday"
        return "holiday" if not self.is_on_holidays and jpholiday.is_holiday(day) else None


@dataclass
class Someone:
    """One person with their wishes, by routine."""

    zone: ZoneInfo
    is_blocked: bool = False
    wishes: dict[str, Wish] = field(default_factory=dict)
    done: set[tuple[str, date]] = field(default_factory=set)
    resting: set[tuple[str, date]] = field(default_factory=set)
    snoozes: dict[tuple[str, date], datetime] = field(default_factory=dict)
    """Those that wait, by routine and day."""
    snoozed: dict[tuple[str, date], int] = field(default_factory=dict)
    """How many have rung."""
    changes: list[tuple[datetime, dict[str, Wish | None]]] = field(default_factory=list)

    def today(self, now: datetime) -> date:
        return calendar.day_of(now, self.zone)

    def keep(self, now: datetime, *routines: str) -> None:
        """Remember how these were before a change."""
        if routines:
            before = {routine: self.wishes.get(routine) for routine in routines}
            self.changes.append((now, {key: None if wish is None else replace(wish) for key, wish in before.items()}))

    def end_pause(self, routine: str, now: datetime) -> None:
        wish = self.wishes[routine]
        if wish.pause is None or wish.is_over(now):
            return
        self.resting = {(one, day) for one, day in self.resting if one != routine or day < self.today(now)}
        wish.pause = (wish.pause[0], now) if wish.is_paused(now) else None

    def lay_pause(self, routine: str, new: Span, now: datetime) -> None:
        """A pause from now on sets the end of the present one; else two that meet are one, and of two apart the sooner rests."""
        wish, old = self.wishes[routine], self.wishes[routine].pause
        if old is None or wish.is_over(now):
            wish.pause = new
        elif wish.is_paused(now) and new[0] == now:
            wish.pause = (old[0], new[1])
        else:
            sooner, later = (old, new) if old[0] <= new[0] else (new, old)
            if sooner[1] is None or sooner[1] >= later[0]:
                ends = [end for end in (sooner[1], later[1]) if end is not None]
                wish.pause = (sooner[0], max(ends) if len(ends) == 2 else None)
                return
            wish.pause, moment = later, max(sooner[0], now)
            while moment < sooner[1]:
                self.rest(routine, self.today(moment))
                moment += timedelta(hours=1)

    def rest(self, routine: str, day: date) -> None:
        self.resting.add((routine, day))
        self.snoozes.pop((routine, day), None)
        if routine in self.wishes:
            self.wishes[routine].silent = 0

    def silence(self, routine: str | None, since: datetime | None = None) -> None:
        """Let no waiting snooze of the routine ring any more."""
        self.snoozes = {
            key: due_at
            for key, due_at in self.snoozes.items()
            if (routine is not None and key[0] != routine) or (since is not None and due_at < since)
        }

    def against(self, purpose: str, routine: str, day: date, due_at: datetime, now: datetime) -> set[str]:
        """Every word that tells against sending this now; none: it is to be sent."""
        words = set()
        wish = self.wishes.get(routine)
        if self.is_blocked:
            words.add("blocked")
        if purpose == "reminder":
            assert wish is not None
            if wish.state != "on":
                words.add("stopped")
            if wish.is_paused(now) or wish.is_paused(due_at):
                words.add("paused")
            words |= {word for word in [wish.unwanted(day)] if word is not None}
        if (routine, day) in self.done:
            words.add("done")
        if (routine, day) in self.resting:
            words.add("resting")
        if now >= due_at + GRACE:
            words.add("too-late")
        if self._is_quiet(now) and not self._is_quiet(due_at):
            words.add("quiet-hours")
        return words

    def _is_quiet(self, moment: datetime) -> bool:
        at = moment.astimezone(self.zone).time()
        return at >= time(22, 45) or at < time(6)
