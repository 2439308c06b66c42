"""Show how a movement is done; a short question about it gets just that part.

Understands: 「タオルローイングのやり方」, then 「何回？」「注意点は？」
"""

from dataclasses import replace

from bot.conversation import Block, Card, Reply, Turn
from bot.library.schema import Exercise
from handlers import cards

ASPECTS = {
    "count": "heading_count",
    "frequency": "heading_count",
    "caution": "heading_cautions",
    "effect": "heading_purpose",
    "tips": "heading_tips",
}


def show(turn: Turn) -> Reply:
    """The whole card, or only the part that was asked for."""
    entry = turn.library.entry(turn.meaning.id or "")
    assert isinstance(entry, Exercise)  # Registered for this kind only.
    near = cards.related(turn, entry, most=3)
    aspect = turn.meaning.slots.get("aspect")
    card = _part(turn, entry, str(aspect)) if aspect in ASPECTS else cards.exercise(turn, entry)
    buttons = near if aspect not in ASPECTS else (turn.button("button_how_to", f"open {entry.id}"), *near)
    return cards.reply(turn, entry, replace(card, buttons=buttons), near)


def _part(turn: Turn, entry: Exercise, aspect: str) -> Card:
    lines = {
        "count": (entry.count,),
        "frequency": (entry.count,),
        "caution": (*entry.cautions, *entry.tips),
        "effect": (entry.purpose,),
        "tips": entry.tips,
    }[aspect]
    word, note = cards.origin(turn, entry)
    block = Block(turn.words(ASPECTS[aspect]), lines or (entry.count,))
    return Card(title=entry.title, eyebrow=word, blocks=(block,), note=note)
