"""Say kindly that pictures, sounds and files cannot be read; a place gets ours.

Understands: image, video, audio, file and location messages
"""

from bot.conversation import Reply, Turn


def answer(turn: Turn) -> Reply:
    """What to do instead."""
    return turn.say(
        "media_text",
        turn.button("button_staff", "open command/talk-to-staff"),
        turn.button("button_menu", "open command/menu"),
        outcome="fallback",
    )


def location(turn: Turn) -> Reply:
    """The way to the practice, as far as the pack tells it."""
    access = (turn.open("faq/access"),) if "faq/access" in turn.library.entries else ()
    return turn.say("location_text", *access, turn.button("button_menu", "open command/menu"), outcome="fallback")
