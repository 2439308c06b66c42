"""From a whole message to a reminder command with its slots; None for everything that is no such sentence.

A message is cut into known words (``reminder_words``). The last thing wanted in the main clause names the command; its ending must ask,
wish or tell a plan (a report or a question about something else is none); and every word of the main clause must be known, unless
the sentence speaks of notifications. Whole sentences about anything else therefore fall through, whatever times they hold.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.library.schema import Routine
from bot.understanding import reminder_slots
from bot.understanding.normalise import normalise
from bot.understanding.reminder_slots import Sentence
from bot.understanding.reminder_words import cut
from bot.understanding.reminder_wishes import command_of
from bot.understanding.routine_names import RoutineNames
from bot.understanding.time_spelling import fold

_GATE = re.compile(
    r"[0-9]|[一二三四五六七八九十零](?:時|分|日|週)|じ|時|通知|つうち|知らせ|しらせ|りまい|あらむ|配信|はいしん|声|こえ|休|やす|止|とめ|泊め|やめ|すとっぷ|ていし|いら[なんへ]|不要|切っ|消し|けし|おふ|おん"
    r"|再開|さいかい|復活|後|あと|待|まっ|鳴|届|来る|たら|てから|でから|ぱす|すぬず|もう|もっかい|また|毎|まい|平日|曜|土日|週|早|はや|遅|おそ|前倒|ずらし|設定|登録|今|いま|むり|ぱす|すきっぷ|なし|送ら|来ない|ぷっしゅ|らいん|line|off|[ap]m"
)
"""A message without any of these is no reminder sentence; most messages end here."""


@dataclass(frozen=True)
class ReminderSentence:
    """A command with what the sentence says for it; *why* quotes the words that decided."""

    command: str
    slots: dict[str, Any]
    why: tuple[str, ...]


class ReminderReader:
    """Reads sentences such as 毎朝6時半にストレッチ; holds the names of the routines and the local time zone."""

    def __init__(self, routines: Sequence[Routine], timezone: ZoneInfo) -> None:
        self._names = RoutineNames(routines)
        self._timezone = timezone

    def read(self, text: str, now: datetime) -> ReminderSentence | None:
        """The reminder command that *text* gives at *now*; None when it is no reminder sentence."""
        folded = fold(normalise(text))
        if len(folded) > 200 or not _GATE.search(folded):
            return None
        sentence = self._sentence(folded)
        wish = command_of(sentence.words)
        if wish is None:
            return None
        slots = reminder_slots.fill(sentence, wish, now.astimezone(self._timezone))
        return ReminderSentence(wish.command, slots, wish.why)

    def slots(self, text: str, now: datetime, command: str) -> dict[str, Any]:
        """What *text* says for a *command* decided elsewhere; every key, None where nothing is said."""
        sentence = self._sentence(fold(normalise(text))[:200])
        wish = command_of(sentence.words)
        if wish is None or wish.command != command:
            wish = reminder_slots.Wish(command, why=())
        return reminder_slots.fill(sentence, wish, now.astimezone(self._timezone))

    def _sentence(self, folded: str) -> Sentence:
        naming = self._names.find(folded)
        return Sentence(naming.text, tuple(cut(naming.text)), naming.routine)
