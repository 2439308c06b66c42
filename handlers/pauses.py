"""Let reminders rest, come again, or stop for good.

Understands: 「今週は休む」「しばらく止めて」「再開」「配信停止」
"""

from datetime import datetime

from bot import calendar, people, reminders
from bot.conversation import Reply, Turn
from bot.library.schema import Routine
from bot.models import Reminder
from handlers import announcements, reminder_words

SET, PAUSE, STOP = (f"command/reminder-{word}" for word in ("set", "pause", "stop"))


def pause(turn: Turn) -> Reply:
    """Rest until the day the sentence says, or until taken up again."""
    if announcements.are_wanted_again(turn):
        return announcements.start(turn)
    if turn.meaning.slots.get("impossible"):
        return reminder_words.ask_for_time(turn)
    until = _until(turn)
    routine = turn.meaning.slots.get("routine")
    paused = reminders.pause(
        turn.session,
        turn.person,
        routine_id=routine if isinstance(routine, str) else None,
        until=until,
        now=turn.now,
    )
    if not paused:
        return turn.say(
            "reminder_stop_none", turn.button("button_menu", "open command/menu"), about=PAUSE, outcome="command"
        )
    if until is None:
        return reminder_words.said(turn, "reminder_paused", paused, about=PAUSE, resume=True)
    rings = [reminder.next_due_at for reminder in paused if reminder.next_due_at is not None]
    if not rings:
        return reminder_words.said(turn, "reminder_paused", paused, about=PAUSE, resume=True)
    return reminder_words.said(
        turn, "reminder_paused_until", paused, about=PAUSE, resume=True, next=reminder_words.date(turn, min(rings))
    )


def stop(turn: Turn) -> Reply:
    """Stop one reminder, all of them, or with 「配信停止」 the announcements as well."""
    routine = turn.meaning.slots.get("routine")
    if announcements.are_wanted_again(turn):
        return announcements.start(turn)
    if routine is None and announcements.are_meant(turn):
        return stop_all(turn)
    stopped = reminders.stop(turn.session, turn.person, routine if isinstance(routine, str) else None)
    more = turn.button("button_stop_announcements", "stop-announcements")
    if not stopped:
        return turn.say(
            "reminder_stop_none", more, turn.button("button_menu", "open command/menu"), about=STOP, outcome="command"
        )
    if isinstance(routine, str):
        return reminder_words.said(turn, "reminder_stopped", stopped, about=STOP)
    reply = reminder_words.said(turn, "reminder_stopped", stopped, about=STOP)
    return Reply(
        bubbles=(*reply.bubbles, *turn.say("reminder_stop_reminders").bubbles),
        quick=(more, turn.button("button_menu", "open command/menu")),
        about=STOP,
        outcome="command",
    )


def stop_all(turn: Turn) -> Reply:
    """No reminders and no announcements any more."""
    reminders.stop(turn.session, turn.person, None)
    people.stop_announcements(turn.person, turn.now)
    return turn.say("reminder_stop_all", turn.button("button_menu", "open command/menu"), about=STOP, outcome="command")


def stop_reminders(turn: Turn) -> Reply:
    """The button under the list: all reminders off."""
    return stop(turn.about(STOP, outcome="command", routine=None))


def stop_one(turn: Turn) -> Reply | None:
    """The button 「止める」 of one routine."""
    id = turn.tap.args[0] if turn.tap and turn.tap.args else ""
    if not isinstance(turn.library.entries.get(id), Routine):
        return None
    return stop(turn.about(STOP, outcome="command", routine=id))


def resume_old(turn: Turn) -> Reply:
    """「前の設定で再開」 after coming back: reminders are as they were."""
    return _resumed(turn, reminders.resume_suspended(turn.session, turn.person, turn.now))


def resume(turn: Turn) -> Reply:
    """The button 「再開する」 under a pause: what was paused there rings again."""
    id = turn.tap.args[0] if turn.tap and turn.tap.args else None
    return _resumed(turn, reminders.resume(turn.session, turn.person, routine_id=id, now=turn.now))


def _resumed(turn: Turn, found: list[Reminder]) -> Reply:
    if not found:
        menu = turn.button("button_menu", "open command/menu")
        return turn.say("reminder_resume_none", menu, about=SET, outcome="command")
    return reminder_words.said(turn, "reminder_resumed", found, about=SET)


def _until(turn: Turn) -> datetime | None:
    until = turn.meaning.slots.get("until")
    if not isinstance(until, str):
        return None
    moment = datetime.fromisoformat(until)
    if "T" in until:
        return moment.replace(tzinfo=turn.timezone)
    return calendar.day_begins(moment.date(), turn.timezone)


def resume_in_words(turn: Turn, routine: str | None) -> Reply:
    """「再開」 in words: what was paused, and all that waits since the person blocked us."""
    found = reminders.resume(turn.session, turn.person, routine_id=routine, now=turn.now)
    if routine is None:
        found += reminders.resume_suspended(turn.session, turn.person, turn.now)
    return _resumed(turn, found)
