"""How reminders are put into words: their titles, days, times, rests and next rings; shared by the handlers."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot import calendar, reminders
from bot.conversation import Choice, Reply, Turn
from bot.library.schema import Routine
from bot.models import Reminder
from bot.reminders import outlook

_OFF = {"stopped": "reminder_stands_stopped", "suspended": "reminder_stands_suspended"}


def days(turn: Turn, days: Sequence[str], *, on_holidays: bool = True) -> str:
    """「毎日」「平日」「月・水・金」."""
    if len(days) == 7:
        words = turn.words("reminder_days_all")
    elif list(days) == list(calendar.WEEKDAYS[:5]):
        words = turn.words("reminder_days_weekdays")
    elif list(days) == list(calendar.WEEKDAYS[5:]):
        words = turn.words("reminder_days_weekend")
    else:
        names = dict(zip(calendar.WEEKDAYS, turn.words("weekdays").split(), strict=True))
        words = turn.words("days_between").join(names[day] for day in days)
    return words if on_holidays else turn.words("reminder_no_holidays", days=words)


def moment(turn: Turn, moment: datetime) -> str:
    """「11月21日(土) 06:30」 on the person's clock."""
    local = moment.astimezone(turn.timezone)
    weekday = turn.words("weekdays").split()[local.weekday()]
    return turn.words("date_line", month=local.month, day=local.day, weekday=weekday, time=f"{local:%H:%M}")


def day(turn: Turn, day: date) -> str:
    """「今日」 for the person's present day, else 「11月21日(土)」."""
    if day == calendar.day_of(turn.now, turn.timezone):
        return turn.words("day_today")
    return _date(turn, day)


def titles(turn: Turn, found: Sequence[Reminder]) -> str:
    """「朝のストレッチと深呼吸」「就寝前の深呼吸」."""
    return "".join(turn.words("reminder_title", title=title(turn, reminder)) for reminder in found)


def title(turn: Turn, reminder: Reminder) -> str:
    """The routine's title; its id when the pack no longer has it."""
    routine = turn.library.entries.get(reminder.routine_id)
    return routine.title if routine is not None else reminder.routine_id


def stand(turn: Turn, found: Sequence[Reminder]) -> str:
    """How the reminders stand now: all about one in lines of its own, of several a line or two each."""
    if len(found) != 1:
        return "\n".join(line(turn, reminder) for reminder in found)
    (reminder,) = found
    if reminder.state != "on":
        return turn.words(_OFF[reminder.state])
    lines = [
        turn.words("reminder_stands_time", time=reminder.time),
        turn.words("reminder_stands_days", days=_days(turn, reminder)),
    ]
    if (due := _next(turn, reminder)) is not None:
        lines.append(turn.words("reminder_stands_next", next=moment(turn, due)))
    if reminders.has_pause_ahead(reminder, turn.now):
        lines.append(turn.words("reminder_stands_rest", span=_span(turn, reminder)))
        ends = None if reminders.is_paused(reminder, turn.now) else reminder.paused_until
        if ends is not None and (back := outlook.first_ring(reminder, ends)) is not None:
            lines.append(turn.words("reminder_stands_after", next=moment(turn, back)))
    return "\n".join(lines)


def line(turn: Turn, reminder: Reminder) -> str:
    """Title, time, days, next ring, and whether it rests now or will."""
    if reminder.state != "on":
        return turn.words("reminder_line_stopped", title=title(turn, reminder))
    lines = [set_to(turn, reminder)]
    if reminders.has_pause_ahead(reminder, turn.now):
        is_now = reminders.is_paused(reminder, turn.now)
        key = "reminder_line_rests" if is_now else "reminder_line_will_rest"
        lines.append(turn.words(key, span=_span(turn, reminder)))
    if (due := _next(turn, reminder)) is not None:
        lines.append(turn.words("reminder_line_next", next=moment(turn, due)))
    return "\n".join(lines)


def set_to(turn: Turn, reminder: Reminder) -> str:
    """Title, time and days: 「朝のストレッチと深呼吸：06:30（毎日）」."""
    return turn.words("reminder_line", title=title(turn, reminder), time=reminder.time, days=_days(turn, reminder))


def which(turn: Turn, routine: object) -> str | None:
    """The routine that is meant: named, spoken of, or the only one that is on; None when that is open."""
    for id in (routine, turn.topic):
        if isinstance(id, str) and isinstance(turn.library.entries.get(id), Routine):
            return id
    mine = reminders.on(turn.session, turn.person)
    return mine[0].routine_id if len(mine) == 1 else None


def tapped(turn: Turn) -> Routine | None:
    """The routine that a button names; None when the pack no longer has it."""
    routine = turn.library.entries.get(turn.tap.args[0]) if turn.tap and turn.tap.args else None
    return routine if isinstance(routine, Routine) else None


def tapped_day(turn: Turn) -> date:
    """The day that a button belongs to; the person's present day when it names none."""
    named = (calendar.day_named(word) for word in (turn.tap.args[1:] if turn.tap else ()))
    return next((day for day in named if day is not None), calendar.day_of(turn.now, turn.timezone))


def picker(label: str, routine_id: str, time: str) -> Choice:
    """The button that picks another time, from *time* on."""
    return Choice(label, f"remind-at {routine_id}", pick="time", initial=time)


def ask_for_time(turn: Turn) -> Reply:
    """A time, delay or day that no clock or calendar has is asked back, never guessed."""
    menu = turn.button("button_menu", "open command/menu")
    routine = which(turn, turn.meaning.slots.get("routine"))
    if routine is None:
        return turn.say("reminder_impossible", menu)
    return turn.say("reminder_impossible", picker(turn.words("button_pick_time"), routine, "07:00"), menu)


def _days(turn: Turn, reminder: Reminder) -> str:
    return days(turn, reminder.days, on_holidays=reminder.is_on_holidays)


def _span(turn: Turn, reminder: Reminder) -> str:
    """「11月23日(月)から11月25日(水)まで」; without its beginning once it has begun."""
    begin, end = "", turn.words("reminder_span_open")
    if reminder.paused_from is not None and reminder.paused_from > turn.now:
        begin = turn.words("reminder_span_from", day=_edge(turn, reminder.paused_from))
    if reminder.paused_until is not None:
        end = turn.words("reminder_span_until", day=_edge(turn, reminder.paused_until, is_end=True))
    return turn.words("reminder_span", begin=begin, end=end)


def _next(turn: Turn, reminder: Reminder) -> datetime | None:
    return outlook.next_ring(turn.session, turn.person, reminder)


def _edge(turn: Turn, edge: datetime, *, is_end: bool = False) -> str:
    """The first or last day of a pause, or the moment when it does not keep to the bounds of a day."""
    local = edge.astimezone(turn.timezone)
    if local.time() != calendar.DAY_BEGINS:
        return moment(turn, edge)
    return _date(turn, local.date() - timedelta(days=1) if is_end else local.date())


def _date(turn: Turn, day: date) -> str:
    weekday = turn.words("weekdays").split()[day.weekday()]
    return turn.words("reminder_day", month=day.month, day=day.day, weekday=weekday)
