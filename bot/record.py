"""What a person's done days amount to: streak, score and counts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import calendar, expectations
from bot.models import Completion, Person

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
FADING = 0.5 ** (1 / 13)
"""What is left of a score after a day on which something was expected and nothing done: half of it after 13."""
MILESTONES = (7, 14, 30, 50, 100, 200, 365)


@dataclass(frozen=True)
class Record:
    """What a person has done up to *today*.

    *done* maps each routine to its days; two routines on one day make one done day. *free* are days without any that
    break nothing, because nothing was expected of the person. Today breaks nothing while it lasts.
    """

    today: date
    done: Mapping[str, frozenset[date]] = field(default_factory=dict)
    free: frozenset[date] = frozenset()

    @classmethod
    def made_of(cls, pairs: Iterable[tuple[str, date]], today: date, free: frozenset[date] = frozenset()) -> "Record":
        """The record made of *pairs*, each a routine and a day, in whatever order."""
        done: dict[str, set[date]] = {}
        for routine_id, day in pairs:
            done.setdefault(routine_id, set()).add(day)
        return cls(today, {routine_id: frozenset(days) for routine_id, days in done.items()}, free)

    def plus(self, routine_id: str, day: date) -> "Record":
        """The same record with the routine done on *day* as well."""
        return replace(self, done={**self.done, routine_id: self.done.get(routine_id, frozenset()) | {day}})

    @cached_property
    def days(self) -> frozenset[date]:
        """The days with at least one routine done."""
        return frozenset().union(*self.done.values())

    @property
    def streak(self) -> int:
        """How many done days in a row up to today, free days left out."""
        return self._reckoned[0]

    @property
    def longest(self) -> int:
        """The longest such row there ever was."""
        return self._reckoned[1]

    @property
    def score(self) -> int:
        """How firm the habit is, 0 to 100, in the manner of Loop Habit Tracker.

        Every day on which something is expected moves it: ``s' = s*m + v*(1 - m)``, where *v* is 1 when something was done
        and else 0, and ``m = 0.5 ** (sqrt(frequency) / 13)``. A free day leaves it as it is, like a skipped one there, so
        among the days that count the habit is a daily one: the frequency is 1, and weekdays may change without a leap.
        A done on a free day counts. Half is reached after 13 done days; a day missed takes a twentieth of what there is.

        Source: ``Score.compute`` and ``ScoreList.recompute`` in github.com/iSoron/uhabits (uhabits-core, core/models).
        """
        return round(100 * self._reckoned[2])

    @cached_property
    def _reckoned(self) -> tuple[int, int, float]:
        streak, longest, score = 0, 0, 0.0
        for day in _span(min(self.days, default=self.today), self.today):
            if day in self.days:
                streak, score = streak + 1, score * FADING + (1 - FADING)
                longest = max(longest, streak)
            elif day not in self.free and day != self.today:
                streak, score = 0, score * FADING
        return streak, longest, score

    def gap(self, day: date) -> int | None:
        """How many days the last done day before *day* lies back; None when there is none."""
        return min(((day - one).days for one in self.days if one < day), default=None)

    def count(self, first: date, last: date) -> int:
        """How many days from *first* to *last* had something done."""
        return sum(first <= day <= last for day in self.days)

    def per_routine(self, first: date, last: date) -> dict[str, int]:
        """How often each routine was done from *first* to *last*; those that were not are left out."""
        counts = {id: sum(first <= day <= last for day in days) for id, days in self.done.items()}
        return {id: count for id, count in counts.items() if count}

    def weeks(self, number: int = 5) -> list[tuple[date, int]]:
        """The last weeks, this one first: the Monday, and how many of the week's days had something done."""
        mondays = [monday(self.today) - WEEK * back for back in range(number)]
        return [(first, self.count(first, first + WEEK - DAY)) for first in mondays]

    def mark(self, day: date) -> Literal["done", "rest", "none"]:
        """What became of *day*."""
        return "done" if day in self.days else "rest" if day in self.free else "none"


def of(session: Session, person: Person, *, zone: ZoneInfo, now: datetime) -> Record:
    """The person's record as it stands at *now*."""
    today = calendar.day_of(now, zone)
    done = sa.select(Completion.routine_id, Completion.day).where(Completion.person_id == person.id)
    record = Record.made_of(session.execute(done), today)
    # A week at least: what was done on one of its days may still be told.
    first = min([*record.days, today - WEEK])
    idle = [day for day in _span(first, today) if day not in record.days]
    return replace(record, free=expectations.free_days(session, person, idle, zone))


def milestone(before: Record, after: Record) -> tuple[Literal["streak", "days"], int] | None:
    """The milestone that a done has just reached, in the longest streak or in all days; each is reached once."""
    kinds: tuple[tuple[Literal["streak", "days"], int, int], ...] = (
        ("streak", before.longest, after.longest),
        ("days", len(before.days), len(after.days)),
    )
    reached = [(kind, number) for kind, was, now in kinds for number in MILESTONES if was < number <= now]
    return max(reached, key=lambda one: one[1], default=None)


def monday(day: date) -> date:
    """The Monday of the week of *day*."""
    return day - DAY * day.weekday()


def _span(first: date, last: date) -> Iterator[date]:
    return (first + DAY * number for number in range((last - first).days + 1))
