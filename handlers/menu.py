"""Say what the assistant can do.

Understands: 「メニュー」「使い方」「何ができるの？」
"""

from bot.conversation import Block, Card, Choice, Reply, Turn

RECOMMEND = "command/recommend"


def show(turn: Turn) -> Reply:
    """Examples to type and buttons to tap."""
    hints = tuple(turn.words(f"menu_hint_{number}") for number in (1, 2, 3))
    card = Card(
        title=turn.words("menu_title"),
        paragraphs=(turn.words("menu_text"),),
        blocks=(Block(turn.words("menu_hint_heading"), hints),),
        buttons=(
            turn.button("button_articles", "open command/articles"),
            turn.button("button_routine_now", "open command/routine-now"),
            turn.button("button_self_check", "open command/self-check"),
            turn.button("button_reminders", "open command/reminder-list"),
        ),
    )
    told = (turn.open(RECOMMEND),) if RECOMMEND in turn.library.entries else ()
    return Reply(bubbles=(card,), quick=(*ways(turn), *told), about="command/menu", outcome="command")


def ways(turn: Turn) -> tuple[Choice, ...]:
    """The quick replies that lead everywhere else."""
    booking = (turn.button("button_booking", "open faq/booking"),) if "faq/booking" in turn.library.entries else ()
    return (
        *booking,
        turn.button("button_progress", "open command/progress"),
        turn.button("button_my_data", "open command/my-data"),
        turn.button("button_staff", "open command/talk-to-staff"),
    )
