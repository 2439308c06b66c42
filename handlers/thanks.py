"""Answer thanks, greetings and stickers in kind.

Understands: 「ありがとう」「こんばんは」, a sticker
"""

from dataclasses import replace

from bot.conversation import Choice, Reply, Turn


def answer(turn: Turn) -> Reply:
    """A short kind word; a greeting is not answered as if it were thanks."""
    greetings = turn.library.language.words.get("greeting", ())
    key = "greeting_text" if any(word in turn.text for word in greetings) else "thanks_text"
    reply = turn.say(key, _menu(turn), about="command/thanks", outcome="command")
    # Thanks change no subject: 「それって何回？」 may still follow.
    return replace(reply, keeps_topic=True)


def sticker(turn: Turn) -> Reply:
    """Thanks for the sticker."""
    return turn.say("sticker_text", _menu(turn), about="command/thanks", outcome="command")


def _menu(turn: Turn) -> Choice:
    return turn.button("button_menu", "open command/menu")
