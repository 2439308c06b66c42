"""Ring less for whoever does not react: what the buttons of our one question do.

Understands: the buttons 「減らす」「休む」「このまま続ける」「やめる」 of that question, and right after it the same in words
"""

from dataclasses import replace

from bot import calendar, reminders
from bot.conversation import Choice, Reply, Tap, Turn
from bot.library.schema import Routine
from bot.models import Reminder
from handlers import pauses, reminder_words, stops, undo

ID = "command/reminder-set"
WEEKDAYS, THREE_DAYS = calendar.WEEKDAYS[:5], calendar.WEEKDAYS[0:5:2]


def answered(turn: Turn) -> Reply | None:
    """An answer to the question in words, as if its button had been tapped; None for anything else."""
    word = _word(turn)
    if word is None or turn.topic is None:
        return None
    act = {"fewer": fewer, "keep": keep, "break": rest, "quit": stops.one}[word]
    return act(replace(turn, tap=Tap(word, (turn.topic,))))


def is_answer(turn: Turn) -> bool:
    """Whether the message is one of the question's answers, and nothing else."""
    return _word(turn) is not None


def fewer(turn: Turn) -> Reply | None:
    """「減らす」: on which days then; with days, set them."""
    routine = reminder_words.tapped(turn)
    if routine is None or turn.tap is None:
        return None
    reminder = _on(turn, routine)
    if reminder is None:
        return stops.not_on(turn, routine.id)
    reminders.react(turn.session, turn.person, routine.id)
    wanted = turn.tap.args[1].split(",") if len(turn.tap.args) > 1 else []
    days = [day for day in calendar.WEEKDAYS if day in wanted]
    if not days:
        return _ask_days(turn, routine, reminder)
    changed = reminders.turn_on(
        turn.session,
        turn.person,
        routine_id=routine.id,
        default_time=routine.default_time,
        zone=turn.timezone,
        now=turn.now,
        days=days,
    )
    return undo.changed(turn, "reminder_on", [changed], about=ID)


def rest(turn: Turn) -> Reply | None:
    """「休む」: for how long; with a length, rest."""
    routine = reminder_words.tapped(turn)
    if routine is None or turn.tap is None:
        return None
    if _on(turn, routine) is None:
        return stops.not_on(turn, routine.id)
    reminders.react(turn.session, turn.person, routine.id)
    match turn.tap.args[1:]:
        case ("7",):
            return pauses.rest(turn, routine.id, until=pauses.days_on(turn, 7))
        case ("open",):
            return pauses.rest(turn, routine.id, until=None)
    week = turn.button("button_pause_week", f"break {routine.id} 7")
    open_end = turn.button("button_pause_open", f"break {routine.id} open")
    return _said(turn, "break_ask", routine, week, open_end)


def keep(turn: Turn) -> Reply | None:
    """「このまま続ける」: it rings as before, also when it has come to rest in the meantime."""
    routine = reminder_words.tapped(turn)
    if routine is None:
        return None
    reminder = _on(turn, routine)
    if reminder is None:
        return stops.not_on(turn, routine.id)
    if reminders.is_paused(reminder, turn.now) and reminder.paused_until is None:
        reminders.resume(turn.session, turn.person, routine_id=routine.id, now=turn.now)
    reminders.react(turn.session, turn.person, routine.id)
    return undo.changed(turn, "keep_going", [reminder], about=ID)


def _word(turn: Turn) -> str | None:
    return next((word for word in ("fewer", "keep", "break", "quit") if turn.means(word)), None)


def _on(turn: Turn, routine: Routine) -> Reminder | None:
    reminder = reminders.find(turn.session, turn.person, routine.id)
    return reminder if reminder is not None and reminder.state == "on" else None


def _ask_days(turn: Turn, routine: Routine, reminder: Reminder) -> Reply:
    last = (reminder.rang_for or calendar.day_of(turn.now, turn.timezone)).weekday()
    ways = (
        (WEEKDAYS, turn.words("button_weekdays")),
        (THREE_DAYS, turn.words("button_three_days")),
        (
            (calendar.WEEKDAYS[last],),
            turn.words("button_once_a_week", weekday=turn.words("weekdays").split()[last]),
        ),
    )
    choices = tuple(
        Choice(label, f"fewer {routine.id} {','.join(days)}") for days, label in ways if len(days) < len(reminder.days)
    )
    if choices:
        return _said(turn, "fewer_ask", routine, *choices)
    rest = turn.button("button_break", f"break {routine.id}")
    return _said(turn, "fewer_least", routine, rest, turn.button("button_stop", f"stop {routine.id}"))


def _said(turn: Turn, key: str, routine: Routine, *quick: Choice) -> Reply:
    said = turn.say(key, *quick, title=routine.title)
    return Reply(said.bubbles, said.quick, about=ID, outcome="command", topic=routine.id)
