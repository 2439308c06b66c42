"""Take a tapped button of an announcement for the words that it says, and count the tap.

Understands: the buttons of announcements that staff gave words to
"""

from bot.broadcasts import taps
from bot.conversation import Turn


def words(turn: Turn) -> str | None:
    """What the button says for the person, who is then answered as if they had written it; None: nothing any more."""
    numbers = [arg for arg in turn.tap.args if arg.isascii() and arg.isdecimal() and len(arg) < 10] if turn.tap else []
    if len(numbers) != 2:
        return None
    return taps.note(turn.session, int(numbers[0]), int(numbers[1]), person_id=turn.person.id, now=turn.now)
