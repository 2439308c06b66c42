"""What a reminder says when it rings: one wording a day, the same for everybody, so that one message serves all."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Literal

from bot.conversation import Block, Card, Choice, Reply, say
from bot.library import wording
from bot.library.library import Library
from bot.library.schema import Exercise, Routine
from handlers import cards

Kind = Literal["ring", "question"]


def reminder(
    library: Library, routine_id: str, day: date, *, kind: Kind = "ring", without: Collection[str] = ()
) -> Reply | None:
    """The card for *routine_id* on *day*; None when the pack no longer has the routine, or nothing of it remains.

    *kind* ``question`` asks, in place of the routine, how often it should ring. *without* are the exercises to leave out.
    """
    routine = library.entries.get(routine_id)
    if not isinstance(routine, Routine):
        return None
    steps = [library.entry(id) for id in routine.steps if id not in without]
    exercises = [step for step in steps if isinstance(step, Exercise)]
    if not exercises:
        return None
    card = _question(library, routine) if kind == "question" else _ring(library, routine, exercises, day)
    return Reply(bubbles=(card,), about=routine.id, outcome="command")


def _ring(library: Library, routine: Routine, exercises: Sequence[Exercise], day: date) -> Card:
    """What to do now, with its picture, steps and count, and every answer that it may get."""
    words = library.messages
    return Card(
        title=routine.title,
        eyebrow=library.origins[routine.origin].word,
        paragraphs=(wording.of_day(routine.prompts, routine.id, day),),
        blocks=_what_to_do(library, exercises),
        # Of one exercise the steps are told, and then it is the steps that want a picture.
        picture=(exercises[0].picture if len(exercises) == 1 else None) or cards.picture(routine, exercises),
        note=say(words, "ring_note"),
        buttons=(
            Choice(say(words, "button_done"), f"done {routine.id} {day}").main(),
            Choice(say(words, "button_start"), f"start {routine.id} {day}"),
            Choice(say(words, "button_later"), f"later {routine.id} {day}"),
            Choice(say(words, "button_rest"), f"rest {routine.id} {day}"),
            _change(library, routine),
        ),
    )


def _what_to_do(library: Library, exercises: Sequence[Exercise]) -> tuple[Block, ...]:
    """The steps of a single exercise, or the list of several with their counts."""
    words = library.messages
    if len(exercises) == 1:
        (exercise,) = exercises
        return (
            Block(exercise.title, exercise.steps, numbered=True),
            Block(say(words, "heading_count"), (exercise.count,)),
        )
    lines = tuple(say(words, "exercise_line", title=exercise.title, count=exercise.count) for exercise in exercises)
    return (Block(say(words, "heading_contents"), lines, numbered=True),)


def _question(library: Library, routine: Routine) -> Card:
    """In place of a ring that would be the fourth in a row without an answer: how would it suit?"""
    words = library.messages
    return Card(
        title=routine.title,
        eyebrow=library.origins[routine.origin].word,
        paragraphs=(say(words, "ring_question"),),
        buttons=(
            Choice(say(words, "button_keep"), f"keep {routine.id}").main(),
            _change(library, routine),
            Choice(say(words, "button_fewer"), f"fewer {routine.id}"),
            Choice(say(words, "button_break"), f"break {routine.id}"),
            Choice(say(words, "button_quit"), f"stop {routine.id}"),
        ),
    )


def _change(library: Library, routine: Routine) -> Choice:
    """The picker starts at the routine's own time: a person's time would make each card another message."""
    label = say(library.messages, "button_change_time")
    return Choice(label, f"remind-at {routine.id}", pick="time", initial=routine.default_time)
