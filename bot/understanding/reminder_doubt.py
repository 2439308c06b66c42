"""Whether a message that only resembles the examples of a reminder command may be one.

The matcher knows words, not moods: 毎朝6時に起きています resembles a wish for six o'clock. What it takes for a reminder
command stands only if the sentence, as far as it is understood, speaks of that command and tells or asks nothing else.
"""

from collections.abc import Sequence

from bot.understanding.reminder_clause import Clause
from bot.understanding.reminder_commands import LIST, PAUSE, SET, SNOOZE, STOP
from bot.understanding.reminder_wishes import MOST_UNKNOWN
from bot.understanding.reminder_words import SLOTS, WANTS, Word

_SPEAKS_OF = {
    SET: WANTS - {"list", "when", "wait", "now", "later"},
    LIST: {"list", "when", "state"},
    PAUSE: {"stop", "rest", "resume", "wait"},
    STOP: {"stop", "rest"},
    SNOOZE: {"again", "later", "after", "mata", "wait", "now", "do", "notify"},
}


def may_be(words: Sequence[Word], command: str) -> bool:
    """Whether *words* may be the wish for *command* that they resemble."""
    clause = Clause(words)
    if clause.is_elsewhere or clause.anywhere("visit") or clause.object_unknown or clause.trailing:
        return False
    if clause.act is None:
        # 22時で says all there is to say; リマインドってなに says nothing that is wanted.
        return not clause.question and clause.has(*_SPEAKS_OF[command], *(SLOTS if command == SET else ()))
    if clause.refuses or command != LIST and clause.has("list", "when"):
        # 画面が元に戻らない, 呼吸はいつ止めるの.
        return False
    if command == SET and clause.act.kind == "rest" and not clause.about:
        # 平日は7時に起きて、土日は休みです.
        return False
    is_wish = clause.asks or command == LIST
    most = MOST_UNKNOWN if clause.about or command != SNOOZE else 0
    return is_wish and clause.has(*_SPEAKS_OF[command]) and clause.unknown <= most
