"""Stop reminders for good, one or all, and with 「配信停止」 the announcements as well.

Understands: 「リマインドをやめて」「朝のやつは解除で」「全部やめて」「配信停止」
"""

from bot import calendar, people, reminders, summaries
from bot.conversation import Reply, Turn
from bot.models import Reminder
from handlers import announcements, reminder_words, undo

ID = "command/reminder-stop"


def in_words(turn: Turn) -> Reply:
    """What the sentence says: one reminder, all of them, the announcements, or everything."""
    routine = turn.meaning.slots.get("routine")
    if announcements.are_wanted_again(turn):
        return announcements.start(turn)
    if isinstance(routine, str):
        return _one(turn, routine)
    meant = announcements.meant(turn)
    if "reminders" not in meant:
        return announcements.stop(turn)
    return everything(turn) if "announcements" in meant else all_reminders(turn)


def one(turn: Turn) -> Reply | None:
    """The button 「止める」 of one routine."""
    routine = reminder_words.tapped(turn)
    return _one(turn, routine.id) if routine is not None else None


def all_reminders(turn: Turn) -> Reply:
    """No reminders any more; the announcements go on, and are offered to be stopped as well."""
    stopped = reminders.stop(turn.session, turn.person, None, turn.now)
    if turn.person.announcements_stopped_at is not None:
        offer = turn.button("button_start_announcements", "start-announcements")
        rest = turn.words("reminder_announcements_are_off")
    else:
        offer = turn.button("button_stop_announcements", "stop-announcements")
        rest = turn.words("reminder_announcements_go_on")
    if not stopped:
        return undo.changed(turn, "reminder_none_on", [], offer, about=ID, said=rest)
    return undo.changed(turn, "reminder_stopped_all", stopped, offer, about=ID, said=f"{_were(turn, stopped)}\n{rest}")


def everything(turn: Turn) -> Reply:
    """No reminders and no announcements any more."""
    stopped = reminders.stop(turn.session, turn.person, None, turn.now)
    people.stop_announcements(turn.person, turn.now)
    summaries.turn_off(turn.person, today=calendar.day_of(turn.now, turn.timezone))
    again = turn.button("button_start_announcements", "start-announcements")
    return undo.changed(turn, "reminder_all_stopped", stopped, again, about=ID, said=_were(turn, stopped))


def _one(turn: Turn, id: str) -> Reply:
    stopped = reminders.stop(turn.session, turn.person, id, turn.now)
    if not stopped:
        return not_on(turn, id)
    return undo.changed(turn, "reminder_stopped", stopped, about=ID, said=_were(turn, stopped))


def not_on(turn: Turn, id: str) -> Reply:
    """Nothing to change: this routine's reminder is not on."""
    routine = turn.library.entry(id)
    on = turn.button("button_remind_daily", f"remind {id}", time=getattr(routine, "default_time", ""))
    listed = turn.button("button_reminders", "open command/reminder-list")
    return turn.say("reminder_not_on", on, listed, about=ID, outcome="command", title=routine.title)


def _were(turn: Turn, stopped: list[Reminder]) -> str:
    return "\n".join(reminder_words.set_to(turn, reminder) for reminder in stopped)
