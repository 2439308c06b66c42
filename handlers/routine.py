"""Show a routine: the one asked for, or the one that fits the hour.

Understands: 「朝のストレッチやりたい」「いま何やればいい？」
"""

from bot import body
from bot.conversation import Block, Card, Choice, Reply, Step, Turn
from bot.library.schema import Exercise, PartOfDay, Routine
from handlers import cards, done

# From which hour of the day a routine of this part is the fitting one.
_PARTS = (
    (4, PartOfDay.MORNING),
    (11, PartOfDay.NOON),
    (15, PartOfDay.EVENING),
    (20, PartOfDay.NIGHT),
    (22, PartOfDay.BEDTIME),
)


def show(turn: Turn) -> Reply:
    """What the routine is made of, with buttons to start it and to be reminded of it."""
    routine = _routine(turn, turn.meaning.id or "")
    word, note = cards.origin(turn, routine)
    shown = steps(turn, routine)
    if not shown:
        return nothing_left(turn, routine)
    lines = tuple(turn.words("exercise_line", title=step.title, count=step.count) for step in shown)
    pick = Choice(turn.words("button_pick_time"), f"remind-at {routine.id}", pick="time", initial=routine.default_time)
    card = Card(
        title=routine.title,
        eyebrow=word,
        paragraphs=cards.paragraphs(routine.intro),
        blocks=(Block(turn.words("heading_contents"), lines, numbered=len(lines) > 1),),
        picture=cards.picture(routine, shown),
        note=note,
        buttons=(
            turn.button("button_start", f"start {routine.id}").main(),
            turn.button("button_remind_daily", f"remind {routine.id}", time=routine.default_time),
            pick,
        ),
    )
    return Reply(
        bubbles=(card,),
        quick=(
            turn.button("button_done", f"done {routine.id}"),
            turn.button("button_others", "others"),
            turn.button("button_menu", "open command/menu"),
        ),
        about=routine.id,
        outcome="command",
        offered=tuple(step.id for step in shown),
        step=Step(done.GUIDED, {"routine": routine.id, "position": -1}),
    )


def now(turn: Turn) -> Reply:
    """The routine that fits the time of day, and the others beside it."""
    fitting = fitting_now(turn)
    if fitting is None:
        return done.none_here(turn)
    others = tuple(routine for routine in turn.library.of(Routine) if routine.id != fitting.id)
    card = Card(
        title=turn.words("routine_now_title"),
        eyebrow=cards.origin(turn, fitting)[0],
        blocks=(Block(fitting.title, (fitting.intro,)),),
        picture=cards.picture(fitting, steps(turn, fitting)),
        note=cards.origin(turn, fitting)[1],
        buttons=(
            turn.button("button_start", f"start {fitting.id}").main(),
            *(turn.open(routine.id) for routine in others[:3]),
        ),
    )
    return Reply(
        bubbles=(card,),
        quick=(
            turn.button("button_done", f"done {fitting.id}"),
            *(turn.open(routine.id) for routine in others[3:10]),
            turn.button("button_menu", "open command/menu"),
        ),
        about="command/routine-now",
        outcome="command",
        offered=(fitting.id, *(routine.id for routine in others)),
        step=Step(done.GUIDED, {"routine": fitting.id, "position": -1}),
    )


def fitting_now(turn: Turn) -> Routine | None:
    """The routine of this part of the day; the pack's first when it has none for it, None when it has no routines."""
    hour = turn.local_now.hour if turn.local_now.hour >= 4 else turn.local_now.hour + 24
    part = [part for begins, part in _PARTS if hour >= begins][-1]
    routines = turn.library.of(Routine)
    return next((routine for routine in routines if routine.part_of_day is part), routines[0] if routines else None)


def steps(turn: Turn, routine: Routine) -> tuple[Exercise, ...]:
    """The movements of the routine, without those that the person's body notes forbid."""
    ids = body.steps(turn.library, routine, body.notes(turn.session, turn.person, turn.now))
    return tuple(entry for entry in map(turn.library.entry, ids) if isinstance(entry, Exercise))


def nothing_left(turn: Turn, routine: Routine) -> Reply:
    """What is said when the person's body notes leave no movement of the routine: the others are offered."""
    others = tuple(other for other in turn.library.of(Routine) if other.id != routine.id and steps(turn, other))
    return turn.say(
        "routine_nothing_left",
        *(turn.open(other.id) for other in others[:6]),
        turn.button("button_menu", "open command/menu"),
        about=routine.id,
        outcome="command",
        title=routine.title,
    )


def _routine(turn: Turn, id: str) -> Routine:
    routine = turn.library.entry(id)
    assert isinstance(routine, Routine)  # Buttons and the table send only routines here.
    return routine
