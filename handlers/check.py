"""Ask the questions of a self-check one by one, and end with what fits the answers.

Understands: 「セルフチェック」「背中の熱のチェック」, then answers by button, number or in one's own words
"""

from collections.abc import Mapping

from bot import body
from bot.conversation import Block, Card, Choice, Reply, Step, Turn
from bot.library.questions import CheckChoice, CheckQuestion
from bot.library.schema import Check, CheckEnding, Exercise, Routine
from handlers import body as bodies
from handlers import cards, own_words, routine, safety

ASKING = "check.question"


def offer(turn: Turn) -> Reply:
    """「セルフチェック」 alone: which one?"""
    checks = turn.library.of(Check)
    card = Card(
        title=turn.words("self_check_title"),
        paragraphs=(turn.words("self_check_text"),),
        buttons=tuple(turn.open(check.id) for check in checks[:4]),
    )
    return Reply(
        bubbles=(card,),
        quick=(turn.button("button_menu", "open command/menu"),),
        about="command/self-check",
        outcome="command",
        offered=tuple(check.id for check in checks),
    )


def start(turn: Turn) -> Reply:
    """The first question; asked for in the middle of it, the check goes on where it stands."""
    check, running = _check(turn, turn.meaning.id or ""), _running(turn)
    return _ask(turn, check, running[1] if running is not None and running[0].id == check.id else {})


def tap(turn: Turn) -> Reply | None:
    """An answer by button: check, question, choice; an old button of another question asks the present one again."""
    args = turn.tap.args if turn.tap else ()
    if not args or not isinstance(turn.library.entries.get(args[0]), Check):
        return None
    check, running = _check(turn, args[0]), _running(turn)
    if running is not None and running[0].id != check.id:
        return _ask(turn, *running, said="check_other_on")
    answers = running[1] if running is not None else {}
    if args[1:] == ("stop",):
        return _quit(turn, check)
    if args[1:] == ("again",):
        return _ask(turn, check, {})
    if args[1:] == ("back",):
        return _ask(turn, check, _before(answers))
    if len(args) == 3 and check.questions[len(answers)].slug == args[1]:
        return _take(turn, check, answers, args[2])
    # Answers are remembered for as long as a talk lasts; then there is nothing to go on from.
    is_late = running is None and args[1:] and args[1] != check.questions[0].slug
    return _ask(turn, check, answers, said="check_too_late" if is_late else None)


def go_on(turn: Turn) -> Reply | None:
    """An answer in one's own words; None when the message is about something else."""
    running = _running(turn)
    if running is None:
        return None
    check, answers = running
    if turn.means("stop"):
        return _quit(turn, check)
    if turn.means("continue"):
        return _ask(turn, check, answers)
    if turn.means("back"):
        return _ask(turn, check, _before(answers))
    if turn.means("from-start"):
        return _ask(turn, check, {})
    chosen = own_words.meant(turn, check.questions[len(answers)])
    if chosen is not None:
        return _take(turn, check, answers, chosen)
    if turn.means("unsure"):
        return _ask(turn, check, answers, said="check_unsure")
    is_of_its_own = turn.meaning.outcome in ("answer", "command") or (
        turn.meaning.outcome == "suggest" and own_words.asks(turn)
    )
    # Neither an answer nor something of its own: ask again.
    return None if is_of_its_own and turn.meaning.id != check.id else _ask(turn, check, answers, said="check_unclear")


def is_plain(turn: Turn) -> bool:
    """Whether the message is the very words of a harmless answer."""
    running = _running(turn)
    if running is None:
        return False
    question = running[0].questions[len(running[1])]
    found = own_words.plain(turn, question)
    return found is not None and _choice(question, found).safety is None


def _running(turn: Turn) -> tuple[Check, dict[str, str]] | None:
    """The check that is on with the answers so far; None when none is."""
    if turn.step is None or turn.step.name != ASKING:
        return None
    check = turn.library.entries.get(str(turn.step.data["check"]))
    answers = dict(turn.step.data["answers"])
    return (check, answers) if isinstance(check, Check) and len(answers) < len(check.questions) else None


def _before(answers: Mapping[str, str]) -> dict[str, str]:
    return dict(list(answers.items())[:-1])


