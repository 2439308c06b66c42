"""Answer a message that sounds dangerous: whom to call, and nothing else.

Understands: 「胸が締めつけられる」「死にたい」 (decided before everything else)
"""

from dataclasses import replace

from bot.conversation import Block, Card, Choice, Reply, Turn
from bot.library.schema import Safety


def answer(turn: Turn) -> Reply:
    """The safety text with its lines of help; the only way on is 「ちがいます」."""
    if turn.topic == turn.meaning.id and turn.means("not-safety"):
        return declined(turn)
    entry = turn.library.entry(turn.meaning.id or "safety/see-doctor")
    assert isinstance(entry, Safety)  # The assistant sends only safety ids here.
    contacts = tuple(
        turn.words("contact_line", name=contact.name, number=contact.number, hours=contact.hours)
        for contact in entry.contacts
    )
    card = Card(
        title=entry.title,
        paragraphs=tuple(entry.answer.split("\n\n")),
        blocks=(Block(turn.words("heading_contacts"), contacts),),
        tone="alert",
    )
    return Reply(
        bubbles=(card,),
        quick=(turn.button("button_not_safety", "not-safety"),),
        about=entry.id,
        outcome="safety",
        is_worth_a_push=True,
    )


def declined(turn: Turn) -> Reply:
    """The person says that the warning was not meant for them."""
    choices = (
        Choice(turn.words("button_menu"), "open command/menu"),
        Choice(turn.words("button_staff"), "open command/talk-to-staff"),
    )
    reply = turn.say("declined_text", *choices, outcome="fallback")
    # The warning is over: what follows is no longer read in its light.
    return replace(reply, topic="command/menu")
