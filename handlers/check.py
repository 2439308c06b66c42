"""Ask the questions of a self-check one by one, and end with what fits the answers.

Understands: 「セルフチェック」「背中の熱のチェック」, then answers by button or in one's own words
"""

import unicodedata
from collections.abc import Mapping

from bot.conversation import Block, Card, Choice, Reply, Step, Turn
from bot.library.schema import Check, CheckEnding, Exercise
from bot.understanding.words import choose
from handlers import cards, safety

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
    """The first question."""
    return _ask(turn, _check(turn, turn.meaning.id or ""), {}, said=None)


def tap(turn: Turn) -> Reply | None:
    """An answer by button: check, question, choice; an old button of another question asks the present one again."""
    args = turn.tap.args if turn.tap else ()
    if not args or args[0] not in turn.library.entries:
        return None
    check = _check(turn, args[0])
    answers = _answers(turn) if turn.step and turn.step.data.get("check") == check.id else {}
    if args[1:] == ("stop",):
        return turn.say(
            "check_quit", turn.button("button_menu", "open command/menu"), about=check.id, outcome="command"
        )
    if args[1:] == ("back",):
        answers = dict(list(answers.items())[:-1])
    elif len(args) == 3 and len(answers) < len(check.questions) and check.questions[len(answers)].slug == args[1]:
        return _take(turn, check, answers, args[2])
    return _ask(turn, check, answers, said=None)


def go_on(turn: Turn) -> Reply | None:
    """An answer in one's own words; None when the message is about something else."""
    assert turn.step is not None  # Registered as a step.
    id = str(turn.step.data["check"])
    if id not in turn.library.entries:
        return None
    check, answers = _check(turn, id), _answers(turn)
    if turn.means("stop"):
        return turn.say("check_quit", turn.button("button_menu", "open command/menu"), about=id, outcome="command")
    if turn.means("continue"):
        return _ask(turn, check, answers, said=None)
    if turn.means("back"):
        return _ask(turn, check, dict(list(answers.items())[:-1]), said=None)
    question = check.questions[len(answers)]
    number = unicodedata.normalize("NFKC", turn.text).strip()
    if number.isdecimal() and len(number) <= 2 and 0 < int(number) <= len(question.choices):
        return _take(turn, check, answers, question.choices[int(number) - 1].slug)
    # A message that asks something of its own must hold an answer's very words to count as one.
    is_clear = turn.meaning.outcome in ("answer", "command") and turn.is_question
    options = {choice.slug: (choice.label, *choice.words) for choice in question.choices}
    chosen = choose(turn.text, options, is_strict=is_clear)
    if chosen is not None:
        return _take(turn, check, answers, chosen)
    if turn.meaning.outcome in ("fallback", "suggest"):
        # Neither an answer nor a question of its own: ask again.
        return _ask(turn, check, answers, said="check_unclear")
    return None


def _take(turn: Turn, check: Check, answers: dict[str, str], slug: str) -> Reply:
    question = check.questions[len(answers)]
    choice = next((choice for choice in question.choices if choice.slug == slug), None)
    if choice is None:
        return _ask(turn, check, answers, said=None)
    if choice.safety is not None:
        return safety.answer(turn.about(choice.safety, outcome="safety"))
    answers = {**answers, question.slug: slug}
    if len(answers) < len(check.questions):
        return _ask(turn, check, answers, said=None)
    return _end(turn, check, next(ending for ending in check.endings if _holds(ending, answers)))


def _holds(ending: CheckEnding, answers: Mapping[str, str]) -> bool:
    return all(answers.get(slug) in choices for slug, choices in ending.when.items())


def _ask(turn: Turn, check: Check, answers: dict[str, str], *, said: str | None) -> Reply:
    number = len(answers)
    question = check.questions[number]
    choices = tuple(
        Choice(choice.label, f"check {check.id} {question.slug} {choice.slug}") for choice in question.choices
    )
    ways = (
        *((turn.button("button_back", f"check {check.id} back"),) if number else ()),
        turn.button("button_quit", f"check {check.id} stop"),
    )
    text = turn.words("check_question", number=number + 1, count=len(check.questions), ask=question.ask)
    first = (check.intro,) if number == 0 and said is None else ()
    again = (turn.words(said),) if said is not None else ()
    # Listed on the card, too: LINE for PC shows no quick replies, and a number or the words answer as well.
    listed = Block(turn.words("heading_choices"), tuple(choice.label for choice in question.choices), numbered=True)
    card = Card(title=check.title, paragraphs=(*first, *again, text), blocks=(listed,))
    return Reply(
        bubbles=(card,),
        quick=(*choices, *ways),
        about=check.id,
        outcome="command",
        step=Step(ASKING, {"check": check.id, "answers": answers}),
    )


def _end(turn: Turn, check: Check, ending: CheckEnding) -> Reply:
    article, routine = turn.library.entry(ending.article), turn.library.entry(ending.routine)
    exercises = [turn.library.entry(id) for id in ending.exercises]
    lines = tuple(
        turn.words("exercise_line", title=exercise.title, count=exercise.count)
        for exercise in exercises
        if isinstance(exercise, Exercise)
    )
    blocks = [Block(turn.words("heading_more"), (article.title,))]
    if lines:
        blocks.append(Block(turn.words("heading_exercises"), lines))
    default = getattr(routine, "default_time", "")
    card = Card(
        title=turn.words("check_end_title", title=check.title),
        eyebrow=turn.library.origins[check.origin].word,
        paragraphs=cards.paragraphs(ending.say),
        blocks=(*blocks, Block(turn.words("heading_routine"), (routine.title,))),
        note=turn.words("check_end_note"),
        buttons=(
            turn.open(article.id),
            turn.open(routine.id),
            turn.button("button_remind_daily", f"remind {routine.id}", time=default),
        ),
    )
    return Reply(
        bubbles=(card,),
        quick=(
            *(turn.open(exercise.id) for exercise in exercises),
            turn.button("button_menu", "open command/menu"),
        ),
        about=check.id,
        outcome="command",
        offered=(article.id, routine.id, *ending.exercises),
    )


def _check(turn: Turn, id: str) -> Check:
    check = turn.library.entry(id)
    assert isinstance(check, Check)  # Buttons and the table send only checks here.
    return check


def _answers(turn: Turn) -> dict[str, str]:
    return dict(turn.step.data.get("answers", {})) if turn.step else {}
