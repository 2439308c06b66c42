"""Answer a question, say whose view it is, and offer what is near it.

Understands: 「背中だけ痩せられる？」「予約したい」「料金は？」
"""

from string import Template

from bot.conversation import Card, Choice, Reply, Turn
from bot.library.schema import Faq
from handlers import articles, cards

SAYS_WHEN = frozenset({"hours", "closed"})


def answer(turn: Turn) -> Reply:
    """The answer with its links, the other view where there is one, and related questions."""
    entry = turn.library.entry(turn.meaning.id or "")
    assert isinstance(entry, Faq)  # Registered for this kind only.
    if turn.meaning.slots.get("aspect") == "more":
        article = articles.behind(turn, entry)
        if article is not None:
            return article
    if turn.meaning.slots.get("aspect") == articles.OTHER_VIEW and entry.other_view is not None:
        return articles.summary(turn.about(entry.other_view, outcome="answer", aspect=None))
    values = turn.library.values()
    word, note = cards.origin(turn, entry)
    if entry.links or entry.staff:
        # What one books or asks the staff for is no view to be weighed.
        note = turn.words("note_guide", word=word)
    dialled = {**values, "phone": turn.library.practice.number}
    links = tuple(Choice(link.label, url=Template(link.url).substitute(dialled)).main() for link in entry.links)
    other = (
        (Choice(turn.words("button_other_view"), f"open {entry.other_view}"),) if entry.other_view is not None else ()
    )
    staff = (turn.button("button_staff", "open command/talk-to-staff"),) if entry.staff else ()
    room = max(0, cards.MOST_BUTTONS - len(links) - len(other) - len(staff))
    near = cards.related(turn, entry, most=room, besides=(entry.other_view or "",))
    answer = Template(entry.answer)
    # Whatever is said about when we are open says as well when we are not.
    closed: tuple[str, ...] = ()
    if SAYS_WHEN.intersection(answer.get_identifiers()):
        closed = tuple(turn.library.closed_from(turn.now.astimezone(turn.library.timezone).date()))
    card = Card(
        title=entry.title,
        eyebrow=word,
        paragraphs=(*cards.paragraphs(answer.substitute(values)), *filter(None, ["\n".join(closed)])),
        note=note,
        buttons=(*links, *other, *staff, *near),
    )
    return cards.reply(turn, entry, card, near)