def _take(turn: Turn, check: Check, answers: dict[str, str], slug: str) -> Reply:
    question = check.questions[len(answers)]
    if slug not in {choice.slug for choice in question.choices}:
        return _ask(turn, check, answers)
    choice = _choice(question, slug)
    if body.told(turn.person, turn.now).isdisjoint(choice.notes):
        # Tapped: nothing was said from which it could have been heard.
        body.hear(turn.person, choice.notes, turn.now)
    if choice.safety is not None:
        return safety.answer(turn.about(choice.safety, outcome="safety"))
    answers = {**answers, question.slug: slug}
    if len(answers) < len(check.questions):
        return _ask(turn, check, answers)
    return _end(turn, check, next(ending for ending in check.endings if _holds(ending, answers)))


def _holds(ending: CheckEnding, answers: Mapping[str, str]) -> bool:
    return all(answers.get(slug) in wanted for slug, wanted in ending.when.items())


def _ask(turn: Turn, check: Check, answers: dict[str, str], *, said: str | None = None) -> Reply:
    barred = _barred(turn, check)
    if barred is not None:
        return barred
    number = len(answers)
    question = check.questions[number]
    ways = (
        turn.button("button_back", f"check {check.id} back"),
        turn.button("button_from_start", f"check {check.id} again"),
    )
    text = turn.words("check_question", number=number + 1, count=len(check.questions), ask=question.ask)
    first = (check.intro,) if number == 0 and said is None else ()
    again = (turn.words(said, title=check.title),) if said is not None else ()
    # Listed on the card, too: LINE for PC shows no quick replies, and a number or the words answer as well.
    listed = Block(turn.words("heading_choices"), tuple(choice.label for choice in question.choices), numbered=True)
    return Reply(
        bubbles=(Card(title=check.title, paragraphs=(*first, *again, text), blocks=(listed,)),),
        quick=(
            *(Choice(choice.label, f"check {check.id} {question.slug} {choice.slug}") for choice in question.choices),
            *(ways if number else ()),
            turn.button("button_quit", f"check {check.id} stop"),
        ),
        about=check.id,
        outcome="command",
        step=Step(ASKING, {"check": check.id, "answers": answers}),
    )


def _end(turn: Turn, check: Check, ending: CheckEnding) -> Reply:
    barred = _barred(turn, check)
    if barred is not None:
        return barred
    article, fitting = turn.library.entry(ending.article), _fitting(turn, ending.routine)
    notes = body.notes(turn.session, turn.person, turn.now)
    entries = [turn.library.entry(id) for id in ending.exercises]
    exercises = [entry for entry in entries if isinstance(entry, Exercise) and body.fits(entry, notes)]
    lines = tuple(turn.words("exercise_line", title=entry.title, count=entry.count) for entry in exercises)
    card = Card(
        title=turn.words("check_end_title", title=check.title),
        eyebrow=turn.library.origins[check.origin].word,
        paragraphs=cards.paragraphs(ending.say),
        blocks=(
            Block(turn.words("heading_more"), (article.title,)),
            *((Block(turn.words("heading_exercises"), lines),) if lines else ()),
            Block(turn.words("heading_routine"), (fitting.title,)),
        ),
        note=turn.words("check_end_note"),
        buttons=(
            turn.open(article.id),
            turn.open(fitting.id),
            turn.button("button_remind_daily", f"remind {fitting.id}", time=fitting.default_time),
        ),
    )
    return Reply(
        bubbles=(card,),
        quick=(*(turn.open(entry.id) for entry in exercises), turn.button("button_menu", "open command/menu")),
        about=check.id,
        outcome="command",
        offered=(article.id, fitting.id, *(entry.id for entry in exercises)),
    )


def _barred(turn: Turn, check: Check) -> Reply | None:
    """What is said in place of the check to somebody who has told in its middle that a doctor must be asked first."""
    return bodies.instead(turn.about(check.id, outcome="command"))


def _fitting(turn: Turn, id: str) -> Routine:
    """The routine called *id*, or the first other one of which the person's body notes leave something."""
    routines = sorted(turn.library.of(Routine), key=lambda one: one.id != id)
    return next((one for one in routines if routine.steps(turn, one)), routines[0])


def _quit(turn: Turn, check: Check) -> Reply:
    return turn.say("check_quit", turn.button("button_menu", "open command/menu"), about=check.id, outcome="command")


def _check(turn: Turn, id: str) -> Check:
    check = turn.library.entry(id)
    assert isinstance(check, Check)  # Buttons and the table send only checks here.
    return check


def _choice(question: CheckQuestion, slug: str) -> CheckChoice:
    return next(choice for choice in question.choices if choice.slug == slug)
