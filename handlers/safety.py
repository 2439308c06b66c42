"""Answer a message that sounds dangerous: whom to call, and nothing else.

Understands: 「胸が締めつけられる」「死にたい」 (decided before everything else)
"""

import re
from dataclasses import replace
from urllib.parse import quote

from bot import people
from bot.conversation import Block, Card, Choice, Reply, Turn
from bot.library.schema import Contact, Safety

_NUMBER = re.compile(r"[#*\d-]+")
"""What a telephone can dial; another way of help is told in words only."""


def answer(turn: Turn) -> Reply:
    """The safety text with its lines of help; the only way on is 「ちがいます」. Staff see who got it."""
    if turn.topic == turn.meaning.id and turn.means("not-safety"):
        return declined(turn)
    people.ask_for_staff(turn.session, turn.person, reason="safety", now=turn.now)
    return card(turn)


def card(turn: Turn) -> Reply:
    """The safety text by itself."""
    entry = turn.library.entry(turn.meaning.id or "safety/see-doctor")
    assert isinstance(entry, Safety)  # The assistant sends only safety ids here.
    calls = tuple(_call(turn, contact) for contact in entry.contacts if _NUMBER.fullmatch(contact.number))
    contacts = tuple(
        turn.words("contact_line", name=contact.name, number=contact.number, hours=contact.hours)
        for contact in entry.contacts
    )
    card = Card(
        title=entry.title,
        paragraphs=tuple(entry.answer.split("\n\n")),
        blocks=(Block(turn.words("heading_contacts"), contacts),),
        tone="alert",
        buttons=(*(call.main() for call in calls[:1]), *calls[1:]),
    )
    return Reply(
        bubbles=(card,),
        quick=(turn.button("button_not_safety", "not-safety"),),
        about=entry.id,
        outcome="safety",
        is_worth_a_push=True,
    )


def _call(turn: Turn, contact: Contact) -> Choice:
    """Opens the telephone with the number filled in; it dials nothing by itself."""
    return Choice(turn.words("button_call_contact", name=contact.name), url=f"tel:{quote(contact.number)}")


def declined(turn: Turn) -> Reply:
    """The person says that the warning was not meant for them."""
    choices = (
        Choice(turn.words("button_menu"), "open command/menu"),
        Choice(turn.words("button_staff"), "open command/talk-to-staff"),
    )
    reply = turn.say("declined_text", *choices, outcome="fallback")
    # The warning is over: what follows is no longer read in its light.
    return replace(reply, topic="command/menu")
