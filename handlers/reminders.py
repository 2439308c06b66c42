"""Turn reminders on, change, list, pause and stop them, by sentence or button.

Understands: 「毎朝6時半にストレッチ」「土日はなし」「今週は休む」「お知らせの確認」「配信停止」
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot import calendar, people, reminders
from bot.conversation import Block, Card, Choice, Reply, Step, Turn
from bot.library.schema import Routine
from bot.models import Reminder
from handlers.routine import none_here

WHICH = "reminder.which"
SET, LIST, PAUSE, STOP = (f"command/reminder-{word}" for word in ("set", "list", "pause", "stop"))


def turn_on(turn: Turn) -> Reply:
    """Set or change a reminder as the sentence says; ask which when it does not say."""
    slots = turn.meaning.slots
    if slots.get("impossible"):
        return ask_for_time(turn)
    wished = {key: slots.get(key) for key in ("time", "days", "minutes", "holidays")}
    routine = slots.get("routine")
    if not any(value is not None for value in wished.values()):
        resumed = reminders.resume(
            turn.session, turn.person, routine_id=routine if isinstance(routine, str) else None, now=turn.now
        )
        if resumed:
            return _said(turn, "reminder_resumed", resumed, about=SET)
    id = _which(turn, routine)
    if id is None:
        routines = turn.library.of(Routine)
        if not routines:
            return none_here(turn)
        return Reply(
            bubbles=turn.say("reminder_which").bubbles,
            quick=tuple(Choice(routine.label, f"which {routine.id}") for routine in routines[:12]),
            about=SET,
            outcome="command",
            offered=tuple(routine.id for routine in routines),
            step=Step(WHICH, wished),
        )
    return _set(turn, id, wished)


def ask_for_time(turn: Turn) -> Reply:
    """A time, delay or day that no clock or calendar has is asked back, never guessed."""
    menu = turn.button("button_menu", "open command/menu")
    routine = _which(turn, turn.meaning.slots.get("routine"))
    if routine is None:
        return turn.say("reminder_impossible", menu)
    pick = Choice(turn.words("button_pick_time"), f"remind-at {routine}", pick="time", initial="07:00")
    return turn.say("reminder_impossible", pick, menu)


def which(turn: Turn) -> Reply | None:
    """The routine for a reminder whose time is known already: by button, number or name."""
    wished = dict(turn.step.data) if turn.step is not None and turn.step.name == WHICH else {}
    id = turn.tap.args[0] if turn.tap and turn.tap.args else turn.meaning.id or turn.meaning.slots.get("routine")
    if not isinstance(id, str) or not isinstance(turn.library.entries.get(id), Routine):
        return None
    return _set(turn, id, wished)


def remind(turn: Turn) -> Reply | None:
    """A button that turns a routine's reminder on, at its default time or at the one picked."""
    id = turn.tap.args[0] if turn.tap and turn.tap.args else ""
    if not isinstance(turn.library.entries.get(id), Routine):
        return None
    return _set(turn, id, {"time": turn.tap.picked if turn.tap else None})


def listing(turn: Turn) -> Reply:
    """What is on or paused, at its present time."""
    found = [reminder for reminder in reminders.on(turn.session, turn.person) if _title(turn, reminder) is not None]
    if not found and reminders.suspended(turn.session, turn.person):
        again = turn.button("button_resume_old", "resume-old")
        menu = turn.button("button_menu", "open command/menu")
        return turn.say("reminder_list_suspended", again, menu, about=LIST, outcome="command")
    if not found:
        now = turn.button("button_routine_now", "open command/routine-now")
        return turn.say("reminder_list_none", now, about=LIST, outcome="command")
    card = Card(
        title=turn.words("reminder_list_title"),
        paragraphs=(turn.words("reminder_list_hint"),) if len(found) > 1 else (),
        blocks=(Block(turn.words("heading_reminders"), tuple(_line(turn, reminder) for reminder in found)),),
        buttons=tuple(
            Choice(
                turn.words("button_change_time") if len(found) == 1 else turn.library.entry(reminder.routine_id).label,
                f"remind-at {reminder.routine_id}",
                pick="time",
                initial=reminder.time,
            )
            for reminder in found[:5]
        ),
    )
    return Reply(
        bubbles=(card,),
        quick=(
            turn.button("button_stop_all_reminders", "stop-reminders"),
            turn.button("button_menu", "open command/menu"),
        ),
        about=LIST,
        outcome="command",
    )


