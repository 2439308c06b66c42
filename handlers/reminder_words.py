"""How reminders are put into words: their titles, days, times; shared by the handlers."""

from collections.abc import Sequence
from datetime import datetime

from bot import calendar, reminders
from bot.conversation import Choice, Reply, Turn
from bot.library.schema import Routine
from bot.models import Reminder


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


def line(turn: Turn, reminder: Reminder) -> str:
    """One line of the list: title, time, days, and whether it rests."""
    values: dict[str, object] = {
        "title": title(turn, reminder),
        "time": reminder.time,
        "days": days(turn, reminder.days, on_holidays=reminder.is_on_holidays),
    }
    is_resting = reminder.is_paused and reminder.paused_until is not None and reminder.paused_until > turn.now
    if is_resting and reminder.next_due_at is not None:
        return turn.words("reminder_list_paused_until", next=date(turn, reminder.next_due_at), **values)
    if reminder.is_paused and reminder.paused_until is None:
        return turn.words("reminder_list_paused", **values)
    return turn.words("reminder_list_line", **values)


def date(turn: Turn, moment: datetime) -> str:
    """「11月21日(土) 06:30」 on the person's clock."""
    local = moment.astimezone(turn.timezone)
    weekday = turn.words("weekdays").split()[local.weekday()]
    return turn.words("date_line", month=local.month, day=local.day, weekday=weekday, time=f"{local:%H:%M}")


def title(turn: Turn, reminder: Reminder) -> str | None:
    """The routine's title; None when the pack no longer has it."""
    routine = turn.library.entries.get(reminder.routine_id)
    return routine.title if routine is not None else None


def said(turn: Turn, key: str, found: list[Reminder], *, about: str, resume: bool = False, **values: object) -> Reply:
    """The message *key* about the reminders *found*, by their titles."""
    titles = turn.words("days_between").join(title for title in (title(turn, r) for r in found) if title)
    named = f" {found[0].routine_id}" if len(found) == 1 else ""
    quick = (turn.button("button_resume", f"resume{named}"),) if resume else ()
    menu = turn.button("button_reminders", "open command/reminder-list")
    return turn.say(key, *quick, menu, about=about, outcome="command", titles=titles, **values)


def which(turn: Turn, routine: object) -> str | None:
    """The routine that is meant: named, spoken of, or the only one that is on; None when that is open."""
    for id in (routine, turn.topic):
        if isinstance(id, str) and isinstance(turn.library.entries.get(id), Routine):
            return id
    mine = reminders.on(turn.session, turn.person)
    return mine[0].routine_id if len(mine) == 1 else None


def ask_for_time(turn: Turn) -> Reply:
    """A time, delay or day that no clock or calendar has is asked back, never guessed."""
    menu = turn.button("button_menu", "open command/menu")
    routine = which(turn, turn.meaning.slots.get("routine"))
    if routine is None:
        return turn.say("reminder_impossible", menu)
    pick = Choice(turn.words("button_pick_time"), f"remind-at {routine}", pick="time", initial="07:00")
    return turn.say("reminder_impossible", pick, menu)
