"""Show how a movement is done; a short question about it gets just that part.

Understands: 「タオルローイングのやり方」, then 「何回？」「注意点は？」
"""

from collections.abc import Set
from dataclasses import replace

from bot import body
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
    """The whole card, or only the part that was asked for; before all else that the person's body speaks against it."""
    entry = turn.library.entry(turn.meaning.id or "")
    assert isinstance(entry, Exercise)  # Registered for this kind only.
    notes = body.notes(turn.session, turn.person, turn.now)
    instead = () if body.fits(entry, notes) else _instead(turn, entry, notes)
    warning = () if body.fits(entry, notes) else _warning(turn, entry, notes, instead)
    near = (id for id in entry.related if _suits(turn, id, notes))
    choices = tuple(turn.open(id) for id in dict.fromkeys((*instead, *near)))[:3]
    aspect = turn.meaning.slots.get("aspect")
    card = _part(turn, entry, str(aspect)) if aspect in ASPECTS else cards.exercise(turn, entry)
    buttons = choices if aspect not in ASPECTS else (turn.button("button_how_to", f"open {entry.id}"), *choices)
    return cards.reply(turn, entry, replace(card, paragraphs=(*warning, *card.paragraphs), buttons=buttons), choices)


def _instead(turn: Turn, entry: Exercise, notes: Set[str]) -> tuple[str, ...]:
    """The id of the exercise nearest to *entry* that suits the person; nothing when none does."""
    ids = dict.fromkeys((*entry.related, *(other.id for other in turn.library.of(Exercise))))
    return tuple(id for id in ids if id.startswith("exercise/") and _suits(turn, id, notes))[:1]


def _warning(turn: Turn, entry: Exercise, notes: Set[str], instead: tuple[str, ...]) -> tuple[str, ...]:
    book = turn.library.language.body_notes
    labels = turn.words("days_between").join(book.label(note) for note in entry.avoid_if if note in notes)
    others = (turn.words("body_avoid_instead", title=turn.library.entry(id).title) for id in instead)
    return (turn.words("body_avoid", labels=labels), *others)


def _suits(turn: Turn, id: str, notes: Set[str]) -> bool:
    """Whether the entry may be offered: anything but an exercise that the notes speak against."""
    entry = turn.library.entry(id)
    return not isinstance(entry, Exercise) or body.fits(entry, notes)


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
