"""Turn reminders on, change and list them, by sentence or button.

Understands: 「毎朝6時半にストレッチ」「土日はなし」「お知らせの確認」
"""

from datetime import timedelta
from typing import Any

from bot import reminders
from bot.conversation import Block, Card, Choice, Reply, Step, Turn
from bot.library.schema import Routine
from handlers import announcements, pauses, reminder_words
from handlers.routine import none_here

WHICH = "reminder.which"
SET, LIST = (f"command/reminder-{word}" for word in ("set", "list"))


def turn_on(turn: Turn) -> Reply:
    """Set or change a reminder as the sentence says; ask which when it does not say."""
    slots = turn.meaning.slots
    if announcements.are_wanted_again(turn):
        return announcements.start(turn)
    if slots.get("impossible"):
        return reminder_words.ask_for_time(turn)
    wished = {key: slots.get(key) for key in ("time", "days", "minutes", "holidays")}
    routine = slots.get("routine")
    if not any(value is not None for value in wished.values()) and _asks_to_resume(turn):
        return pauses.resume_in_words(turn, routine if isinstance(routine, str) else None)
    id = reminder_words.which(turn, routine)
    if id is None:
        routines = turn.library.of(Routine)
        if not routines:
            return none_here(turn)
        return Reply(
            bubbles=turn.say("reminder_which").bubbles,
            quick=tuple(Choice(routine.label, f"which {routine.id}") for routine in routines[:12]),
            about=SET,
            outcome="command",
            offered=tuple(routine.id for routine in routines),
            step=Step(WHICH, wished),
        )
    return _set(turn, id, wished)


def which(turn: Turn) -> Reply | None:
    """The routine for a reminder whose time is known already: by button, number or name."""
    wished = dict(turn.step.data) if turn.step is not None and turn.step.name == WHICH else {}
    id = turn.tap.args[0] if turn.tap and turn.tap.args else turn.meaning.id or turn.meaning.slots.get("routine")
    if not isinstance(id, str) or not isinstance(turn.library.entries.get(id), Routine):
        return None
    return _set(turn, id, wished)


def remind(turn: Turn) -> Reply | None:
    """A button that turns a routine's reminder on, at its default time or at the one picked."""
    id = turn.tap.args[0] if turn.tap and turn.tap.args else ""
    if not isinstance(turn.library.entries.get(id), Routine):
        return None
    return _set(turn, id, {"time": turn.tap.picked if turn.tap else None})


def listing(turn: Turn) -> Reply:
    """What is on or paused, at its present time."""
    found = [
        reminder
        for reminder in reminders.on(turn.session, turn.person)
        if reminder_words.title(turn, reminder) is not None
    ]
    if not found and reminders.suspended(turn.session, turn.person):
        again = turn.button("button_resume_old", "resume-old")
        menu = turn.button("button_menu", "open command/menu")
        return turn.say("reminder_list_suspended", again, menu, about=LIST, outcome="command")
    if not found:
        now = turn.button("button_routine_now", "open command/routine-now")
        return turn.say("reminder_list_none", now, about=LIST, outcome="command")
    card = Card(
        title=turn.words("reminder_list_title"),
        paragraphs=(turn.words("reminder_list_hint"),) if len(found) > 1 else (),
        blocks=(
            Block(turn.words("heading_reminders"), tuple(reminder_words.line(turn, reminder) for reminder in found)),
        ),
        buttons=tuple(
            Choice(
                turn.words("button_change_time") if len(found) == 1 else turn.library.entry(reminder.routine_id).label,
                f"remind-at {reminder.routine_id}",
                pick="time",
                initial=reminder.time,
            )
            for reminder in found[:5]
        ),
    )
    return Reply(
        bubbles=(card,),
        quick=(
            turn.button("button_stop_all_reminders", "stop-reminders"),
            turn.button("button_menu", "open command/menu"),
        ),
        about=LIST,
        outcome="command",
    )


def _asks_to_resume(turn: Turn) -> bool:
    return any(word in turn.text for word in turn.library.language.words.get("resume", ()))


def _set(turn: Turn, id: str, wished: dict[str, object]) -> Reply:
    routine = turn.library.entry(id)
    assert isinstance(routine, Routine)  # Checked by the callers.
    time, days, minutes, holidays = (wished.get(key) for key in ("time", "days", "minutes", "holidays"))
    reminder = reminders.turn_on(
        turn.session,
        turn.person,
        routine_id=id,
        default_time=routine.default_time,
        zone=turn.timezone,
        now=turn.now,
        time=time if isinstance(time, str) else None,
        days=days if isinstance(days, list | tuple) else None,
        shift=timedelta(minutes=minutes) if isinstance(minutes, int) else None,
        on_holidays=holidays if isinstance(holidays, bool) else None,
    )
    text: dict[str, Any] = {
        "title": routine.title,
        "time": reminder.time,
        "days": reminder_words.days(turn, reminder.days, on_holidays=reminder.is_on_holidays),
    }
    change = Choice(turn.words("button_change_time"), f"remind-at {id}", pick="time", initial=reminder.time)
    stop = turn.button("button_stop", f"stop {id}")
    start = turn.button("button_start", f"start {id}")
    if reminder.next_due_at is None:
        reply = turn.say("reminder_on_never", change, stop, **text)
    else:
        reply = turn.say(
            "reminder_on", change, stop, start, next=reminder_words.date(turn, reminder.next_due_at), **text
        )
    return Reply(bubbles=reply.bubbles, quick=reply.quick, about=SET, outcome="command", topic=id)
