"""Whether a day or a time that a sentence names is wanted or to be left out: 平日は7時に、土日はなし.

What is done to it decides: the first act after it, as long as nothing new begins before. Days in a row share their act.
"""

import re
from collections.abc import Sequence

from bot.understanding import dates
from bot.understanding.reminder_words import ACTS, Word

_KEPT = re.compile(
    r"(?:やめ|止め|とめ|泊め|消さ|けさ|切ら|休ま|やすま|飛ばさ|とばさ|解除し|停止し)(?:ない|ません|へん|んで|んと|なくて)"
)
_NOMINAL = re.compile(r"[るすうくむぶ](?:の|ん|こと)?$")
_TOPIC = frozenset("はもをが")
_DAYS = frozenset({"days", "holiday"})
_JOINS = frozenset("とやも・、")
_ENDINGS = frozenset({"stop", "rest"})


def is_kept(act: Word) -> bool:
    """Whether the *act*, a stop or a rest by its stem, is not wanted: やめないで."""
    return _KEPT.match(act.text) is not None


def is_left_out(words: Sequence[Word], place: int) -> bool:
    """Whether the day or time at *place* among *words* is one that is not wanted: 土日 in 土日はなし."""
    since: list[Word] = []
    for word in words[place + 1 :]:
        if word.kind in _ENDINGS and not word.aside:
            return not is_kept(word)
        if word.kind in _DAYS:
            if words[place].kind not in _DAYS or any(other.text not in _JOINS for other in since):
                return False
            if dates.is_others(word.text):
                # 祝日と水曜は除く.
                return True
            since = []
            continue
        # 土日は、 and 土日はゆっくりしたいので、 lead up to what is done.
        leads_up = not since or since[-1].aside or since[-1].text in _TOPIC
        if word.kind in ("stop_here", "others") or word.kind == "comma" and not leads_up:
            return False
        if word.kind in ACTS and not (word.aside or _NOMINAL.search(word.text)):
            return False
        since.append(word)
    # いらないよ、土日は.
    is_last = place > 0 and words[place - 1].kind == "comma" and all(word.text == "は" for word in since)
    before = [word for word in words[:place] if word.kind in ACTS or word.kind in _DAYS]
    return is_last and bool(before) and before[-1].kind in _ENDINGS and not is_kept(before[-1])


def left_out(words: Sequence[Word]) -> list[Word]:
    """The days and holidays among *words* that are to be left out, 土日以外 not counted."""
    return [word for place, word in enumerate(words) if word.kind in _DAYS and is_left_out(words, place)]


class Days:
    """The weekdays that the parts of a message name, put together."""

    def __init__(self) -> None:
        self._wanted: frozenset[str] = frozenset()
        self._unwanted: frozenset[str] = frozenset()
        self._adds = self._every = False

    def add(self, named: Sequence[tuple[Word, bool, str]]) -> None:
        """Take in what one part has *named*: each word, whether it is left out, and what follows it."""
        week = frozenset(dates.WEEK)
        wanted: set[str] = set()
        every = False
        for word, is_out, following in named:
            if is_out and not dates.is_every_day(word.text):
                self._unwanted |= dates.weekdays(word.text)
            elif dates.is_others(word.text):
                # 月曜以外の平日: what is left of the others.
                self._unwanted |= week - dates.weekdays(word.text)
            elif dates.is_every_day(word.text):
                every = True
            else:
                wanted |= dates.weekdays(word.text)
                # 日曜は鳴らして beside 土曜は休み tells the two apart; the other days stay.
                one = len(dates.weekdays(word.text)) == 1
                self._adds |= following.startswith(("も", "は") if one else "も")
        if wanted or every:
            self._wanted, self._every = frozenset(wanted), every

    def named(self) -> list[str] | None:
        """From Monday to Sunday; None when nothing is said of days, or nothing that is left."""
        if not (self._wanted or self._unwanted or self._every):
            return None
        wanted = self._wanted - self._unwanted
        # 土日も含めて毎日, 土曜もお願い、日曜はなし: they come to the others.
        if self._adds and (self._every or self._unwanted):
            wanted = frozenset()
        return dates.in_order(wanted or frozenset(dates.WEEK) - self._unwanted) or None
