"""Let reminders rest for some days, and take them up again.

Understands: 「今週は休む」「三連休は通知なし」「来週の月曜から3日間休む」「しばらく止めて」「再開」, and after our question 「12/28から1/4まで」
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot import calendar, reminders
from bot.conversation import Reply, Step, Turn
from bot.models import Reminder
from bot.understanding import answers
from handlers import announcements, reminder_words, stops, undo
from handlers import reminders as settings

MOST_DIGITS = 3
"""Of the days of a button: no calendar holds many more."""
SET, ID = "command/reminder-set", "command/reminder-pause"
WHEN = "pause.when"


def in_words(turn: Turn) -> Reply:
    """Rest from and until the day the sentence says: from now, until taken up again, when it says none."""
    slots = turn.meaning.slots
    if announcements.are_wanted_again(turn):
        return announcements.start(turn)
    if slots.get("impossible"):
        return reminder_words.ask_for_time(turn)
    routine = slots.get("routine") if isinstance(slots.get("routine"), str) else None
    return _ask_when(turn, routine) if slots.get("dateless") else _rest_as_said(turn, routine, slots)


def when(turn: Turn) -> Reply | None:
    """「12/28から1/4まで」 after we asked when; None for anything else, which is then read by itself."""
    assert turn.step is not None  # Registered as a step.
    if turn.means("stop") or turn.means("no"):
        return settings.left(turn)
    if turn.meaning.outcome == "command" and turn.meaning.id != ID and turn.meaning.score == 1.0:
        return None
    said = answers.span(turn.text, turn.local_now)
    return None if said is None else _rest_as_said(turn, turn.step.data["routine"], said)


def is_answer(turn: Turn) -> bool:
    """Whether the message says nothing but from when until when."""
    return answers.span(turn.text, turn.local_now, alone=True) is not None


def _rest_as_said(turn: Turn, routine: str | None, slots: Mapping[str, Any]) -> Reply:
    return rest(turn, routine, begins=_moment(turn, slots.get("from")), until=_moment(turn, slots.get("until")))


def _ask_when(turn: Turn, routine: str | None) -> Reply:
    """Days off that only the person knows: from when until when."""
    asked = turn.say("pause_when", turn.button("button_pause_open", "pause open"))
    step = Step(WHEN, {"routine": routine})
    return Reply(asked.bubbles, asked.quick, about=ID, outcome="command", topic=routine, step=step)


def tap(turn: Turn) -> Reply | None:
    """The buttons 「1週間休む」 below the list and 「しばらく休む」 below our question."""
    length = turn.tap.args[0] if turn.tap and turn.tap.args else ""
    if length == "open":
        asked = turn.step.data if turn.step is not None and turn.step.name == WHEN else {}
        return rest(turn, asked.get("routine"), until=None)
    is_known = length.isascii() and length.isdecimal() and len(length) <= MOST_DIGITS
    return rest(turn, None, until=days_on(turn, int(length))) if is_known else None


def rest(turn: Turn, id: str | None, *, until: datetime | None, begins: datetime | None = None) -> Reply:
    """Pause one reminder or all (None) of those that are on, and say so."""
    paused = reminders.pause(turn.session, turn.person, routine_id=id, until=until, now=turn.now, begins=begins)
    if paused:
        named = f"resume {paused[0].routine_id}" if len(paused) == 1 else "resume"
        return undo.changed(turn, "reminder_paused", paused, turn.button("button_resume", named), about=ID)
    if id is not None and id in turn.library.entries:
        return stops.not_on(turn, id)
    return turn.say("reminder_none_on", turn.button("button_menu", "open command/menu"), about=ID, outcome="command")


def days_on(turn: Turn, days: int) -> datetime:
    """The moment at which the person's day begins, that many days from now."""
    today = calendar.day_of(turn.now, turn.timezone)
    return calendar.day_begins(today + timedelta(days=days), turn.timezone)


def resume(turn: Turn) -> Reply:
    """The button 「再開する」: what rests now or will, all of it or one routine's, rings again."""
    id = turn.tap.args[0] if turn.tap and turn.tap.args else None
    return _resumed(turn, reminders.resume(turn.session, turn.person, routine_id=id, now=turn.now))


def resume_in_words(turn: Turn, routine: str | None) -> Reply:
    """「再開」 in words: what rests, and all that waits since the person blocked us."""
    if routine is None:
        return _resumed(turn, reminders.resume_everything(turn.session, turn.person, turn.now))
    return _resumed(turn, reminders.resume(turn.session, turn.person, routine_id=routine, now=turn.now))


def resume_old(turn: Turn) -> Reply:
    """「前の設定で再開」 after coming back: reminders are as they were."""
    return _resumed(turn, reminders.resume_suspended(turn.session, turn.person, turn.now))


def _resumed(turn: Turn, found: list[Reminder]) -> Reply:
    if not found:
        menu = turn.button("button_menu", "open command/menu")
        return turn.say("reminder_resume_none", menu, about=SET, outcome="command")
    return undo.changed(turn, "reminder_resumed", found, about=SET)


def _moment(turn: Turn, day: object) -> datetime | None:
    """The beginning of the *day* (YYYY-MM-DD) that a sentence names, or the very moment when it names one."""
    if not isinstance(day, str):
        return None
    moment = datetime.fromisoformat(day)
    if "T" in day:
        return moment.replace(tzinfo=turn.timezone)
    return calendar.day_begins(moment.date(), turn.timezone)
