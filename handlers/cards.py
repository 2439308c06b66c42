"""How an entry of the library looks as a card; shared by the handlers."""

from collections.abc import Sequence

from bot.conversation import Block, Card, Choice, Reply, Turn
from bot.library.schema import Article, Drawing, Entry, Exercise, Faq, Routine, Term

MOST_BUTTONS = 4


def origin(turn: Turn, entry: Article | Faq | Term | Exercise | Routine) -> tuple[str, str]:
    """The word that says whose view *entry* is, and the note under its card."""
    word = turn.library.origins[entry.origin].word
    if entry.origin == "practice":
        return word, turn.words("note_practice")
    return word, turn.words("note_origin", word=word)


def related(turn: Turn, entry: Entry, *, most: int = 3, besides: tuple[str, ...] = ()) -> tuple[Choice, ...]:
    """Buttons to what *entry* names as the next step."""
    return tuple(turn.open(id) for id in entry.related if id not in besides)[:most]


def reply(turn: Turn, entry: Entry, card: Card, near: tuple[Choice, ...]) -> Reply:
    """*card* as the answer about *entry*, with the ways on; *near* are those of its buttons that 「2番」 can pick."""
    return Reply(
        bubbles=(card,),
        quick=(turn.button("button_others", "others"), turn.button("button_menu", "open command/menu")),
        about=entry.id,
        offered=tuple(choice.data.removeprefix("open ") for choice in near),
    )


def paragraphs(text: str) -> tuple[str, ...]:
    """*text* cut at its blank lines."""
    return tuple(part.strip() for part in text.split("\n\n") if part.strip())


def exercise(turn: Turn, entry: Exercise, *, eyebrow: str | None = None, note: str | None = None) -> Card:
    """An exercise with all that one needs to do it."""
    word, origin_note = origin(turn, entry)
    blocks = [
        Block(turn.words("heading_purpose"), (entry.purpose,)),
        Block(turn.words("heading_steps"), entry.steps, numbered=True),
        Block(turn.words("heading_count"), (entry.count,)),
    ]
    if entry.tips:
        blocks.append(Block(turn.words("heading_tips"), entry.tips))
    if entry.cautions:
        blocks.append(Block(turn.words("heading_cautions"), entry.cautions))
    return Card(
        title=entry.title,
        eyebrow=eyebrow or word,
        blocks=tuple(blocks),
        picture=entry.picture,
        note=note or origin_note,
    )


def picture(routine: Routine, shown: Sequence[Exercise]) -> Drawing | None:
    """The routine's own picture; where exercises are left out, which it may show, that of the first that remains."""
    if routine.picture is not None and len(shown) == len(routine.steps):
        return routine.picture
    return next((step.picture for step in shown if step.picture is not None), None)
