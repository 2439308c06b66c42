"""Ring once more later: the routine that has just rung, else the one last spoken of, else the only one that is on.

Understands: 「あとで」「30分後にもう一回」「9時にもう一回」, then 「30分」 where we asked how much later
"""

import unicodedata
from datetime import UTC, date, datetime, timedelta

from bot import calendar, people, progress, reminders
from bot.conversation import Reply, Step, Turn
from bot.library.schema import Routine
from bot.understanding import answers, times
from handlers import done, reminder_words
from handlers import routine as routines

ID = "command/snooze"
ASKED = "snooze.when"
DELAYS = (10, 30, 60)
LONGEST_IN_MINUTES = 119
"""Up to here a delay is said in minutes, from there on in hours where it is full hours."""


def in_words(turn: Turn) -> Reply:
    """Set the second ring as said, or ask how much later."""
    if turn.meaning.slots.get("impossible"):
        return reminder_words.ask_for_time(turn)
    id = _meant(turn)
    if id is None:
        return done.none_here(turn)
    day, minutes, time = _day(turn, id), turn.meaning.slots.get("minutes"), turn.meaning.slots.get("time")
    if isinstance(minutes, int) and minutes > 0:
        return _in(turn, id, day, minutes)
    return _at(turn, id, day, _next(turn, time)) if isinstance(time, str) else _ask(turn, id, day)


def tap(turn: Turn) -> Reply | None:
    """The buttons 「あとで」 and 「30分後」, which belong to the day of their ring."""
    routine = reminder_words.tapped(turn)
    if routine is None or turn.tap is None:
        return None
    day = reminder_words.tapped_day(turn)
    reminders.react(turn.session, turn.person, routine.id)
    if day < calendar.day_of(turn.now, turn.timezone):
        return _refusal(turn, "snooze_over", routine.id, day)
    minutes = next((int(word) for word in turn.tap.args[1:] if word in map(str, DELAYS)), None)
    return _in(turn, routine.id, day, minutes) if minutes is not None else _ask(turn, routine.id, day)


def answered(turn: Turn) -> Reply | None:
    """「30分」「1時間」「8時」 after our question; None for anything else, which is then read by itself."""
    assert turn.step is not None  # Registered as a step.
    id, day = str(turn.step.data["routine"]), date.fromisoformat(turn.step.data["day"])
    if id not in turn.library.entries:
        return None
    number = unicodedata.normalize("NFKC", turn.text).strip()
    minutes = int(number) if number.isdecimal() and len(number) <= 3 else answers.delay(turn.text)
    if minutes:
        return _in(turn, id, day, minutes)
    clock = answers.clock(turn.text)
    return _at(turn, id, day, times.next_instant(clock, turn.local_now).astimezone(UTC)) if clock is not None else None


def _meant(turn: Turn) -> str | None:
    rung = turn.rung
    named = turn.meaning.slots.get("routine")
    just = (
        rung.routine_id
        if rung is not None and _is_fresh(turn, rung.at) and not _is_done(turn, rung.routine_id, rung.at)
        else None
    )
    on = [reminder.routine_id for reminder in reminders.on(turn.session, turn.person)]
    today = rung.routine_id if rung is not None and _day_of(turn, rung.at) == _day_of(turn, turn.now) else None
    for id in (named, just, turn.topic, on[0] if len(on) == 1 else None, today):
        if isinstance(id, str) and isinstance(turn.library.entries.get(id), Routine):
            return id
    fitting = routines.fitting_now(turn)
    return fitting.id if fitting is not None else None


def _day(turn: Turn, id: str) -> date:
    """The day that a second ring of the routine is for: that of a ring just come, which may be the evening before."""
    rung = turn.rung
    is_just_rung = rung is not None and rung.routine_id == id and _is_fresh(turn, rung.at)
    return _day_of(turn, rung.at if rung is not None and is_just_rung else turn.now)


def _is_fresh(turn: Turn, rung_at: datetime) -> bool:
    return turn.now - rung_at <= people.CONTEXT_LIFE


def _is_done(turn: Turn, id: str, rung_at: datetime) -> bool:
    return progress.is_done(turn.session, turn.person, routine_id=id, day=_day_of(turn, rung_at))


def _day_of(turn: Turn, moment: datetime) -> date:
    return calendar.day_of(moment, turn.timezone)


def _next(turn: Turn, time: str) -> datetime:
    today = turn.local_now.date()
    first = calendar.clock_on(today, time, turn.timezone)
    return first if first > turn.now else calendar.clock_on(today + timedelta(days=1), time, turn.timezone)


def _ask(turn: Turn, id: str, day: date) -> Reply:
    refusal = _refused(turn, id, day)
    if refusal is not None:
        return refusal
    choices = tuple(turn.button("button_later_minutes", f"later {id} {day} {delay}", minutes=delay) for delay in DELAYS)
    asked = turn.say("snooze_ask", *choices, title=turn.library.entry(id).title)
    step = Step(ASKED, {"routine": id, "day": day.isoformat()})
    return Reply(asked.bubbles, asked.quick, about=ID, outcome="command", topic=id, step=step)


def _in(turn: Turn, id: str, day: date, minutes: int) -> Reply:
    in_hours = minutes > LONGEST_IN_MINUTES and minutes % 60 == 0
    key = "snooze_set_hours" if in_hours else "snooze_set_minutes"
    return _set(turn, key, id, day, turn.now + timedelta(minutes=minutes), minutes=minutes)


def _at(turn: Turn, id: str, day: date, due_at: datetime) -> Reply:
    # A time already past today means tomorrow, and belongs to tomorrow.
    return _set(turn, "snooze_set", id, max(day, _day_of(turn, due_at)), due_at)


def _set(turn: Turn, key: str, id: str, day: date, due_at: datetime, *, minutes: int = 0) -> Reply:
    refusal = _refused(turn, id, day)
    if refusal is not None:
        return refusal
    reminders.snooze(turn.session, turn.person, routine_id=id, due_at=due_at, zone=turn.timezone, now=turn.now, day=day)
    reminders.react(turn.session, turn.person, id)
    local = due_at.astimezone(turn.timezone)
    time = f"{local:%H:%M}" if local.date() == turn.local_now.date() else reminder_words.moment(turn, due_at)
    menu = turn.button("button_menu", "open command/menu")
    reply = turn.say(key, menu, title=turn.library.entry(id).title, time=time, minutes=minutes, hours=minutes // 60)
    return Reply(reply.bubbles, reply.quick, about=ID, outcome="command", topic=id)


def _refused(turn: Turn, id: str, day: date) -> Reply | None:
    """Why the routine does not ring once more on *day*, said kindly; None when it may."""
    if progress.is_done(turn.session, turn.person, routine_id=id, day=day):
        return _refusal(turn, "snooze_done", id, day)
    if reminders.is_resting(turn.session, turn.person, routine_id=id, day=day):
        return _refusal(turn, "snooze_resting", id, day)
    if not reminders.can_snooze(turn.session, turn.person, routine_id=id, zone=turn.timezone, now=turn.now, day=day):
        return _refusal(turn, "snooze_used_up", id, day)
    return None


def _refusal(turn: Turn, key: str, id: str, day: date) -> Reply:
    start, menu = turn.button("button_start", f"start {id}"), turn.button("button_menu", "open command/menu")
    quick = (menu,) if key == "snooze_done" else (start, menu)
    said = turn.say(key, *quick, title=turn.library.entry(id).title, day=reminder_words.day(turn, day))
    return Reply(said.bubbles, said.quick, about=ID, outcome="command", topic=id)
