"""Greet people who add us, come back, or invite us into a group.

Understands: the events follow and join
"""

from bot import reminders
from bot.conversation import Reply, Text, Turn
from handlers import menu


def follow(turn: Turn) -> Reply:
    """Who speaks and what it can do; a returning person decides whether old reminders ring again."""
    person = turn.person
    person.followed_at = turn.now
    waiting = reminders.suspended(turn.session, person)
    if waiting:
        again = turn.button("button_resume_old", "resume-old")
        return turn.say(
            "welcome_again_with_reminders", again, *menu.ways(turn), about="command/menu", outcome="command"
        )
    if turn.step is not None and turn.step.name == "returning":
        return turn.say("welcome_again", *menu.ways(turn), about="command/menu", outcome="command")
    hello = Text(turn.words("welcome", name=turn.library.practice.name))
    shown = menu.show(turn)
    return Reply(bubbles=(hello, *shown.bubbles), quick=shown.quick, about="command/menu", outcome="command")


def join(turn: Turn) -> Reply:
    """One introduction to a group."""
    return turn.say("group_hello", about="command/menu", outcome="command", name=turn.library.practice.name)
