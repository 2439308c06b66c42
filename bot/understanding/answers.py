"""Short answers to a question about time: 「夜のほう」 or 「20時」, 「30分」 for a delay, 「今日から」 for a day, 「12/28から1/4まで」 for some."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from bot.understanding import dates, reminder_slots, times
from bot.understanding.normalise import normalise
from bot.understanding.reminder_asides import mark_asides
from bot.understanding.reminder_commands import PAUSE, Wish
from bot.understanding.reminder_words import SLOTS, cut
from bot.understanding.time_spelling import fold, spell

_AROUND = (
    r"(?:やっぱり?|じゃあ?|では|ほな|うん|はい|えっと|えと|その|の|な|は|が|で|に|へ|ほう|方|後|あと|ごろ|頃|くらい|ぐらい"
    r"|また|もう一?1?[度回]|いい|良い|よい|ええ|です|だ|お願い|おねがい|します|する|して|しとく|ください|下さい|ね|よ|わ|か|や|、|。|!)*"
)
_CLOCK = re.compile(rf"{_AROUND}(?P<said>{times.CLOCK}){_AROUND}")
_PART = re.compile(rf"{_AROUND}(?P<said>{times.PART}){_AROUND}")
_ALONE = SLOTS | {"particle", "fill", "comma", "stop_here", "ask", "rest"}
_DAY = re.compile(rf"{_AROUND}(?P<said>{dates.DATE})(?:から|より|以降)?{_AROUND}")
_MINUTES = re.compile(rf"{_AROUND}(?P<said>{times.MINUTES}){_AROUND}")


def clock(text: str) -> times.Clock | None:
    """The clock time that *text* names and nothing else; None when it says anything more."""
    found = _CLOCK.fullmatch(_spelled(text))
    return times.read_clock(found["said"]) if found else None


def delay(text: str) -> int | None:
    """The minutes that *text* names and nothing else; None when it says anything more."""
    found = _MINUTES.fullmatch(_spelled(text))
    return times.length_in_minutes(found["said"]) if found else None


def day(text: str, today: date) -> date | None:
    """The day that *text* names and nothing else, or the first of such days; None when it says anything more."""
    found = _DAY.fullmatch(_spelled(text))
    days = dates.stretch(found["said"], today) if found else None
    return days[0] if days else None


def span(text: str, now: datetime, *, alone: bool = False) -> dict[str, Any] | None:
    """When a pause begins and ends by *text*, as the slots ``from`` and ``until``; None when it names no days at all.

    With *alone* None, too, when it says anything more.
    """
    spelled = spell(fold(normalise(text[:60].replace("\n", "、"))))
    words = mark_asides(cut(spelled))
    kinds = {word.kind for word in words}
    if kinds.isdisjoint(SLOTS) or alone and not kinds <= _ALONE or times.is_impossible(spelled):
        return None
    slots = reminder_slots.fill(reminder_slots.Sentence(spelled, words, None), Wish(PAUSE), now)
    said = {key: slots.get(key) for key in ("from", "until")}
    return said if any(said.values()) else None


def half(text: str, halves: Sequence[str]) -> str | None:
    """Which of two clock times (``HH:MM``), twelve hours apart, *text* means; None when it means neither or says more."""
    said = clock(text)
    if said is None and (part := _PART.fullmatch(_spelled(text))):
        hour, minute = int(halves[0][:2]) % 12 or 12, int(halves[0][3:])
        said = times.Clock(hour, minute, times.part_of(part["said"]))
    if said is None or said.is_bare:
        return None
    meant = times.wall_time(said)
    return meant if meant in halves else None


def _spelled(text: str) -> str:
    # よる alone might be any word; before a particle it is the night.
    return spell(fold(normalise(text[:60])) + "の")
