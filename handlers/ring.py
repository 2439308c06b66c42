"""What a reminder says when it rings: one wording a day, the same for everybody, so that one message serves all."""

from datetime import date

from bot.conversation import Block, Card, Choice, Reply, say
from bot.library.library import Library
from bot.library.schema import Exercise, Routine


def reminder(library: Library, routine_id: str, day: date) -> Reply | None:
    """The card for *routine_id* on *day*; None when the pack no longer has the routine."""
    routine = library.entries.get(routine_id)
    if not isinstance(routine, Routine):
        return None
    steps = [entry for entry in (library.entry(id) for id in routine.steps) if isinstance(entry, Exercise)]
    lines = tuple(say(library.messages, "exercise_line", title=step.title, count=step.count) for step in steps)
    ways = (
        Choice(say(library.messages, "button_start"), f"start {routine.id}"),
        Choice(say(library.messages, "button_done"), f"done {routine.id} {day}").main(),
        Choice(say(library.messages, "button_later"), f"later {routine.id}"),
    )
    card = Card(
        title=routine.title,
        eyebrow=library.origins[routine.origin].word,
        paragraphs=(routine.prompts[day.toordinal() % len(routine.prompts)],),
        blocks=(Block(say(library.messages, "heading_contents"), lines, numbered=len(lines) > 1),),
        picture=steps[0].picture,
        buttons=ways,
    )
    return Reply(bubbles=(card,), about=routine.id, outcome="command")
