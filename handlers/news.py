"""What rides along with a reply, for nothing: last week in a line, and that a reminder was laid to rest.

Understands: nothing by itself; it is asked after every answer
"""

from dataclasses import replace
from datetime import timedelta

from bot import calendar, people, progress, record, reminders, summaries
from bot.conversation import Reply, Text, Turn
from bot.delivery import shortage
from handlers import done, reminder_words

MOST_BUBBLES = 5
"""What LINE takes in one reply."""
UNFITTING = frozenset({"command/my-data", "command/progress", "command/reminder-stop"})
"""Who deletes or stops something, or is just looking at the record, is told nothing beside it."""


def last_week(turn: Turn, reply: Reply) -> Reply:
    """With the first fitting reply of a week: on how many days of the last one something was done."""
    today = calendar.day_of(turn.now, turn.timezone)
    if not _fits(turn, reply) or not summaries.is_to_be_told(turn.person, today):
        return reply
    this = record.monday(today)
    days = progress.days_done(turn.session, turn.person, since=this - timedelta(weeks=1), before=this)
    turn.person.summarised_on = today
    if not days:
        return reply
    return _with(reply, turn.words("summary_rides_along", days=days))


def rested(turn: Turn, reply: Reply) -> Reply:
    """Once: which reminders we have laid to rest because nobody reacted, and how they come back."""
    if turn.rung is None or not _fits(turn, reply):  # What never rang was never laid to rest.
        return reply
    found = reminders.rested(turn.session, turn.person)
    if not found:
        return reply
    for reminder in found:
        reminder.rested_at = None
    told = _with(reply, turn.words("rested_rides_along", titles=reminder_words.titles(turn, found)))
    return told.with_quick(turn.button("button_resume", "resume"))


def short(turn: Turn, reply: Reply) -> Reply:
    """Once a month: that its reminders do not come any more, and how to have the routine all the same."""
    if not _fits(turn, reply) or not shortage.is_to_be_told(turn.person, turn.now):
        return reply
    turn.person.told_short_at = turn.now
    mine = reminders.on(turn.session, turn.person)
    if not mine:
        return reply
    return _with(reply, turn.words("short_rides_along", title=reminder_words.title(turn, mine[0])))


def _fits(turn: Turn, reply: Reply) -> bool:
    is_over = reply.step is None or reply.step.name == done.NOTED
    is_calm = reply.outcome in ("answer", "command") and is_over and not reply.keeps_step
    has_room = len(reply.bubbles) < MOST_BUBBLES
    return is_calm and has_room and reply.about not in UNFITTING and not people.is_forgotten(turn.session, turn.person)


def _with(reply: Reply, text: str) -> Reply:
    return replace(reply, bubbles=(*reply.bubbles, Text(text)))
