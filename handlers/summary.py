"""The weekly summary: asked for and stopped by a button, and what it says.

Understands: the buttons 「毎週まとめを受け取る」 and 「毎週のまとめを止める」
"""

from bot import calendar, record, summaries
from bot.conversation import Block, Card, Choice, Reply, Turn, say
from bot.library.library import Library
from bot.record import Record
from handlers import progress, reminder_words


def tap(turn: Turn) -> Reply | None:
    """A summary every week from now on, or none any more."""
    wish = turn.tap.args[0] if turn.tap and turn.tap.args else ""
    menu = turn.button("button_menu", "open command/menu")
    if wish == "on":
        next = summaries.turn_on(turn.person, zone=turn.timezone, now=turn.now)
        stop = turn.button("button_summary_off", "summary off")
        when = reminder_words.moment(turn, next)
        return turn.say("summary_on", stop, menu, about=progress.ID, outcome="command", next=when)
    if wish == "off":
        summaries.turn_off(turn.person, today=calendar.day_of(turn.now, turn.timezone))
        again = turn.button("button_summary_on", "summary on")
        return turn.say("summary_off", again, menu, about=progress.ID, outcome="command")
    return None


def weekly(library: Library, mine: Record) -> Reply:
    """What the summary says of the week that ends today."""
    first = record.monday(mine.today)
    lines = [say(library.messages, "summary_week", days=mine.count(first, mine.today))]
    if mine.streak:
        lines.append(say(library.messages, "summary_streak", days=mine.streak))
    counts = progress.per_routine(library, mine, first, mine.today)
    card = Card(
        title=say(library.messages, "summary_title"),
        paragraphs=tuple(lines),
        blocks=(Block(say(library.messages, "summary_routines"), counts),) if counts else (),
        buttons=(
            Choice(say(library.messages, "button_progress"), "open command/progress").main(),
            Choice(say(library.messages, "button_summary_off"), "summary off"),
        ),
    )
    return Reply(bubbles=(card,), about=progress.ID, outcome="command")
