"""Show what a person has done: streak and score, a month as a calendar, the last weeks.

Understands: 「記録を見たい」「何日続いてる？」「先月の記録」
"""

from calendar import Calendar
from datetime import date, timedelta

from bot import calendar, record
from bot.conversation import Bar, Bars, Block, Card, Choice, Day, Month, Reply, Turn, say
from bot.library.library import Library
from bot.library.schema import Routine
from bot.record import Record

ID = "command/progress"


def show(turn: Turn) -> Reply:
    """The record with this month, or with the last one when the sentence says so."""
    first = _today(turn).replace(day=1)
    is_last = any(word in turn.text for word in turn.library.language.words.get("last-month", ()))
    return _reply(turn, _before(first) if is_last else first)


def month(turn: Turn) -> Reply | None:
    """The record with the month that a button names."""
    first = calendar.day_named(f"{turn.tap.args[0]}-01") if turn.tap and turn.tap.args else None
    return _reply(turn, min(first, _today(turn).replace(day=1))) if first is not None else None


def _reply(turn: Turn, first: date) -> Reply:
    mine = record.of(turn.session, turn.person, zone=turn.timezone, now=turn.now)
    last = _after(first) - record.DAY
    is_this = first <= mine.today <= last
    lines = [turn.words("progress_streak", days=mine.streak, score=mine.score)]
    if not mine.days:
        lines.append(turn.words("progress_none"))
    else:
        lines.append(turn.words("progress_total", total=len(mine.days), longest=mine.longest))
        lines += [] if mine.streak else [turn.words("progress_again")]
    counts = per_routine(turn.library, mine, first, last)
    card = Card(
        title=turn.words("progress_title"),
        paragraphs=tuple(lines),
        blocks=(
            _calendar(turn, mine, first, last),
            *((_weeks(turn, mine),) if is_this and mine.days else ()),
            *((Block(turn.words("progress_routines", month=first.month), counts),) if counts else ()),
        ),
        note=turn.words("progress_note"),
        buttons=(turn.button("button_routine_now", "open command/routine-now").main(), _summary(turn)),
    )
    ways = []
    if min(mine.days, default=first) < first:
        ways.append(turn.button("button_month_before", f"month {_before(first):%Y-%m}"))
    if not is_this:
        ways.append(turn.button("button_month_after", f"month {_after(first):%Y-%m}"))
    menu = turn.button("button_menu", "open command/menu")
    return Reply(bubbles=(card,), quick=(*ways, menu), about=ID, outcome="command")


def _calendar(turn: Turn, mine: Record, first: date, last: date) -> Month:
    count = mine.count(first, last)
    return Month(
        heading=turn.words("progress_month" if count else "progress_month_empty", month=first.month, days=count),
        weekdays=tuple(turn.words("weekdays").split()),
        weeks=tuple(
            tuple(Day(day.day, mine.mark(day), day == mine.today) if day.month == first.month else None for day in week)
            for week in Calendar().monthdatescalendar(first.year, first.month)
        ),
        legend=turn.words("progress_legend"),
    )


def _weeks(turn: Turn, mine: Record) -> Bars:
    bars = []
    for back, (begins, count) in enumerate(mine.weeks()):
        key = ("progress_week_this", "progress_week_last", "progress_week_from")[min(back, 2)]
        label = turn.words(key, month=begins.month, day=begins.day)
        bars.append(Bar(label=label, share=count / 7, value=turn.words("progress_days", days=count)))
    return Bars(turn.words("progress_weeks"), tuple(bars))


def per_routine(library: Library, mine: Record, first: date, last: date) -> tuple[str, ...]:
    """How often each routine was done from *first* to *last*, a line for each that was."""
    counts = mine.per_routine(first, last)
    return tuple(
        say(library.messages, "progress_routine", title=routine.title, count=counts[routine.id])
        for routine in library.of(Routine)
        if routine.id in counts
    )


def _summary(turn: Turn) -> Choice:
    if turn.person.summary_due_at is None:
        return turn.button("button_summary_on", "summary on")
    return turn.button("button_summary_off", "summary off")


def _today(turn: Turn) -> date:
    return calendar.day_of(turn.now, turn.timezone)


def _before(first: date) -> date:
    return (first - record.DAY).replace(day=1)


def _after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
