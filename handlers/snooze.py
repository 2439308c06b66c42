"""Ring once more later: the routine that has just rung, or the one last spoken of.

Understands: 「あとで」「30分後にもう一回」「9時にもう一回」
"""

from datetime import datetime, timedelta

from bot import calendar, reminders
from bot.conversation import Choice, Reply, Turn
from bot.library.schema import Routine
from handlers import reminder_words
from handlers import routine as routines

ID = "command/snooze"
DELAYS = (10, 30, 60)


def later(turn: Turn) -> Reply:
    """Set the second ring as said, or ask how much later."""
    id = _meant(turn)
    if id is None:
        return routines.none_here(turn)
    routine = turn.library.entry(id)
    minutes, time = turn.meaning.slots.get("minutes"), turn.meaning.slots.get("time")
    if turn.meaning.slots.get("impossible"):
        return reminder_words.ask_for_time(turn)
    if isinstance(minutes, int) and minutes > 0:
        return _set(turn, id, turn.now + timedelta(minutes=minutes), minutes=minutes)
    if isinstance(time, str):
        return _set(turn, id, _next(turn, time), minutes=None)
    if not reminders.can_snooze(turn.session, turn.person, routine_id=id, zone=turn.timezone, now=turn.now):
        return turn.say("snooze_used_up", turn.button("button_menu", "open command/menu"), about=ID, outcome="command")
    choices = tuple(turn.button("button_later_minutes", f"later {id} {delay}", minutes=delay) for delay in DELAYS)
    reply = turn.say("snooze_ask", *choices, about=ID, outcome="command", title=routine.title)
    return Reply(bubbles=reply.bubbles, quick=reply.quick, about=ID, outcome="command", topic=id)


def tap(turn: Turn) -> Reply | None:
    """The buttons 「あとで」 and 「30分後」."""
    args = turn.tap.args if turn.tap else ()
    if not args or not isinstance(turn.library.entries.get(args[0]), Routine):
        return None
    if len(args) > 1 and args[1].isdigit() and int(args[1]) in DELAYS:
        return _set(turn, args[0], turn.now + timedelta(minutes=int(args[1])), minutes=int(args[1]))
    return later(turn.about(ID, outcome="command", routine=args[0]))


def _meant(turn: Turn) -> str | None:
    for id in (turn.meaning.slots.get("routine"), turn.topic):
        if isinstance(id, str) and isinstance(turn.library.entries.get(id), Routine):
            return id
    mine = reminders.on(turn.session, turn.person)
    if len(mine) == 1:
        return mine[0].routine_id
    fitting = routines.fitting_now(turn)
    return fitting.id if fitting is not None else None


def _next(turn: Turn, time: str) -> datetime:
    today = turn.local_now.date()
    first = calendar.clock_on(today, time, turn.timezone)
    return first if first > turn.now else calendar.clock_on(today + timedelta(days=1), time, turn.timezone)


def _set(turn: Turn, id: str, due_at: datetime, *, minutes: int | None) -> Reply:
    menu: Choice = turn.button("button_menu", "open command/menu")
    is_set = reminders.snooze(turn.session, turn.person, routine_id=id, due_at=due_at, zone=turn.timezone, now=turn.now)
    if not is_set:
        return turn.say("snooze_used_up", menu, about=ID, outcome="command")
    key = "snooze_set" if minutes is None else "snooze_set_minutes"
    values = {"title": turn.library.entry(id).title, "time": f"{due_at.astimezone(turn.timezone):%H:%M}"}
    reply = turn.say(key, menu, about=ID, outcome="command", minutes=minutes, **values)
    return Reply(bubbles=reply.bubbles, quick=reply.quick, about=ID, outcome="command", topic=id)