def pause(turn: Turn) -> Reply:
    """Rest until the day the sentence says, or until taken up again."""
    if turn.meaning.slots.get("impossible"):
        return ask_for_time(turn)
    until = _until(turn)
    routine = turn.meaning.slots.get("routine")
    paused = reminders.pause(
        turn.session,
        turn.person,
        routine_id=routine if isinstance(routine, str) else None,
        until=until,
        now=turn.now,
    )
    if not paused:
        return turn.say(
            "reminder_stop_none", turn.button("button_menu", "open command/menu"), about=PAUSE, outcome="command"
        )
    if until is None:
        return _said(turn, "reminder_paused", paused, about=PAUSE, resume=True)
    rings = [reminder.next_due_at for reminder in paused if reminder.next_due_at is not None]
    if not rings:
        return _said(turn, "reminder_paused", paused, about=PAUSE, resume=True)
    return _said(turn, "reminder_paused_until", paused, about=PAUSE, resume=True, next=_date(turn, min(rings)))


def stop(turn: Turn) -> Reply:
    """Stop one reminder, all of them, or with 「配信停止」 the announcements as well."""
    routine = turn.meaning.slots.get("routine")
    if routine is None and any(word in turn.text for word in turn.library.language.words.get("announcements", ())):
        return stop_all(turn)
    stopped = reminders.stop(turn.session, turn.person, routine if isinstance(routine, str) else None)
    more = turn.button("button_stop_announcements", "stop-all")
    if not stopped:
        return turn.say(
            "reminder_stop_none", more, turn.button("button_menu", "open command/menu"), about=STOP, outcome="command"
        )
    if isinstance(routine, str):
        return _said(turn, "reminder_stopped", stopped, about=STOP)
    reply = _said(turn, "reminder_stopped", stopped, about=STOP)
    return Reply(
        bubbles=(*reply.bubbles, *turn.say("reminder_stop_reminders").bubbles),
        quick=(more, turn.button("button_menu", "open command/menu")),
        about=STOP,
        outcome="command",
    )


def stop_all(turn: Turn) -> Reply:
    """No reminders and no announcements any more."""
    reminders.stop(turn.session, turn.person, None)
    people.stop_announcements(turn.person, turn.now)
    return turn.say("reminder_stop_all", turn.button("button_menu", "open command/menu"), about=STOP, outcome="command")


def stop_reminders(turn: Turn) -> Reply:
    """The button under the list: all reminders off."""
    return stop(turn.about(STOP, outcome="command", routine=None))


def resume_old(turn: Turn) -> Reply:
    """「前の設定で再開」 after coming back: reminders ring as before."""
    resumed = reminders.resume(turn.session, turn.person, routine_id=None, now=turn.now)
    if not resumed:
        return turn.say(
            "reminder_resume_none", turn.button("button_menu", "open command/menu"), about=SET, outcome="command"
        )
    return _said(turn, "reminder_resumed", resumed, about=SET)


def days_in_words(turn: Turn, days: Sequence[str], *, on_holidays: bool = True) -> str:
    """「毎日」「平日」「月・水・金」."""
    if len(days) == 7:
        words = turn.words("reminder_days_all")
    elif list(days) == list(calendar.WEEKDAYS[:5]):
        words = turn.words("reminder_days_weekdays")
    elif list(days) == list(calendar.WEEKDAYS[5:]):
        words = turn.words("reminder_days_weekend")
    else:
        names = dict(zip(calendar.WEEKDAYS, turn.words("weekdays").split(), strict=True))
        words = turn.words("days_between").join(names[day] for day in days)
    return words if on_holidays else turn.words("reminder_no_holidays", days=words)


