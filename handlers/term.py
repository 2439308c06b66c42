"""Explain a word of the field.

Understands: 「僧帽筋って何？」「DIT とは」
"""

from bot.conversation import Card, Reply, Turn
from bot.library.schema import Term
from handlers import articles, cards


def explain(turn: Turn) -> Reply:
    """One to three sentences, whose view they are, and where more is said."""
    entry = turn.library.entry(turn.meaning.id or "")
    assert isinstance(entry, Term)  # Registered for this kind only.
    if turn.meaning.slots.get("aspect") == "more":
        article = articles.behind(turn, entry)
        if article is not None:
            return article
    word, note = cards.origin(turn, entry)
    near = cards.related(turn, entry)
    card = Card(
        title=entry.title,
        eyebrow=word,
        paragraphs=cards.paragraphs(entry.answer),
        picture=entry.picture,
        note=note,
        buttons=near,
    )
    return cards.reply(turn, entry, card, near)
