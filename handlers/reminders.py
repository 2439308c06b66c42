"""Turn a routine's reminder on, as wished, and say how it stands.

Understands: the buttons 「毎日07:00にお知らせ」 and 「時間を変える」; sentences come by way of ``reminder_wishes``
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from bot import calendar, reminders
from bot.conversation import Reply, Turn
from bot.library.schema import Routine
from bot.models import Reminder
from handlers import reminder_words, undo

ID = "command/reminder-set"

Wish = Mapping[str, Any]
"""What is wished of a reminder, of ``time``, ``days``, ``minutes`` (to move it by) and ``holidays``; the rest stays.

``starts`` is the day (YYYY-MM-DD) from which on it shall ring so; before that it does not ring.
"""


def remind(turn: Turn) -> Reply | None:
    """The button 「毎日07:00にお知らせ」: just that."""
    routine = reminder_words.tapped(turn)
    if routine is None:
        return None
    return grant(turn, routine, {"time": routine.default_time, "days": list(calendar.WEEKDAYS)})


def remind_at(turn: Turn) -> Reply | None:
    """A button that turns a routine's reminder on at the time picked."""
    routine = reminder_words.tapped(turn)
    return grant(turn, routine, {"time": turn.tap.picked if turn.tap else None}) if routine is not None else None


def grant(turn: Turn, routine: Routine, wish: Wish) -> Reply:
    """Turn the routine's reminder on with what is *wish*ed, or show it as it is where nothing is."""
    before = reminders.find(turn.session, turn.person, routine.id)
    is_on = before is not None and before.state == "on"
    rested = before is not None and is_on and reminders.has_pause_ahead(before, turn.now)
    if before is not None and is_on and not rested and not wish:
        return show(turn, before)
    minutes, starts = wish.get("minutes"), wish.get("starts")
    reminder = reminders.turn_on(
        turn.session,
        turn.person,
        routine_id=routine.id,
        default_time=routine.default_time,
        zone=turn.timezone,
        now=turn.now,
        time=wish.get("time"),
        days=wish.get("days"),
        shift=timedelta(minutes=minutes) if minutes is not None else None,
        on_holidays=wish.get("holidays"),
        begins=None if starts is None else calendar.day_begins(date.fromisoformat(starts), turn.timezone),
    )
    if starts is not None:
        return _confirm(turn, "reminder_on_from", reminder, day=day_of(turn, wish))
    return _confirm(turn, "reminder_on_after_rest" if rested else "reminder_on", reminder)


def show(turn: Turn, reminder: Reminder) -> Reply:
    """The reminder as it is, and what can be done about it."""
    return _confirm(turn, "reminder_as_it_is", reminder)


def day_of(turn: Turn, wish: Wish) -> str:
    """The day on which a *wish* starts, in words."""
    return reminder_words.day(turn, date.fromisoformat(wish["starts"]))


def left(turn: Turn) -> Reply:
    """Nothing was changed."""
    listed = turn.button("button_reminders", "open command/reminder-list")
    return turn.say("reminder_left", listed, about=ID, outcome="command")


def _confirm(turn: Turn, key: str, reminder: Reminder, *, day: str = "") -> Reply:
    id = reminder.routine_id
    change = reminder_words.picker(turn.words("button_change_time"), id, reminder.time)
    stop, start = turn.button("button_stop", f"stop {id}"), turn.button("button_start", f"start {id}")
    return undo.changed(turn, key, [reminder], change, stop, start, about=ID, day=day)
