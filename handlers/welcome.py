"""Greet people who add us, come back, or invite us into a group; offer somebody new a routine that fits.

Understands: the events follow and join; the answers to two short questions; 「あとで」「今はいい」
"""

from dataclasses import replace

from bot import reminders
from bot.conversation import Block, Bubble, Card, Choice, Reply, Step, Text, Turn
from bot.keeping import kept
from bot.library.questions import Welcome
from bot.library.schema import Routine
from handlers import body, cards, menu, own_words, privacy, routine

ASKING, OFFERED = "welcome.question", "welcome.offered"
MENU = "command/menu"
MOST = 2
"""Routines that are offered."""


def follow(turn: Turn) -> Reply:
    """Who speaks and what it can do; a returning person decides whether old reminders ring again."""
    person = turn.person
    person.followed_at = turn.now
    waiting = reminders.suspended(turn.session, person)
    if waiting:
        again = turn.button("button_resume_old", "resume-old")
        return turn.say("welcome_again_with_reminders", again, *menu.ways(turn), about=MENU, outcome="command")
    if turn.step is not None and turn.step.name == "returning":
        return _again(turn)
    greeted, shown = (_hello(turn), _kept(turn)), menu.show(turn)
    if turn.library.welcome is None:
        return replace(shown, bubbles=(*greeted, *shown.bubbles))
    asked = _ask(turn, turn.library.welcome, {})
    return replace(asked, bubbles=(*greeted, *asked.bubbles), quick=(*asked.quick, *shown.quick))


def join(turn: Turn) -> Reply:
    """One introduction to a group."""
    return turn.say("group_hello", about=MENU, outcome="command", name=turn.library.practice.name)


def tap(turn: Turn) -> Reply | None:
    """An answer by button, question and choice; 「あとで」, and 「今はいい」 to what was offered."""
    args, welcome = turn.tap.args if turn.tap else (), turn.library.welcome
    if welcome is None or not args:
        return None
    if args == ("skip",) or args == ("none",):
        return _leave(turn)
    answers = _answers(turn)
    question = welcome.questions[len(answers)]
    if len(args) == 2 and question.slug == args[0] and args[1] in {choice.slug for choice in question.choices}:
        return _take(turn, welcome, {**answers, question.slug: args[1]})
    return _ask(turn, welcome, answers)


def answered(turn: Turn) -> Reply | None:
    """An answer in one's own words; None for anything else, which is then answered by itself while the question waits."""
    welcome, answers = turn.library.welcome, _answers(turn)
    if welcome is None:
        return None
    if turn.means("skip") or turn.means("stop"):
        return _leave(turn)
    if turn.means("continue"):
        return _ask(turn, welcome, answers)
    if turn.means("back"):
        return _ask(turn, welcome, dict(list(answers.items())[:-1]))
    question = welcome.questions[len(answers)]
    chosen = own_words.meant(turn, question, only_if_known=True)
    return None if chosen is None else _take(turn, welcome, {**answers, question.slug: chosen})


def offered(turn: Turn) -> Reply | None:
    """A yes or no to the routines offered; a mere yes does not say which."""
    if turn.means("skip") or turn.means("no") or turn.means("stop"):
        return _leave(turn)
    if not turn.means("yes"):
        return None
    ids = turn.step.data["routines"] if turn.step is not None else ()
    ways = tuple(Choice(turn.open(id).label, f"remind {id}") for id in ids if id in turn.library.entries)
    reply = turn.say("welcome_which", *ways, about=MENU, outcome="command")
    return replace(reply, keeps_step=True)


def _again(turn: Turn) -> Reply:
    """Somebody who comes back is known, and so is what they have done."""
    days = kept.of(turn.session, turn.person).days
    lines = [turn.words("welcome_again"), *([turn.words("welcome_again_record", days=days)] if days else [])]
    return Reply(bubbles=(Text("\n".join(lines)),), quick=menu.ways(turn), about=MENU, outcome="command")


def _hello(turn: Turn) -> Card:
    """Who speaks, and what it can do."""
    return Card(
        title=turn.words("welcome_title"),
        paragraphs=cards.paragraphs(turn.words("welcome", name=turn.library.practice.name)),
    )


def _kept(turn: Turn) -> Card:
    """What is kept and what for, and how to have it erased or to have silence."""
    return Card(
        title=turn.words("welcome_kept_title"),
        paragraphs=cards.paragraphs(turn.words("welcome_kept")),
        buttons=privacy.ways(turn),
    )


def _take(turn: Turn, welcome: Welcome, answers: dict[str, str]) -> Reply:
    return _ask(turn, welcome, answers) if len(answers) < len(welcome.questions) else _offer(turn, welcome, answers)


def _ask(turn: Turn, welcome: Welcome, answers: dict[str, str]) -> Reply:
    question = welcome.questions[len(answers)]
    title = turn.words("welcome_question_title", number=len(answers) + 1, count=len(welcome.questions))
    listed = Block(turn.words("heading_choices"), tuple(choice.label for choice in question.choices), numbered=True)
    return Reply(
        bubbles=(Card(title=title, paragraphs=(question.ask,), blocks=(listed,)),),
        quick=(
            *(Choice(choice.label, f"welcome {question.slug} {choice.slug}") for choice in question.choices),
            turn.button("button_skip", "welcome skip"),
        ),
        about=MENU,
        outcome="command",
        step=Step(ASKING, {"answers": answers}),
    )


def _offer(turn: Turn, welcome: Welcome, answers: dict[str, str]) -> Reply:
    entries = [turn.library.entry(id) for id in welcome.fitting(answers)]
    fitting = [entry for entry in entries if isinstance(entry, Routine) and routine.steps(turn, entry)][:MOST]
    barred = body.instead(turn.about(entries[0].id, outcome="command"))
    if barred is not None or not fitting:
        return barred or _leave(turn)
    cards: list[Bubble] = [_card(turn, entry) for entry in fitting]
    return Reply(
        bubbles=(Text(turn.words("welcome_offer")), *cards),
        quick=(turn.button("button_not_now", "welcome none"), turn.button("button_menu", f"open {MENU}")),
        about=MENU,
        outcome="command",
        offered=tuple(entry.id for entry in fitting),
        step=Step(OFFERED, {"routines": [entry.id for entry in fitting]}),
    )


def _card(turn: Turn, entry: Routine) -> Card:
    return Card(
        title=entry.title,
        paragraphs=(turn.words("welcome_routine", minutes=entry.minutes, time=entry.default_time),),
        buttons=(
            turn.button("button_remind_daily", f"remind {entry.id}", time=entry.default_time).main(),
            Choice(turn.words("button_pick_time"), f"remind-at {entry.id}", pick="time", initial=entry.default_time),
            turn.button("button_look_inside", f"open {entry.id}"),
        ),
    )


def _leave(turn: Turn) -> Reply:
    return turn.say(
        "welcome_left", turn.button("button_menu", f"open {MENU}"), *menu.ways(turn), about=MENU, outcome="command"
    )


def _answers(turn: Turn) -> dict[str, str]:
    """The answers so far, as far as there are questions left."""
    running = dict(turn.step.data["answers"]) if turn.step is not None and turn.step.name == ASKING else {}
    most = len(turn.library.welcome.questions) - 1 if turn.library.welcome is not None else 0
    return dict(list(running.items())[:most])
