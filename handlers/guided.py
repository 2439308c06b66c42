"""Lead through a routine step by step, and record it at the end.

Understands: 「始める」, then 「次」「前」「最初から」「続き」「やめる」
"""

from dataclasses import replace
from datetime import date, timedelta

from bot import calendar, reminders
from bot.conversation import Reply, Step, Text, Turn
from bot.library.schema import Routine
from handlers import body, cards, done, safety
from handlers import exercise as exercises
from handlers import routine as routines

STEP = done.GUIDED


def start(turn: Turn) -> Reply | None:
    """The first step of the routine that a button names; a reminder's button names its day, too."""
    routine = _named(turn)
    if routine is None or turn.tap is None:
        return None
    return _begin(turn, routine, _day(turn, turn.tap.args[1:]))


def go(turn: Turn) -> Reply | None:
    """The step that a button names, or the end of the session."""
    routine = _named(turn)
    if routine is None or turn.tap is None or len(turn.tap.args) < 2:
        return None
    running, day = _running(turn), _day(turn, turn.tap.args[2:])
    if running is not None and running[0].id != routine.id:
        # An old button of a session that another one has taken the place of: that one is on.
        return _step(turn, *running, said="routine_other_on")
    if turn.tap.args[1] == "stop":
        return _quit(turn, routine, day, running[1] if running is not None else 0)
    return _step(turn, routine, int(turn.tap.args[1]), day) if turn.tap.args[1].isdecimal() else None


def go_on(turn: Turn) -> Reply | None:
    """What is said in the middle of a session; None for anything that has nothing to do with it."""
    assert turn.step is not None  # Registered as a step.
    routine = turn.library.entries.get(str(turn.step.data["routine"]))
    if not isinstance(routine, Routine):
        return None
    running = _running(turn)
    if running is None:
        # Only shown so far: a yes or 「始める」 starts it.
        return _begin(turn, routine, _day(turn)) if turn.means("start") else None
    _, position, day = running
    if turn.means("stop"):
        return _quit(turn, routine, day, position)
    for word, place in (("continue", position), ("next", position + 1), ("back", position - 1), ("from-start", 0)):
        if turn.means(word):
            return _step(turn, routine, max(0, place), day)
    if turn.meaning.id == "command/routine-done" and turn.meaning.slots.get("routine") in (None, routine.id):
        return _finish(turn, routine, day)
    aspect = turn.meaning.slots.get("aspect")
    steps = routines.steps(turn, routine)
    if aspect in exercises.ASPECTS and position < len(steps):
        # 「何回？」 in the middle: asked of the movement on the screen, and the session waits.
        reply = exercises.show(turn.about(steps[position].id, outcome="answer"))
        way_back = turn.button("button_continue_routine", "continue")
        return replace(reply, quick=(way_back, *reply.quick), keeps_step=True, keeps_topic=True)
    # 「もっと」「やり方は？」 about the step that is on the screen: there it is again.
    return _step(turn, routine, position, day) if aspect in ("more", "how") else None


def _running(turn: Turn) -> tuple[Routine, int, date] | None:
    """The session that is on: its routine, where it stands, and the day it counts for; None when none has begun."""
    if turn.step is None or turn.step.name != STEP or int(turn.step.data["position"]) < 0:
        return None
    routine = turn.library.entries.get(str(turn.step.data["routine"]))
    if not isinstance(routine, Routine):
        return None
    return routine, int(turn.step.data["position"]), _day(turn, (str(turn.step.data.get("day")),))


def _begin(turn: Turn, routine: Routine, day: date) -> Reply:
    reminders.react(turn.session, turn.person, routine.id)
    return _step(turn, routine, 0, day)


def _step(turn: Turn, routine: Routine, position: int, day: date, *, said: str | None = None) -> Reply:
    if (turn.topic or "").startswith("safety/"):
        # A warning has ended the session, and stands until the person speaks of something else.
        return safety.answer(turn.about(turn.topic or "", outcome="safety"))
    barred = body.instead(turn.about(routine.id, outcome="command"))
    if barred is not None:
        return barred
    steps = routines.steps(turn, routine)
    if not steps:
        return routines.nothing_left(turn, routine)
    if position >= len(steps):
        return _finish(turn, routine, day)
    exercise = steps[position]
    is_last = position + 1 == len(steps)
    ways = (
        turn.button("button_done" if is_last else "button_next", f"go {routine.id} {position + 1} {day}").main(),
        *((turn.button("button_back", f"go {routine.id} {position - 1} {day}"),) if position else ()),
        turn.button("button_quit", f"go {routine.id} stop {day}"),
    )
    hold = exercise.hold_seconds
    card = cards.exercise(
        turn,
        exercise,
        eyebrow=routine.title,
        note=turn.words("note_step", number=position + 1, count=len(steps)),
    )
    again = (turn.button("button_hold_again", f"go {routine.id} {position} {day}", seconds=hold),) if hold else ()
    return Reply(
        bubbles=(
            *((Text(turn.words(said, title=routine.title)),) if said is not None else ()),
            replace(
                card,
                paragraphs=(*card.paragraphs, turn.words("routine_hold", seconds=hold)) if hold else card.paragraphs,
                buttons=ways,
            ),
        ),
        quick=(*again, turn.button("button_menu", "open command/menu")),
        about=routine.id,
        outcome="command",
        step=Step(STEP, {"routine": routine.id, "position": position, "day": str(day)}),
        loading_seconds=hold,
    )


def _finish(turn: Turn, routine: Routine, day: date) -> Reply:
    noted = done.record(turn, routine, day)
    finished = Text(turn.words("routine_finish", title=routine.title))
    return replace(noted, bubbles=(finished, *noted.bubbles), about=routine.id)


def _quit(turn: Turn, routine: Routine, day: date, position: int) -> Reply:
    menu = turn.button("button_menu", "open command/menu")
    if not position:
        return turn.say("routine_quit", menu, about=routine.id, outcome="command")
    done_so_far = turn.button("button_done", f"done {routine.id} {day}")
    return turn.say("routine_quit_halfway", done_so_far, menu, about=routine.id, outcome="command")


def _named(turn: Turn) -> Routine | None:
    routine = turn.library.entries.get(turn.tap.args[0]) if turn.tap and turn.tap.args else None
    return routine if isinstance(routine, Routine) else None


def _day(turn: Turn, named: tuple[str, ...] = ()) -> date:
    """The day that a session counts for: the one *named*, if that is today or yesterday; else today."""
    today = calendar.day_of(turn.now, turn.timezone)
    day = calendar.day_named(named[0]) if named else None
    return day if day in (today, today - timedelta(days=1)) else today
