"""Show a routine, lead through its steps, and record it at the end.

Understands: 「朝のストレッチやりたい」「いま何やればいい？」, then 「次」「前」「やめる」
"""

from dataclasses import replace

from bot import calendar, progress, reminders
from bot.conversation import Block, Card, Choice, Reply, Step, Turn
from bot.library.schema import Exercise, PartOfDay, Routine
from handlers import cards
from handlers import exercise as exercises

GUIDED = "routine.step"
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
    steps = tuple(_exercise(turn, id) for id in routine.steps)
    lines = tuple(turn.words("exercise_line", title=step.title, count=step.count) for step in steps)
    pick = Choice(turn.words("button_pick_time"), f"remind-at {routine.id}", pick="time", initial=routine.default_time)
    card = Card(
        title=routine.title,
        eyebrow=word,
        paragraphs=cards.paragraphs(routine.intro),
        blocks=(Block(turn.words("heading_contents"), lines, numbered=len(lines) > 1),),
        picture=steps[0].picture,
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
        offered=routine.steps,
        step=Step(GUIDED, {"routine": routine.id, "position": -1}),
    )


def now(turn: Turn) -> Reply:
    """The routine that fits the time of day, and the others beside it."""
    fitting = fitting_now(turn)
    if fitting is None:
        return none_here(turn)
    others = tuple(routine for routine in turn.library.of(Routine) if routine.id != fitting.id)
    card = Card(
        title=turn.words("routine_now_title"),
        eyebrow=cards.origin(turn, fitting)[0],
        blocks=(Block(fitting.title, (fitting.intro,)),),
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
        step=Step(GUIDED, {"routine": fitting.id, "position": -1}),
    )


def none_here(turn: Turn) -> Reply:
    """What is said by a practice whose pack has no routines."""
    return turn.say("routine_none", turn.button("button_menu", "open command/menu"))


def fitting_now(turn: Turn) -> Routine | None:
    """The routine of this part of the day; the pack's first when it has none for it, None when it has no routines."""
    hour = turn.local_now.hour if turn.local_now.hour >= 4 else turn.local_now.hour + 24
    part = [part for begins, part in _PARTS if hour >= begins][-1]
    routines = turn.library.of(Routine)
    return next((routine for routine in routines if routine.part_of_day is part), routines[0] if routines else None)


def start(turn: Turn) -> Reply | None:
    """The first step of the routine that a button names."""
    id = turn.tap.args[0] if turn.tap and turn.tap.args else ""
    return _step(turn, _routine(turn, id), 0) if id in turn.library.entries else None


def go(turn: Turn) -> Reply | None:
    """The step that a button names, or the end of the flow."""
    args = turn.tap.args if turn.tap else ()
    if len(args) != 2 or args[0] not in turn.library.entries:
        return None
    if args[1] == "stop":
        return _quit(turn, args[0])
    return _step(turn, _routine(turn, args[0]), int(args[1])) if args[1].isdigit() else None


def go_on(turn: Turn) -> Reply | None:
    """「次」「前」「やめる」「続き」 in words; None for anything else, which is then answered by itself."""
    assert turn.step is not None  # Registered as a step.
    id, position = str(turn.step.data["routine"]), int(turn.step.data["position"])
    if id not in turn.library.entries:
        return None
    routine = _routine(turn, id)
    if position < 0:
        # Only shown so far: a yes or 「始める」 starts it.
        return _step(turn, routine, 0) if turn.means("start") else None
    if turn.means("stop"):
        return _quit(turn, id)
    if turn.means("continue"):
        return _step(turn, routine, position)
    if turn.means("next"):
        return _step(turn, routine, position + 1)
    if turn.means("back"):
        return _step(turn, routine, max(0, position - 1))
    if turn.meaning.id == "command/routine-done" and position + 1 == len(routine.steps):
        return _step(turn, routine, position + 1)
    aspect = turn.meaning.slots.get("aspect")
    if aspect in exercises.ASPECTS:
        return _about_step(turn, routine.steps[position])
    # 「もっと」「やり方は？」 about the step that is on the screen: there it is again.
    return _step(turn, routine, position) if aspect in ("more", "how") else None


