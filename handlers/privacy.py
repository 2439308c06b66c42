"""Say in short what becomes of people's data, with the way to the whole text and to what is kept.

Understands: 「プライバシー」「個人情報はどう扱われますか」
"""

from bot.conversation import Card, Choice, Reply, Turn
from handlers import cards, my_data

ID = "command/privacy"
PAGE = "/privacy"


def tell(turn: Turn) -> Reply:
    """The short text; a pack without one shows what is kept."""
    text = turn.library.privacy_text()
    if text is None:
        return my_data.open(turn)
    card = Card(
        title=turn.library.entry(ID).title,
        paragraphs=cards.paragraphs(text.short),
        buttons=(
            Choice(turn.words("button_privacy_whole"), page=PAGE).main(),
            turn.button("button_my_data", f"open {my_data.ID}"),
        ),
    )
    return Reply(
        bubbles=(card,),
        quick=(turn.button("button_delete", "delete-ask"), turn.button("button_menu", "open command/menu")),
        about=ID,
        outcome="command",
    )


def ways(turn: Turn) -> tuple[Choice, ...]:
    """The button that leads there: to the page where there is an address, else to the answer; none without a text."""
    if turn.library.privacy is None or ID not in turn.library.entries:
        return ()
    return (Choice(turn.words("button_privacy"), f"open {ID}", page=PAGE),)
