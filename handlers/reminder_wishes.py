"""Read what a sentence wishes of a reminder, and ask for what it leaves open: which routine, which half of the day.

Understands: 「毎朝6時半にストレッチ」「土日はなし」「30分早くして」, then 「夜のほう」 where an hour may mean two
"""

import re
from collections.abc import Sequence

from bot.conversation import Choice, Reply, Step, Turn
from bot.library.schema import Routine
from bot.understanding import answers, times
from bot.understanding.words import means
from handlers import announcements, pauses, reminder_since, reminder_words, reminders
from handlers.done import none_here

WHICH, HALF = "reminder.which", "reminder.half"
WISHES = ("time", "bare", "days", "minutes", "holidays", "starts", "only")
"""What a sentence may wish of a reminder; ``bare`` is an hour of the clock face that may mean two times.

``starts`` is the day from which it is wished, ``only`` says that it is wished for some days alone.
"""


def in_words(turn: Turn) -> Reply:
    """Set or change a reminder as the sentence says; ask for what it does not say."""
    slots = turn.meaning.slots
    if announcements.are_wanted_again(turn):
        return announcements.start(turn)
    if slots.get("impossible"):
        return reminder_words.ask_for_time(turn)
    wish, routine = _wish(turn), slots.get("routine")
    words = turn.library.language.words
    if not wish and any(word in turn.text for key in ("resume", "rest-over") for word in words.get(key, ())):
        return pauses.resume_in_words(turn, routine if isinstance(routine, str) else None)
    return _clarify(turn, reminder_words.which(turn, routine), wish)


def which(turn: Turn) -> Reply | None:
    """The routine for a reminder whose time is known already: by button, number or name."""
    if turn.tap is None and _is_dropped(turn):
        return reminders.left(turn)
    id = turn.tap.args[0] if turn.tap and turn.tap.args else turn.meaning.id or turn.meaning.slots.get("routine")
    if not isinstance(id, str) or not isinstance(turn.library.entries.get(id), Routine):
        return None
    said = turn.step.data if turn.step is not None and turn.step.name == WHICH else {}
    return _clarify(turn, id, {key: said[key] for key in WISHES if key in said})


def half(turn: Turn) -> Reply | None:
    """Which of the two times of an hour was meant: by button, or in words such as 「夜のほう」「20時」."""
    asked = turn.step.data if turn.step is not None and turn.step.name == HALF else {}
    if turn.tap is not None:
        time = turn.tap.args[0] if turn.tap.args else ""
        if time in asked.get("halves", ()):
            return _clarify(turn, asked["routine"], {**asked["wish"], "time": time, "bare": None})
        # A button of long ago still says its time.
        is_time = re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", time)
        return _clarify(turn, reminder_words.which(turn, None), {"time": time}) if is_time else None
    if _is_dropped(turn):
        return reminders.left(turn)
    chosen = answers.half(turn.text, asked["halves"]) or _numbered(turn, asked["halves"])
    if chosen is not None:
        return _clarify(turn, asked["routine"], {**asked["wish"], "time": chosen, "bare": None})
    clock = answers.clock(turn.text)
    if clock is None:
        return None
    another = {"time": times.wall_time(clock), "bare": clock.is_bare}
    return _clarify(turn, asked["routine"], {**asked["wish"], **another})


def _wish(turn: Turn) -> reminders.Wish:
    said = {key: turn.meaning.slots.get(key) for key in WISHES}
    return {key: value for key, value in said.items() if value is not None}


def _clarify(turn: Turn, id: str | None, wish: reminders.Wish) -> Reply:
    """Grant the wish, once it is clear which routine and what hour is meant; ask for what is not."""
    if id is None:
        return _ask_which(turn, wish)
    routine = turn.library.entry(id)
    assert isinstance(routine, Routine)  # Checked where the id came from.
    if not wish.get("bare"):
        return reminder_since.grant(turn, routine, wish)
    halves = times.readings(wish["time"], routine.part_of_day)
    return (
        reminder_since.grant(turn, routine, {**wish, "time": halves[0]})
        if len(halves) == 1
        else _ask_half(turn, id, wish, halves)
    )


def _ask_which(turn: Turn, wish: reminders.Wish) -> Reply:
    routines = turn.library.of(Routine)
    if not routines:
        return none_here(turn)
    return Reply(
        bubbles=turn.say("reminder_which").bubbles,
        quick=tuple(Choice(routine.label, f"which {routine.id}") for routine in routines[:12]),
        about=reminders.ID,
        outcome="command",
        offered=tuple(routine.id for routine in routines),
        step=Step(WHICH, wish),
    )


def _ask_half(turn: Turn, id: str, wish: reminders.Wish, halves: tuple[str, ...]) -> Reply:
    parts = turn.words("reminder_day_parts").split()
    choices = tuple(
        turn.button("button_half", f"half {time}", part=parts[_part(int(time[:2]))], time=time) for time in halves
    )
    first, second = (choice.label for choice in choices)
    title = turn.library.entry(id).title
    asked = turn.say("reminder_half", *choices, title=title, first=first, second=second)
    step = Step(HALF, {"routine": id, "wish": dict(wish), "halves": list(halves)})
    return Reply(bubbles=asked.bubbles, quick=asked.quick, about=reminders.ID, outcome="command", topic=id, step=step)


def _part(hour: int) -> int:
    """The place of the part of the day that *hour* lies in: night, morning, noon, evening, late evening."""
    return sum(hour >= begins for begins in (4, 11, 16, 19))


def _numbered(turn: Turn, halves: Sequence[str]) -> str | None:
    """The time that 「1」「2番目」 picks."""
    words = turn.library.language.follow_ups
    return next(
        (time for time, key in zip(halves, ("first", "second"), strict=False) if means(turn.text, words.get(key, ()))),
        None,
    )


def _is_dropped(turn: Turn) -> bool:
    return turn.means("stop") or turn.means("no")
