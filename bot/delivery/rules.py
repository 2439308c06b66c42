"""What the practice has laid down for its pushes: its quiet hours, its opening hours, and how much it may send."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot import calendar
from bot.library.library import Library


@dataclass(frozen=True)
class Opening:
    """When the practice is open on these weekdays (``mon`` …), as local wall times."""

    days: tuple[str, ...]
    opens: time
    closes: time


@dataclass(frozen=True)
class Rules:
    """The rules by which the gate decides; *zone* is the practice's.

    The quiet hours bind what we choose, never an hour that the person chose. *most_a_day* and *most_a_week* count a
    person's announcements. *monthly_limit* is the practice's own ceiling of counted messages, below LINE's; *reserve* of
    the month's are kept for answers that must be pushed. Who has one of the *barring* notes about their body is sent no exercise.
    """

    quiet_from: time = time(22, 45)
    quiet_until: time = time(6, 0)
    most_a_day: int = 2
    most_a_week: int = 5
    monthly_limit: int | None = None
    reserve: int = 0
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Tokyo"))
    openings: tuple[Opening, ...] = ()
    barring: frozenset[str] = frozenset({"pregnant", "surgery", "acute"})
    closed: frozenset[date] = frozenset()
    """Days on which the practice is closed out of turn."""

    @classmethod
    def of(cls, library: Library) -> "Rules":
        """The rules that the pack lays down."""
        practice = library.practice
        pushes = practice.pushes
        return cls(
            quiet_from=time.fromisoformat(pushes.quiet_from),
            quiet_until=time.fromisoformat(pushes.quiet_until),
            most_a_day=pushes.most_a_day,
            most_a_week=pushes.most_a_week,
            monthly_limit=pushes.monthly_limit,
            reserve=pushes.reserve,
            zone=ZoneInfo(practice.timezone),
            openings=tuple(
                Opening(hours.days, time.fromisoformat(hours.open), time.fromisoformat(hours.close))
                for hours in practice.hours
            ),
            barring=library.language.body_notes.barring,
            closed=frozenset(closing.day for closing in library.closings),
        )

    def is_quiet(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether it is night at *moment* where the clocks show the time of *zone*."""
        return _is_within(moment.astimezone(zone).time(), self.quiet_from, self.quiet_until)

    def is_open(self, moment: datetime) -> bool:
        """Whether the practice is open at *moment*; one whose hours are not known always is."""
        local = moment.astimezone(self.zone)
        weekday = calendar.WEEKDAYS[local.weekday()]
        if local.date() in self.closed:
            return False
        return not self.openings or any(
            weekday in opening.days and _is_within(local.time(), opening.opens, opening.closes)
            for opening in self.openings
        )

    def next_fit(self, now: datetime, zone: ZoneInfo, *, in_opening_hours: bool) -> datetime | None:
        """The first moment from *now* on that is not quiet in *zone*, nor one at which the practice must be open but is not.

        None when there is none within a week of open days: somebody's nights may be all the hours at which the practice is open.
        """
        moment = now
        while moment < now + timedelta(days=7 + len(self.closed)):
            if self.is_quiet(moment, zone):
                moment = self._next(moment, self.quiet_until, zone)
            elif in_opening_hours and not self.is_open(moment):
                # Opening hours past midnight also begin with their weekday.
                walls = {time(0), *(opening.opens for opening in self.openings)}
                moment = min(self._next(moment, wall, self.zone) for wall in walls)
            else:
                return moment
        return None

    def _next(self, moment: datetime, wall: time, zone: ZoneInfo) -> datetime:
        """The first moment after *moment* at which the clocks of *zone* show *wall*."""
        today = moment.astimezone(zone).date()
        # In UTC: a day on which the clocks are put back has some wall times twice.
        shown = (datetime.combine(today + timedelta(days=ahead), wall, zone).astimezone(UTC) for ahead in range(3))
        return next(later for later in shown if later > moment)


def _is_within(at: time, begins: time, ends: time) -> bool:
    """Whether the clock shows a time from *begins* to before *ends*, which may lie past midnight."""
    if begins <= ends:
        return begins <= at < ends
    return at >= begins or at < ends
