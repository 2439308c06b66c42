"""Hand over to a human of the practice.

Understands: 「スタッフと話したい」「電話したい」, then the matter itself in whatever words
"""

from dataclasses import replace

from bot import people
from bot.conversation import Card, Choice, Reply, Step, Turn

WAITING = "staff.message"
ID = "command/talk-to-staff"


def hand_over(turn: Turn) -> Reply:
    """Put the person on the staff's list and say what happens next."""
    practice = turn.library.practice
    people.ask_for_staff(turn.session, turn.person, reason="asked", now=turn.now)
    card = Card(
        title=turn.words("staff_title"),
        paragraphs=(turn.words("staff_text", staff_hours=practice.staff_hours, phone=practice.phone),),
        buttons=(Choice(turn.words("button_call"), url=f"tel:{practice.number}"),),
    )
    menu = turn.button("button_menu", "open command/menu")
    return Reply(bubbles=(card,), quick=(menu,), about=ID, outcome="command", step=Step(WAITING))


def noted(turn: Turn) -> Reply | None:
    """What the person writes for the staff is acknowledged; None for what the assistant can answer itself."""
    if turn.meaning.outcome not in ("fallback", "suggest") or "aspect" in turn.meaning.slots:
        return None
    menu = turn.button("button_menu", "open command/menu")
    return replace(turn.say("staff_noted", menu, about=ID, outcome="command"), keeps_step=True)
