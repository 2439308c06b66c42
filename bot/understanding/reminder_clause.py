"""The main clause of a sentence about reminders: what it wants, whether it asks, how much of it is understood."""

import re
from collections.abc import Sequence

from bot.understanding import dates
from bot.understanding.reminder_words import SLOTS, WANTS, Word
from bot.understanding.routine_names import MARK

_PAST = re.compile(
    r"(?:た|ました|でした|いだ|んだ)(?:よ|ね|わ|で|な|の|さ|し|ん(?:や|だ|です)?|けど|が|っけ|ねん|か)*$"
)
_ONGOING = re.compile(r"[てで]い?(?:る|ます|ない|ません|まし|へん|ねん|んの|んだ|んや(?!で?か)|んけど|たい?ら|ると)")
_REFUSED = re.compile(r"^.{1,4}?(?:ない|ません|へん|んで|んと|なくて)")
_HOW = re.compile(r"どう|には|[ただる](?:ほう|方)|べき|たら(?:いい|ええ)|と(?:どう|いい)|れば")
_HELPED = re.compile(r"[てで](?:い|お)?(?:く|もら|いただ|頂|ほし|欲|い?いで|も)")
_HELPED_ALREADY = re.compile(r"(?:くれ|もらっ|もらえ|いただい|でき|られ)(?:て(?:い?る|い?ます|い?た|あ)|た(?!ら)|まし)")
_PERMITS = re.compile(
    r"くれ|くだ|下さ|もら|いただ|頂|でき|られ|れます|れる|せる|せます|いい|ええ|可能|かまい"
    r"|よろし|ほし|欲し|頼|たの|お願|ちょうだい"
)
_REQUEST = re.compile(r"[てで](?:ね|や|よ|ください)?$")
_WONDERS = re.compile(r"(?:かな|か|の|ん|っけ)$")
_MOMENT = re.compile(r"(?:たら|だら|てから|でから)$")
_LIGHT = frozenset({"ask", "make", "suru", "set", "do"})
_WEIGHTY = WANTS - {"mata", "after", "ask", "make", "do"}
_NEWS = frozenset({"clock", "days", "routine", "minutes"})
_FAR = 10_000


class Clause:
    """The words outside asides, with the questions that the rules ask of them."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.all = words
        self.main = [word for word in words if not word.aside]
        if not any(word.kind in WANTS or word.kind in SLOTS for word in self.main):
            self.main = list(words)
        self.kinds = {word.kind for word in self.main}
        if any(word.kind == "clock" and dates.is_every_day(word.text) for word in self.main):
            self.kinds.add("days")
        self.wants = self.kinds & WANTS
        self.about = {word.kind for word in words} & {"noun", "routine"}
        """Whether it speaks of notifications or of a routine at all."""
        self.act = self._act()
        """The word that says what is wanted."""
        self.question = self._question()
        self._end = self._end_of_request()
        strange = [word for word in words if word.kind == "unknown"]
        # 落ち着くまで, 帰ってくるまで: until a day that only the person knows.
        self.until = any(word.text.endswith("まで") for word in strange)
        # ご飯食べたら, 帰ってから: a moment that only the person knows.
        moments = any(word.aside and _MOMENT.search(word.text) for word in strange)
        self.moment = moments or "なったら" in self.texts("fill")
        self.reasons = any(word.aside for word in strange)
        self.unknown = sum(
            len(word.text)
            for word in self.main
            if word.kind == "unknown" and word.start < self._end and not word.text.endswith("まで")
        )
        """How many letters of it are not understood."""

    def has(self, *kinds: str) -> bool:
        """Whether the main clause has a word of any of *kinds*."""
        return any(kind in self.kinds for kind in kinds)

    def anywhere(self, *kinds: str) -> bool:
        """Whether the sentence has one, asides included."""
        return any(word.kind in kinds for word in self.all)

    def texts(self, kind: str) -> list[str]:
        """The words of *kind* as written."""
        return [word.text for word in self.main if word.kind == kind]

    def after(self, word: Word) -> str:
        """What follows *word* in the sentence."""
        return "".join(later.text for later in self.all if later.start >= word.end)

    @property
    def trailing(self) -> bool:
        """Whether something not understood follows what is wanted."""
        start, shortest = (self.act.end, 2) if self.act else (0, 1)
        return any(
            word.kind == "unknown" and start <= word.start < self._end and len(word.text) >= shortest
            for word in self.main
        )

    @property
    def attributive(self) -> bool:
        """Whether days only describe a routine: 毎日のストレッチ names a habit and asks for no days."""
        return any(self.after(word).startswith("の" + MARK) for word in self.main if word.kind == "days")

    @property
    def object_unknown(self) -> bool:
        """Whether what the act is done to is not understood: お菓子をやめる, 通知の音を変える."""
        before = [word for word in self.main if self.act and word.end == self.act.start]
        return bool(before) and before[0].kind == "unknown" and before[0].text.endswith(("を", "が"))

    @property
    def asks(self) -> bool:
        """Whether the act asks, wishes or plans: it is no report, no refusal, and no question but a polite one."""
        if self.act is None:
            return not self.question
        text = self.act.text
        if _HOW.search(text):
            return False
        if _HELPED.search(text) or _PERMITS.search(text + self.after(self.act)[:12]):
            return not _HELPED_ALREADY.search(text)
        return not (_PAST.search(text) or _ONGOING.search(text) or self.question)

    @property
    def refuses(self) -> bool:
        """Whether the act is wanted not to happen: 変えないで."""
        return bool(self.act and _REFUSED.match(self.act.text) and not _HELPED.search(self.act.text))

    def _act(self) -> Word | None:
        wants = [word for word in self.main if word.kind in WANTS and word.kind not in ("mata", "after")]
        if not wants:
            return None
        # 停止でお願いします, お休みにして: the noun says what, the verb only asks for it.
        last = wants[-1]
        for earlier in reversed(wants[:-1]):
            between = {word.kind for word in self.main if earlier.end <= word.start < last.start}
            if last.kind not in _LIGHT or between & _NEWS:
                break
            if earlier.kind in _WEIGHTY:
                return earlier
        return last

    def _end_of_request(self) -> int:
        """Where a request ends; what is said after a pause only adds to one that stands."""
        act = self.act
        if act is None or act.kind not in ("make", "change", "shift") or not _REQUEST.search(act.text):
            return _FAR
        pauses = (word.start for word in self.main if word.start >= act.end and word.kind in ("comma", "stop_here"))
        return min(pauses, default=_FAR)

    def _question(self) -> bool:
        last = self.main[-1] if self.main else None
        wonders = last is not None and last.kind == "state" and bool(_WONDERS.search(last.text))
        return wonders or any(word.kind == "question" for word in self.main[-2:])
