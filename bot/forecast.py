"""How many counted messages the month will need, and on which day its limit is reached if all goes on like this."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import calendar
from bot.delivery import month
from bot.delivery.company import WITHIN
from bot.delivery.month import JAPAN, Month
from bot.models import Broadcast, OutboxMessage, Person, Reminder
from bot.reminders import backing_off, schedule

PAST = timedelta(days=28)
"""From how far back it is taken how often people ask for second rings, and how many answers had to be pushed."""

BY_RATE = ("snooze", "answer", "alert", "staff", "test")
"""The purposes that nobody can plan: they go on as they were."""

RINGS = ("reminder", "snooze")
"""What the forecast says that reminders still need."""


@dataclass(frozen=True)
class Course:
    """One reminder as the forecast sees it."""

    person_id: int
    next_due_at: datetime
    time: str
    days: tuple[str, ...]
    zone: str
    is_on_holidays: bool
    paused_from: datetime | None = None
    paused_until: datetime | None = None
    unanswered: int = 0
    rang_for: date | None = None
    state: str = "on"


@dataclass(frozen=True)
class Plans:
    """What is known of the rest of the month: reminders, the first summary of each person, announcements by size, and
    how many messages of a purpose there were in the last weeks."""

    courses: Sequence[Course] = ()
    summaries: Sequence[datetime] = ()
    announcements: Sequence[tuple[datetime, int]] = ()
    past: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Forecast:
    """By purpose: what was *spent* so far this month, and what is *to_come*. *full_on* is the first day with a message
    too many; None: there is none."""

    spent: Mapping[str, int]
    to_come: Mapping[str, int]
    total: int
    full_on: date | None

    @property
    def needed(self) -> int:
        """How many messages reminders will still need."""
        return sum(self.to_come.get(purpose, 0) for purpose in RINGS)


@dataclass(frozen=True)
class Room:
    """What an announcement finds of the month: *left* of it, less the *reserve* and what is *planned* already."""

    left: int
    reserve: int
    planned: int

    @property
    def free(self) -> int:
        """How many messages it may have."""
        return max(self.left - self.reserve - self.planned, 0)

    def short(self, count: int) -> int:
        """How many of *count* messages would not fit."""
        return max(count - self.free, 0)


def room(month: Month, expected: Forecast, reserve: int) -> Room | None:
    """What an announcement of today finds; None when nobody counts."""
    if month.left is None:
        return None
    return Room(max(month.left, 0), reserve, expected.needed + expected.to_come.get("announcement", 0))


def of(session: Session, now: datetime, own_limit: int | None) -> tuple[Month, Forecast]:
    """How the month stands, and how it will end."""
    found = month.load(session, now, own_limit)
    return found, forecast(found, load(session, now, found.ends), month.counted(session, found.begins), now)


def forecast(this: Month, plans: Plans, spent: Mapping[str, int], now: datetime) -> Forecast:
    """What the month will need by *plans*, beside what was *spent*. Pure.

    Who reacted lately goes on to, who does not is asked and then reminded once a week. Where the limit is near, what is due
    for one person within a few minutes is one message.
    """
    moments = _moments(plans.courses, this.ends)
    apart = sum(len(those) for those in moments.values())
    saves = this.limit is not None and this.used + apart >= this.limit * month.NEAR
    days: dict[str, Counter[date]] = defaultdict(Counter)
    for those in moments.values():
        last: datetime | None = None
        for moment in sorted(those):
            if saves and last is not None and moment - last <= WITHIN:
                continue
            last = moment
            days["reminder"][_day(moment)] += 1
    for first in plans.summaries:
        while first < this.ends:
            days["summary"][_day(max(first, now))] += 1
            first += timedelta(weeks=1)
    for at, count in plans.announcements:
        if at < this.ends:
            days["announcement"][_day(max(at, now))] += count
    rest = (this.ends - now) / PAST
    rates = {purpose: plans.past.get(purpose, 0) / PAST.days for purpose in BY_RATE}
    to_come = {purpose: sum(counts.values()) for purpose, counts in days.items()}
    to_come |= {purpose: round(plans.past[purpose] * rest) for purpose in BY_RATE if plans.past.get(purpose)}
    return Forecast(
        spent=dict(spent),
        to_come=to_come,
        total=this.used + sum(to_come.values()),
        full_on=_full_on(this, days.values(), sum(rates.values()), now),
    )


def load(session: Session, now: datetime, until: datetime) -> Plans:
    """What is planned from *now* on."""
    reachable = Person.blocked_at.is_(None)
    reminders = sa.select(
        Reminder.person_id,
        Reminder.next_due_at,
        Reminder.time,
        Reminder.days,
        Reminder.zone,
        Reminder.is_on_holidays,
        Reminder.paused_from,
        Reminder.paused_until,
        Reminder.unanswered,
        Reminder.rang_for,
    ).join(Person, Person.id == Reminder.person_id)
    summaries = sa.select(Person.summary_due_at).where(Person.summary_due_at < until, reachable)
    announced = sa.select(OutboxMessage.next_try_at, month.size()).where(
        OutboxMessage.outcome.is_(None),
        OutboxMessage.purpose == "announcement",
        OutboxMessage.first_try_at.is_(None),  # What is under way counts as used.
        sa.not_(OutboxMessage.waits_for_reply),
    )
    scheduled = sa.select(Broadcast.send_at, Broadcast.people_count).where(Broadcast.state == "scheduled")
    return Plans(
        courses=[
            Course(**{**row._mapping, "days": tuple(row.days)})
            for row in session.execute(reminders.where(Reminder.state == "on", Reminder.next_due_at < until, reachable))
        ],
        summaries=[due_at for due_at in session.scalars(summaries) if due_at is not None],
        announcements=[
            (at, int(count))
            for at, count in (*session.execute(announced), *session.execute(scheduled))
            if at is not None
        ],
        past=month.counted(session, now - PAST),
    )


def _moments(courses: Iterable[Course], until: datetime) -> dict[int, list[datetime]]:
    """Person -> when something rings for them; those who set the same ring alike, and are reckoned once."""
    known: dict[tuple[object, ...], list[datetime]] = {}
    moments: dict[int, list[datetime]] = defaultdict(list)
    for course in courses:
        key = (*vars(course).values(),)[1:]
        if key not in known:
            known[key] = _rings(course, until)
        moments[course.person_id] += known[key]
    return moments


def _rings(course: Course, until: datetime) -> list[datetime]:
    """When it rings from its next ring on; less often while nobody reacts."""
    rings: list[datetime] = []
    zone = ZoneInfo(course.zone)
    due: datetime | None = course.next_due_at
    last, unanswered = course.rang_for, course.unanswered
    while due is not None and due < until:
        day = calendar.day_of(due, zone)
        step = backing_off.step(unanswered, day=day, rang_for=last)
        if step == "rest":
            break
        if step != "wait":
            rings.append(due)
            last = day
            # Of who has reacted to the last ones it is expected that they go on to.
            unanswered += unanswered >= backing_off.RINGS
        due = schedule.next_ring(course, due)
    return rings


def _full_on(this: Month, kinds: Iterable[Counter[date]], daily: float, now: datetime) -> date | None:
    if this.limit is None:
        return None
    day, last, used = _day(now), _day(this.ends - timedelta(seconds=1)), float(this.used)
    planned = sum(kinds, Counter[date]())
    if this.is_full:
        return day
    while day <= last:
        share = (this.ends - now) / timedelta(days=1) % 1 if day == _day(now) else 1.0
        used += planned[day] + daily * share
        if used > this.limit:
            return day
        day += timedelta(days=1)
    return None


def _day(moment: datetime) -> date:
    return moment.astimezone(JAPAN).date()
