"""In a group: what is personal is offered in a talk of two.

Understands: in a group, anything that would show, set or remember something personal
"""

from bot.conversation import Reply, Turn


def private(turn: Turn) -> Reply:
    """Where to talk instead."""
    return turn.say("group_private", outcome="command")
