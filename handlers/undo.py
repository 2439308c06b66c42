"""Say what a change of reminders has led to, and take it back when the person thinks better of it.

Understands: 「元に戻す」, and right after a change 「元に戻して」「やっぱり今のなし」
"""

from collections.abc import Sequence

from bot import reminders
from bot.conversation import Choice, Reply, Step, Text, Turn
from bot.models import Reminder
from handlers import reminder_list, reminder_words

CHANGED = "reminder.changed"
"""The step right after a change: the next message may take it back in words."""


def changed(
    turn: Turn, key: str, found: Sequence[Reminder], *quick: Choice, about: str, said: str = "", day: str = ""
) -> Reply:
    """The message *key* with the titles of the reminders *found*, how they stand now (or *said*), and the way back.

    *day* is one that the message names.
    """
    text = turn.words(key, titles=reminder_words.titles(turn, found), day=day)
    stands = said or reminder_words.stand(turn, found)
    back = way_back(turn)
    return Reply(
        bubbles=(Text(f"{text}\n{stands}".strip()),),
        quick=(*back, *quick, turn.button("button_reminders", "open command/reminder-list")),
        about=about,
        outcome="command",
        topic=found[0].routine_id if len(found) == 1 else None,
        step=Step(CHANGED) if back else None,
    )


def way_back(turn: Turn) -> tuple[Choice, ...]:
    """The button that takes back the change just made; nothing when none was made."""
    change = reminders.last(turn.session, turn.person)
    if change is None or change.changed_at != turn.now:
        return ()
    return (turn.button("button_undo", f"undo {change.id}"),)


def tap(turn: Turn) -> Reply | None:
    """The button 「元に戻す」; one that comes too late shows what holds."""
    id = turn.tap.args[0] if turn.tap and turn.tap.args else ""
    return _take_back(turn, int(id)) if id.isascii() and id.isdecimal() and len(id) < 18 else None


def in_words(turn: Turn) -> Reply | None:
    """「元に戻して」 right after a change; None for anything else, which is then read by itself."""
    change = reminders.last(turn.session, turn.person)
    return _take_back(turn, change.id) if change is not None and turn.means("undo") else None


def _take_back(turn: Turn, change_id: int) -> Reply:
    found = reminders.undo(turn.session, turn.person, change_id, turn.now)
    if found is not None:
        return changed(turn, "reminder_undone", found, about=reminder_list.ID)
    listed = reminder_list.show(turn)
    return Reply(
        bubbles=(Text(turn.words("reminder_not_undone")), *listed.bubbles),
        quick=listed.quick,
        about=listed.about,
        outcome="command",
    )
