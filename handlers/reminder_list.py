"""List the reminders that are on or resting, as they stand now.

Understands: 「お知らせの確認」「いま何時に来ることになってる？」
"""

from bot import reminders
from bot.conversation import Block, Card, Reply, Turn
from handlers import reminder_words

ID = "command/reminder-list"


def show(turn: Turn) -> Reply:
    """What is on or paused, at its present time; never one that was stopped."""
    found = [
        reminder for reminder in reminders.on(turn.session, turn.person) if reminder.routine_id in turn.library.entries
    ]
    if not found:
        return _nothing(turn)
    one_label = turn.words("button_change_time") if len(found) == 1 else None
    lines = tuple(reminder_words.line(turn, reminder) for reminder in found)
    card = Card(
        title=turn.words("reminder_list_title"),
        paragraphs=(turn.words("reminder_list_hint"),) if one_label is None else (),
        blocks=(Block(turn.words("reminder_list_heading"), lines),),
        buttons=tuple(
            reminder_words.picker(
                one_label or turn.library.entry(reminder.routine_id).label, reminder.routine_id, reminder.time
            )
            for reminder in found
        ),
    )
    rests = any(reminders.has_pause_ahead(reminder, turn.now) for reminder in found)
    return Reply(
        bubbles=(card,),
        quick=(
            *((turn.button("button_resume", "resume"),) if rests else ()),
            turn.button("button_pause_week", "pause 7"),
            turn.button("button_stop_all_reminders", "stop-reminders"),
            turn.button("button_menu", "open command/menu"),
        ),
        about=ID,
        outcome="command",
    )


def _nothing(turn: Turn) -> Reply:
    if reminders.suspended(turn.session, turn.person):
        again = turn.button("button_resume_old", "resume-old")
        menu = turn.button("button_menu", "open command/menu")
        return turn.say("reminder_list_suspended", again, menu, about=ID, outcome="command")
    now = turn.button("button_routine_now", "open command/routine-now")
    return turn.say("reminder_list_none", now, about=ID, outcome="command")
