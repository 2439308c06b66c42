"""Help people to tell their friends: LINE's own page for that, else the practice's.

Understands: 「友だちに教えたい」「紹介したい」
"""

from urllib.parse import quote

from bot.conversation import Card, Choice, Reply, Turn

ID = "command/recommend"
_SHARE = "https://line.me/R/nv/recommendOA/"


def offer(turn: Turn) -> Reply:
    """A button by which friends are chosen in LINE; without the account's id one to the homepage."""
    practice = turn.library.practice
    if practice.line_id is not None:
        text = turn.words("recommend_text")
        way = Choice(turn.words("button_recommend"), url=_SHARE + quote(practice.line_id, safe=""))
    else:
        text = turn.words("recommend_homepage", name=practice.name)
        way = Choice(turn.words("button_homepage"), url=practice.homepage_url)
    card = Card(title=turn.library.entry(ID).title, paragraphs=(text,), buttons=(way.main(),))
    return Reply(bubbles=(card,), quick=(turn.button("button_menu", "open command/menu"),), about=ID, outcome="command")
