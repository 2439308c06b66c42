"""Show what a person has done: streak and week.

Understands: 「記録を見たい」「何日続いてる？」
"""

from bot import calendar, progress
from bot.conversation import Card, Reply, Turn


def show(turn: Turn) -> Reply:
    """The streak in days and the last week."""
    days = progress.days(turn.session, turn.person)
    today = calendar.day_of(turn.now, turn.timezone)
    lines: tuple[str, ...]
    if days:
        lines = (
            turn.words("progress_streak", days=progress.streak(days, today)),
            turn.words("progress_week", days=progress.in_last_week(days, today)),
        )
    else:
        lines = (turn.words("progress_none"),)
    card = Card(
        title=turn.words("progress_title"),
        paragraphs=lines,
        buttons=(turn.button("button_routine_now", "open command/routine-now"),),
    )
    menu = turn.button("button_menu", "open command/menu")
    return Reply(bubbles=(card,), quick=(menu,), about="command/progress", outcome="command")
