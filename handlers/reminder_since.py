"""Say honestly that a change cannot wait for a day to come, or hold for a day alone, and let the person choose.

Understands: the buttons 「今日から変える」「11月23日(月)から変える」「変えない」, and right after the question the same in words
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot import calendar, reminders
from bot.conversation import Choice, Reply, Step, Turn
from bot.library.schema import Routine
from bot.models import Reminder
from bot.understanding import answers
from handlers import reminder_list
from handlers import reminders as settings

STEP = "reminder.since"


def grant(turn: Turn, routine: Routine, wish: settings.Wish) -> Reply:
    """Grant the *wish*, or ask where it shall hold at another time than from now on and the reminder rings before.

    A reminder has one setting at a time. What begins to ring on a day to come does not need the old one until then.
    """
    if wish.get("only"):
        return _ask(turn, routine, wish, "reminder_only", turn.button("button_for_good", "since now"))
    before = reminders.find(turn.session, turn.person, routine.id)
    if before is None or not _rings_before(turn, before, wish.get("starts")):
        return settings.grant(turn, routine, wish)
    if wish.keys() <= {"starts", "bare"}:
        return settings.show(turn, before)
    day = settings.day_of(turn, wish)
    choices = (turn.button("button_from_now", "since now"), turn.button("button_from_then", "since then", day=day))
    return _ask(turn, routine, wish, "reminder_since", *choices, day=day)


def answered(turn: Turn) -> Reply | None:
    """What was chosen, by button or in words; None for anything else, which is then read by itself."""
    asked = turn.step.data if turn.step is not None and turn.step.name == STEP else None
    if asked is None:
        return reminder_list.show(turn) if turn.tap is not None else None
    routine = turn.library.entries.get(asked["routine"])
    if not isinstance(routine, Routine):
        return None
    wish = asked["wish"]
    match _chosen(turn, wish):
        case "now":
            return settings.grant(turn, routine, {key: wish[key] for key in wish if key not in ("starts", "only")})
        case "then" if "starts" in wish:
            return settings.grant(turn, routine, wish)
        case "no":
            return settings.left(turn)
    return None


def is_answer(turn: Turn) -> bool:
    """Whether the message only names the day."""
    return answers.day(turn.text, turn.local_now.date()) is not None


def _chosen(turn: Turn, wish: Mapping[str, Any]) -> str | None:
    if turn.tap is not None:
        return turn.tap.args[0] if turn.tap.args else None
    if any(map(turn.means, ("stop", "no", "keep"))):
        return "no"
    if turn.means("from-now") or turn.means("yes") and "starts" not in wish:
        return "now"
    today = turn.local_now.date()
    day = answers.day(turn.text, today)
    if day is not None and day <= today:
        return "now"
    return "then" if day is not None and day.isoformat() == wish.get("starts") else None


def _rings_before(turn: Turn, reminder: Reminder, starts: str | None) -> bool:
    """Whether it rings as it is set now before the day on which a wish *starts*."""
    if starts is None or reminder.state != "on":
        return False
    return reminders.rings_before(reminder, calendar.day_begins(date.fromisoformat(starts), turn.timezone), turn.now)


def _ask(turn: Turn, routine: Routine, wish: settings.Wish, key: str, *choices: Choice, day: str = "") -> Reply:
    asked = turn.say(key, *choices, turn.button("button_no_change", "since no"), title=routine.title, day=day)
    step = Step(STEP, {"routine": routine.id, "wish": dict(wish)})
    return Reply(asked.bubbles, asked.quick, about=settings.ID, outcome="command", topic=routine.id, step=step)
