"""Give one routine a rest on one day.

Understands: the button 「今日はお休み」 of a reminder
"""

from bot import progress, reminders
from bot.conversation import Reply, Turn
from handlers import reminder_words

ID = "command/reminder-pause"


def tap(turn: Turn) -> Reply | None:
    """No ring any more on the day that the button belongs to, and no gap in the streak."""
    routine = reminder_words.tapped(turn)
    if routine is None:
        return None
    day = reminder_words.tapped_day(turn)
    reminders.react(turn.session, turn.person, routine.id)
    if progress.is_done(turn.session, turn.person, routine_id=routine.id, day=day):
        key = "rest_done"
    else:
        is_new = reminders.rest(turn.session, turn.person, routine_id=routine.id, day=day, now=turn.now)
        key = "rest_set" if is_new else "rest_again"
    said = turn.say(
        key,
        turn.button("button_progress", "open command/progress"),
        turn.button("button_menu", "open command/menu"),
        title=routine.title,
        day=reminder_words.day(turn, day),
    )
    return Reply(said.bubbles, said.quick, about=ID, outcome="command", topic=routine.id)
