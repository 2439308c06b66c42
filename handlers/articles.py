"""Let people read: the list of articles, a summary, then section by section.

Understands: 「記事一覧」「背中痩せの記事」, then 「もっと詳しく」「次」
"""

from bot.conversation import Card, Choice, Reply, Step, Turn
from bot.library.schema import Article, Entry
from handlers import cards

READING = "article.section"
OTHER_VIEW = "other-view"
"""What a short message asks when it wants to hear the other side."""


def listing(turn: Turn) -> Reply:
    """All articles with the stance of their authors."""
    articles = turn.library.of(Article)
    shown = tuple(
        Card(
            title=article.title,
            eyebrow=turn.library.origins[article.origin].word,
            paragraphs=(article.view,),
            buttons=(turn.open(article.id),),
        )
        for article in articles[:4]
    )
    intro = turn.say("articles_text", about="command/articles", outcome="command").bubbles
    rest = tuple(turn.open(article.id) for article in articles[4:16])
    return Reply(
        bubbles=(*intro, *shown),
        quick=rest or (turn.button("button_menu", "open command/menu"),),
        about="command/articles",
        outcome="command",
        offered=tuple(article.id for article in articles),
    )


def summary(turn: Turn) -> Reply:
    """What the article says in short, whose view it is, and the way into its sections."""
    article = _article(turn, turn.meaning.id or "")
    aspect = turn.meaning.slots.get("aspect")
    if aspect == "more":
        return _section(turn, article, 0)
    if aspect == OTHER_VIEW and article.other_view is not None:
        return summary(turn.about(article.other_view, outcome="answer", aspect=None))
    word, note = cards.origin(turn, article)
    other = (
        (Choice(turn.words("button_other_view"), f"open {article.other_view}"),)
        if article.other_view is not None
        else ()
    )
    near = cards.related(turn, article, most=3 - len(other), besides=(article.other_view or "",))
    card = Card(
        title=article.title,
        eyebrow=word,
        paragraphs=(*cards.paragraphs(article.summary), article.view),
        note=note,
        buttons=(turn.button("button_first_section", f"section {article.id} 0").main(), *other, *near),
    )
    return Reply(
        bubbles=(card,),
        quick=(
            turn.button("button_more", f"section {article.id} 0"),
            turn.button("button_others", "others"),
            turn.button("button_menu", "open command/menu"),
        ),
        about=article.id,
        offered=tuple(choice.data.removeprefix("open ") for choice in near),
        step=Step(READING, {"article": article.id, "position": -1}),
    )


def section(turn: Turn) -> Reply | None:
    """The section that a button names."""
    args = turn.tap.args if turn.tap else ()
    if len(args) != 2 or not args[1].isdecimal():
        return None
    article = turn.library.entries.get(args[0])
    return _section(turn, article, int(args[1])) if isinstance(article, Article) else None


def read_on(turn: Turn) -> Reply | None:
    """The next section for 「次」 or 「もっと詳しく」, the one before for 「前」; None for anything else."""
    assert turn.step is not None  # Registered as a step.
    id, position = str(turn.step.data["article"]), int(turn.step.data["position"])
    if id not in turn.library.entries:
        return None
    if turn.meaning.slots.get("aspect") == "more" or turn.means("more"):
        return _section(turn, _article(turn, id), position + 1)
    if turn.means("from-start"):
        return _section(turn, _article(turn, id), 0)
    if turn.means("back"):
        return _section(turn, _article(turn, id), max(0, position - 1))
    return None


def behind(turn: Turn, entry: Entry) -> Reply | None:
    """The article behind *entry*, for 「もっと詳しく」; None when it names none."""
    for id in entry.related:
        if isinstance(turn.library.entries.get(id), Article):
            return summary(turn.about(id, outcome="answer", aspect=None))
    return None


def _article(turn: Turn, id: str) -> Article:
    article = turn.library.entry(id)
    assert isinstance(article, Article)  # Registered for this kind only.
    return article


def _section(turn: Turn, article: Article, position: int) -> Reply:
    if position >= len(article.sections):
        near = cards.related(turn, article, most=3)
        return Reply(
            bubbles=(*turn.say("article_end").bubbles,),
            quick=(*near, turn.button("button_articles", "open command/articles")),
            about=article.id,
            offered=article.related[:3],
        )
    part = article.sections[position]
    is_last = position + 1 == len(article.sections)
    count = turn.words("note_sections", number=position + 1, count=len(article.sections))
    on = () if is_last else (turn.button("button_next_section", f"section {article.id} {position + 1}").main(),)
    near = cards.related(turn, article, most=3) if is_last else ()
    card = Card(
        title=part.title,
        eyebrow=f"{turn.library.origins[article.origin].word} {count}",
        paragraphs=cards.paragraphs(part.text),
        note=cards.origin(turn, article)[1],
        buttons=(*on, *near),
    )
    return Reply(
        bubbles=(card,),
        quick=(*on, turn.button("button_menu", "open command/menu")),
        about=article.id,
        offered=tuple(choice.data.removeprefix("open ") for choice in near),
        step=Step(READING, {"article": article.id, "position": position}),
    )