def _which(turn: Turn, routine: object) -> str | None:
    """The routine that is meant: named, spoken of, or the only one that is on."""
    for id in (routine, turn.topic):
        if isinstance(id, str) and isinstance(turn.library.entries.get(id), Routine):
            return id
    mine = reminders.on(turn.session, turn.person)
    return mine[0].routine_id if len(mine) == 1 else None


def _set(turn: Turn, id: str, wished: dict[str, object]) -> Reply:
    routine = turn.library.entry(id)
    assert isinstance(routine, Routine)  # Checked by the callers.
    time, days, minutes, holidays = (wished.get(key) for key in ("time", "days", "minutes", "holidays"))
    reminder = reminders.turn_on(
        turn.session,
        turn.person,
        routine_id=id,
        default_time=routine.default_time,
        zone=turn.timezone,
        now=turn.now,
        time=time if isinstance(time, str) else None,
        days=days if isinstance(days, list | tuple) else None,
        shift=timedelta(minutes=minutes) if isinstance(minutes, int) else None,
        on_holidays=holidays if isinstance(holidays, bool) else None,
    )
    text: dict[str, Any] = {
        "title": routine.title,
        "time": reminder.time,
        "days": days_in_words(turn, reminder.days, on_holidays=reminder.is_on_holidays),
    }
    change = Choice(turn.words("button_change_time"), f"remind-at {id}", pick="time", initial=reminder.time)
    stop = turn.button("button_stop", f"stop {id}")
    start = turn.button("button_start", f"start {id}")
    if reminder.next_due_at is None:
        reply = turn.say("reminder_on_never", change, stop, **text)
    else:
        reply = turn.say("reminder_on", change, stop, start, next=_date(turn, reminder.next_due_at), **text)
    return Reply(bubbles=reply.bubbles, quick=reply.quick, about=SET, outcome="command", topic=id)


def stop_one(turn: Turn) -> Reply | None:
    """The button 「止める」 of one routine."""
    id = turn.tap.args[0] if turn.tap and turn.tap.args else ""
    if not isinstance(turn.library.entries.get(id), Routine):
        return None
    return stop(turn.about(STOP, outcome="command", routine=id))


def _said(turn: Turn, key: str, found: list[Reminder], *, about: str, resume: bool = False, **values: object) -> Reply:
    titles = turn.words("days_between").join(title for title in (_title(turn, r) for r in found) if title)
    quick = (turn.button("button_resume", "resume"),) if resume else ()
    menu = turn.button("button_reminders", "open command/reminder-list")
    return turn.say(key, *quick, menu, about=about, outcome="command", titles=titles, **values)


def _title(turn: Turn, reminder: Reminder) -> str | None:
    routine = turn.library.entries.get(reminder.routine_id)
    return routine.title if routine is not None else None


def _line(turn: Turn, reminder: Reminder) -> str:
    values: dict[str, object] = {
        "title": _title(turn, reminder),
        "time": reminder.time,
        "days": days_in_words(turn, reminder.days, on_holidays=reminder.is_on_holidays),
    }
    is_resting = reminder.is_paused and reminder.paused_until is not None and reminder.paused_until > turn.now
    if is_resting and reminder.next_due_at is not None:
        return turn.words("reminder_list_paused_until", next=_date(turn, reminder.next_due_at), **values)
    if reminder.is_paused and reminder.paused_until is None:
        return turn.words("reminder_list_paused", **values)
    return turn.words("reminder_list_line", **values)


def _until(turn: Turn) -> datetime | None:
    until = turn.meaning.slots.get("until")
    if not isinstance(until, str):
        return None
    moment = datetime.fromisoformat(until)
    if "T" in until:
        return moment.replace(tzinfo=turn.timezone)
    return calendar.day_begins(moment.date(), turn.timezone)


def _date(turn: Turn, moment: datetime) -> str:
    local = moment.astimezone(ZoneInfo(turn.timezone.key))
    weekday = turn.words("weekdays").split()[local.weekday()]
    return turn.words("date_line", month=local.month, day=local.day, weekday=weekday, time=f"{local:%H:%M}")
