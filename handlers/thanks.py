"""Answer thanks, greetings and stickers in kind.

Understands: 「ありがとう」「こんばんは」, a sticker
"""

from bot.conversation import Choice, Reply, Turn


def answer(turn: Turn) -> Reply:
    """A short kind word."""
    return turn.say("thanks_text", _menu(turn), about="command/thanks", outcome="command")


def sticker(turn: Turn) -> Reply:
    """Thanks for the sticker."""
    return turn.say("sticker_text", _menu(turn), about="command/thanks", outcome="command")


def _menu(turn: Turn) -> Choice:
    return turn.button("button_menu", "open command/menu")
