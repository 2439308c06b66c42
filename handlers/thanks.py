"""Answer thanks, greetings and stickers in kind.

Understands: 「ありがとう」「こんばんは」, a sticker
"""

from dataclasses import replace

from bot.conversation import Choice, Reply, Turn


def answer(turn: Turn) -> Reply:
    """A short kind word."""
    reply = turn.say("thanks_text", _menu(turn), about="command/thanks", outcome="command")
    # Thanks change no subject: 「それって何回？」 may still follow.
    return replace(reply, keeps_topic=True)


def sticker(turn: Turn) -> Reply:
    """Thanks for the sticker."""
    return turn.say("sticker_text", _menu(turn), about="command/thanks", outcome="command")


def _menu(turn: Turn) -> Choice:
    return turn.button("button_menu", "open command/menu")