def _about_step(turn: Turn, id: str) -> Reply:
    """「何回？」 in the middle: asked of the movement on the screen, and the routine waits."""
    reply = exercises.show(turn.about(id, outcome="answer"))
    way_back = turn.button("button_continue_routine", "continue")
    return replace(reply, quick=(way_back, *reply.quick), keeps_step=True, keeps_topic=True)


def done(turn: Turn) -> Reply:
    """Record what was done: the routine named, the one spoken of, or the one of this hour."""
    id = _meant(turn)
    if id is None:
        routines = turn.library.of(Routine)
        if not routines:
            return none_here(turn)
        return turn.say(
            "routine_done_none",
            *(Choice(routine.label, f"done {routine.id}") for routine in routines[:12]),
            about="command/routine-done",
            outcome="command",
        )
    return _record(turn, _routine(turn, id))


def _meant(turn: Turn) -> str | None:
    named = turn.tap.args[0] if turn.tap and turn.tap.args else turn.meaning.slots.get("routine")
    for id in (named, turn.topic):
        if isinstance(id, str) and id.startswith("routine/") and id in turn.library.entries:
            return id
    if turn.step is not None and turn.step.name == GUIDED:
        return str(turn.step.data["routine"])
    rung = reminders.last_rung(turn.session, turn.person)
    is_of_today = rung is not None and calendar.day_of(rung[1], turn.timezone) == calendar.day_of(
        turn.now, turn.timezone
    )
    return rung[0] if rung is not None and is_of_today and rung[0] in turn.library.entries else None


def _record(turn: Turn, routine: Routine) -> Reply:
    today = calendar.day_of(turn.now, turn.timezone)
    if turn.tap and len(turn.tap.args) > 1:
        # A reminder's button belongs to the reminder's day.
        today = calendar.day_named(turn.tap.args[1]) or today
    is_new = progress.done(turn.session, turn.person, routine_id=routine.id, day=today, now=turn.now)
    days = progress.days(turn.session, turn.person)
    # Chosen by date, so that the wording changes from day to day.
    praise = routine.praise[today.toordinal() % len(routine.praise)]
    text = praise if is_new else turn.words("routine_done_again", title=routine.title)
    streak = turn.words("routine_streak", days=progress.streak(days, calendar.day_of(turn.now, turn.timezone)))
    reply = turn.say(
        "routine_done",
        turn.button("button_progress", "open command/progress"),
        turn.button("button_menu", "open command/menu"),
        about="command/routine-done",
        outcome="command",
        praise=f"{text}\n{streak}",
    )
    return reply


def _quit(turn: Turn, id: str) -> Reply:
    return turn.say("routine_quit", turn.button("button_menu", "open command/menu"), about=id, outcome="command")


def _step(turn: Turn, routine: Routine, position: int) -> Reply:
    if position >= len(routine.steps):
        finished = turn.words("routine_finish", title=routine.title)
        recorded = _record(turn, routine)
        said = recorded.bubbles[0]
        from_words = turn.say("routine_done", *recorded.quick, about=routine.id, outcome="command", praise=finished)
        return Reply(bubbles=(*from_words.bubbles, said), quick=recorded.quick, about=routine.id, outcome="command")
    exercise = _exercise(turn, routine.steps[position])
    is_last = position + 1 == len(routine.steps)
    ways = (
        turn.button("button_done" if is_last else "button_next", f"go {routine.id} {position + 1}").main(),
        *((turn.button("button_back", f"go {routine.id} {position - 1}"),) if position else ()),
        turn.button("button_quit", f"go {routine.id} stop"),
    )
    card = cards.exercise(
        turn,
        exercise,
        eyebrow=routine.title,
        note=turn.words("note_step", number=position + 1, count=len(routine.steps)),
    )
    return Reply(
        bubbles=(replace(card, buttons=ways),),
        quick=(turn.button("button_menu", "open command/menu"),),
        about=routine.id,
        outcome="command",
        step=Step(GUIDED, {"routine": routine.id, "position": position}),
    )


def _routine(turn: Turn, id: str) -> Routine:
    routine = turn.library.entry(id)
    assert isinstance(routine, Routine)  # Buttons and the table send only routines here.
    return routine


def _exercise(turn: Turn, id: str) -> Exercise:
    exercise = turn.library.entry(id)
    assert isinstance(exercise, Exercise)  # The loader checks every step.
    return exercise
