"""Record what was done, on the day it belongs to.

Understands: 「できた」「ストレッチやったよ」「昨日できた」, the button of a reminder, and right after it 「取り消す」
"""

from dataclasses import replace
from datetime import date, timedelta

from bot import calendar, progress, reminders
from bot import record as records
from bot.conversation import Choice, Reply, Step, Text, Turn
from bot.library import wording
from bot.library.schema import Routine

ID = "command/routine-done"
NOTED = "done.noted"
"""The step right after something was recorded: the next message may take it back."""
GUIDED = "routine.step"
"""The step of a guided routine."""
OLDEST = timedelta(days=7)
"""How old a reminder may be whose button still means its own day."""
A_GAP = 4
"""From how many days since the last done on somebody is welcomed back."""


def tap(turn: Turn) -> Reply | None:
    """The button of a reminder, for its own day, or of a routine, for today."""
    id, *days = turn.tap.args if turn.tap and turn.tap.args else ("",)
    routine = turn.library.entries.get(id)
    if not isinstance(routine, Routine):
        return None
    return record(turn, routine, calendar.day_named(days[0]) if days else None)


def by_word(turn: Turn) -> Reply:
    """Record what was done: the routine named, the one spoken of, the last that rang on the day that is meant, or the only one that is on."""
    day = _day(turn)
    routine = _meant(turn, day)
    if routine is not None:
        return record(turn, routine, day)
    routines = turn.library.of(Routine)
    if not routines:
        return none_here(turn)
    choices = (Choice(routine.label, f"done {routine.id} {day}") for routine in routines[:12])
    return turn.say("routine_done_none", *choices, about=ID, outcome="command")


def record(turn: Turn, routine: Routine, day: date | None = None) -> Reply:
    """Write down that the routine was done on *day* (today when None), and say so.

    A day that has not begun cannot be done: the person's zone has changed since the card came, and today is meant. The
    button of an old card is asked back, for who taps one may well have done it just now.
    """
    today = calendar.day_of(turn.now, turn.timezone)
    day = min(day or today, today)
    if today - day > OLDEST:
        ways = (turn.button("button_done_today", f"done {routine.id}"), _progress(turn))
        return turn.say("routine_done_old", *ways, about=ID, outcome="command", day=_named(turn, day, today))
    before = records.of(turn.session, turn.person, zone=turn.timezone, now=turn.now)
    is_new = progress.done(turn.session, turn.person, routine_id=routine.id, day=day, now=turn.now)
    reminders.react(turn.session, turn.person, routine.id)
    lines = [wording.of_day(routine.praise, routine.id, day)] if is_new else []
    if not is_new or day != today:
        key = "routine_done_for" if is_new else "routine_done_again"
        lines.insert(0, turn.words(key, day=_named(turn, day, today), title=routine.title))
    lines += _standing(turn, before, before.plus(routine.id, day), day)
    back = (turn.button("button_not_done", f"not-done {routine.id} {day}"),) if is_new else ()
    return Reply(
        bubbles=(Text("\n".join(lines)),),
        quick=(_progress(turn), turn.button("button_menu", "open command/menu"), *back),
        about=ID,
        topic=routine.id,
        outcome="command",
        step=Step(NOTED, {"routine": routine.id, "day": str(day)}) if is_new else None,
    )


def not_done(turn: Turn) -> Reply | None:
    """「取り消す」, or right after a done 「間違えた」: what was recorded is not. None for anything else."""
    if turn.tap is not None:
        said = turn.tap.args
    elif turn.step is not None and turn.means("undo"):
        said = (turn.step.data["routine"], turn.step.data["day"])
    else:
        return None
    routine = turn.library.entries.get(said[0]) if len(said) == 2 else None
    day = calendar.day_named(said[1]) if len(said) == 2 else None
    if not isinstance(routine, Routine) or day is None:
        return None
    was = progress.not_done(turn.session, turn.person, routine_id=routine.id, day=day)
    named = _named(turn, day, calendar.day_of(turn.now, turn.timezone))
    key = "routine_not_done" if was else "routine_was_not_done"
    said_so = turn.say(key, _progress(turn), about=ID, outcome="command", day=named, title=routine.title)
    return replace(said_so, topic=routine.id)


def _standing(turn: Turn, before: records.Record, after: records.Record, day: date) -> list[str]:
    """Where that leaves the streak: a count, or after a gap a welcome; and a milestone when one was reached."""
    lines = []
    is_back = day not in before.days and (before.gap(day) or 0) >= A_GAP
    if is_back and after.streak == 1:
        lines.append(turn.words("routine_back"))
    elif after.streak:
        lines.append(turn.words("routine_streak", days=after.streak))
    reached = records.milestone(before, after)
    if reached is not None:
        kind, number = reached
        lines.append(turn.words("milestone_streak" if kind == "streak" else "milestone_days", days=number))
    return lines


def _day(turn: Turn) -> date:
    """The day that a sentence is about: today, unless it says 「昨日」 and no 「今日」."""
    today = calendar.day_of(turn.now, turn.timezone)
    if _says(turn, "today"):
        return today
    # 一昨日 has 昨日 in it.
    back = 2 if _says(turn, "two-days-ago") else 1 if _says(turn, "yesterday") else 0
    return min(today, turn.local_now.date() - timedelta(days=back))


def _says(turn: Turn, word: str) -> bool:
    return any(part in turn.text for part in turn.library.language.words.get(word, ()))


def _meant(turn: Turn, day: date) -> Routine | None:
    ids = [turn.meaning.slots.get("routine"), turn.topic]
    if turn.step is not None and turn.step.name == GUIDED:
        ids.append(str(turn.step.data["routine"]))
    rung = turn.rung
    if rung is not None and calendar.day_of(rung.at, turn.timezone) == day:
        ids.append(rung.routine_id)
    mine = reminders.on(turn.session, turn.person)
    if len(mine) == 1:
        ids.append(mine[0].routine_id)
    found = (turn.library.entries.get(id) for id in ids if isinstance(id, str))
    return next((entry for entry in found if isinstance(entry, Routine)), None)


def none_here(turn: Turn) -> Reply:
    """What is said by a practice whose pack has no routines."""
    return turn.say("routine_none", turn.button("button_menu", "open command/menu"))


def _named(turn: Turn, day: date, today: date) -> str:
    """「今日」「きのう（11月19日）」「11月18日」."""
    if day == today:
        return turn.words("day_today")
    key = "day_yesterday" if today - day == timedelta(days=1) else "day_other"
    return turn.words(key, month=day.month, day=day.day)


def _progress(turn: Turn) -> Choice:
    return turn.button("button_progress", "open command/progress")
