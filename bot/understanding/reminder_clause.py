"""The main clause of a sentence about reminders: what it wants, whether it asks, how much of it is understood."""

import re
from collections.abc import Sequence, Set

from bot.understanding import dates, times
from bot.understanding.reminder_asides import is_taken_back
from bot.understanding.reminder_signs import is_left_out, left_out
from bot.understanding.reminder_words import SLOTS, WANTS, Word

_PAST = re.compile(
    r"(?:(?<!ことにし)(?<!ことにしまし)た|でした|いだ|(?<![いるうくつむ])んだ)(?:よ|ね|わ|で|な|の|さ|し|ん(?:や|だ|です)?|けど|が|っけ|ねん|か)*$"
)
_ONGOING = re.compile(r"[てで]い?(?:る|ます|ない|ません|まし|へん|ねん|んの|んだ|んや(?!で?か)|んけど|たい?ら|ると)")
_REFUSED = re.compile(r"^.{1,4}?(?:ない|ません|へん|んで(?!す)|んと|なくて)")
_HOW = re.compile(
    r"どう|には|[ただる](?:ほう|方)|べき|(?<!くれ)(?<!もらえ)(?<!もろえ)たら(?:いい|ええ)|と(?:どう|いい)|れば(?!と)"
)
_BETTER = re.compile(r"(?:の方)?がいい")
_VOLITION = re.compile(r"(?:よう?|とこう?|ろう?)$")
_WISHES = re.compile(r"たい")
_HELPED = re.compile(
    r"[てで](?:い|お)?(?:く|もら|もろ|いただ|頂|ほし|欲|い?いで|も|ん$|え[なや]|け[れろ])|ちゃ[らりっ]"
)
_NO_LONGER = re.compile(r"(?:なく|に)(?:なり|なっ)")
_WHETHER_NOT = re.compile(r"(?:なら|なり|でき|くれ|いけ|え|れ|ちゃら)(?:ない|ませ?ん|へん|ん)(?:です)?$")
_HELPED_ALREADY = re.compile(
    r"(?:くれ|もらっ|もらえ|いただい|でき|られ)(?:て(?:い?る|い?ます|い?た|あ)|た(?!ら)|まし)|願いしてい?[たまる]"
)
_PERMITS = re.compile(
    r"くれ|くだ|下さ|もら|もろ|いただ|頂|でき|られ|れます|れる|せる|せます|いい|ええ|可能|かまい"
    r"|よろし|ほし|欲し|頼|たの|お願|願え|ちょうだい|いけ|なりま[すせ]"
)
_REQUEST = re.compile(
    r"[てで](?:ね|や|よ|な)?$|ください|下さい|願い|頼[むみん]|くれ|もら|もろ|いただ|ちょうだい|ほし|助か|嬉し|うれし|幸い|ありがた|たい(?:です|ん|の|な)*$"
)
_WONDERS = re.compile(r"(?:かな|か|の|ん|っけ)$")
_ONLY = re.compile(rf"(?:の?{times.PART})?(?:だけ|のみ)")
_MOMENT = re.compile(r"(?:たら|だら|てから|でから|(?:ころ|頃|あがり|上がり|終わり|帰り)に)$")
_RESTS = re.compile(r"(?:み|ます|なし|たい|して|て|で)$")
_AFTER_A_WISH = frozenset({"fill", "particle", "question", "because"})
_UNFINISHED = frozenset({"wait", "later", "now", "list", "when", "again", "do"})
_LIGHT = frozenset({"ask", "make", "suru", "set", "do"})
_WEIGHTY = WANTS - {"mata", "after", "ask", "make", "do"}
_NEWS = frozenset({"clock", "days", "routine", "minutes"})
_FAR = 10_000


def finishes(words: Sequence[Word]) -> bool:
    """Whether *words* end with a request, so that a comma after them begins something new."""
    last = next((word for word in reversed(words) if word.kind not in _AFTER_A_WISH), None)
    if last is None or last.kind not in WANTS or last.kind in _UNFINISHED:
        return False
    rests = last.kind in ("stop", "rest") and _RESTS.search(last.text)
    return bool(rests or _REQUEST.search(last.text) or _HELPED.search(last.text))


class Clause:
    """The words outside asides, with the questions that the rules ask of them."""

    def __init__(self, words: Sequence[Word], about: Set[str] = frozenset()) -> None:
        self.all = words
        self.main = [word for word in words if not word.aside]
        if not any(word.kind in WANTS or word.kind in SLOTS for word in self.main):
            self.main = list(words)
        self.kinds = {word.kind for word in self.main}
        if any(word.kind == "clock" and dates.is_every_day(word.text) for word in self.main):
            self.kinds.add("days")
        self.wants = self.kinds & WANTS
        self.named = {word.kind for word in words} & {"noun", "routine"}
        self.about = self.named | about
        """Whether it, or the message around it, speaks of notifications or of a routine at all."""
        self.act = self._act()
        """The word that says what is wanted."""
        self.question = self._question()
        self.corrected = {
            word.kind for place, word in enumerate(words) if word.aside and is_taken_back(words, place + 1)
        }
        """What kinds of words are taken back for another: 7時じゃなくて6時半."""
        self._end = self._end_of_request()
        strange = [word for word in words if word.kind == "unknown"]
        # 落ち着くまで, 帰ってくるまで: until a day that only the person knows.
        self.until = any(
            word.text.endswith(("まで", "までは")) or word.aside and "まで" in word.text for word in strange
        )
        # ご飯食べたら, 帰ってから: a moment that only the person knows.
        moments = any(word.aside and _MOMENT.search(word.text) for word in strange)
        self.moment = moments or "なったら" in self.texts("fill")
        self.reasons = any(word.aside for word in strange)
        self.unknown = sum(
            len(word.text)
            for word in self.main
            if word.kind == "unknown" and word.start < self._end and not word.text.endswith(("まで", "までは"))
        )
        """How many letters of it are not understood."""
        self.trailing = self._trails()
        """Whether something not understood follows what is wanted."""
        self.asks = self._asks()
        """Whether the act asks, wishes or plans: it is no report, no refusal, and no question but a polite one."""

    def has(self, *kinds: str) -> bool:
        """Whether the main clause has a word of any of *kinds*."""
        return not self.kinds.isdisjoint(kinds)

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
    def wants_a_time(self) -> bool:
        """Whether it names a clock time that is wanted: 毎朝6時半に、土日はなし."""
        return any(
            word.kind == "clock"
            and not (word.aside or self.after(word).startswith("まで") or is_left_out(self.all, place))
            for place, word in enumerate(self.all)
        )

    def _trails(self) -> bool:
        start, shortest = (self.act.end, 2) if self.act else (0, 1)
        return any(
            word.kind == "unknown" and start <= word.start < self._end and len(word.text) >= shortest
            for word in self.main
        )

    @property
    def attributive(self) -> bool:
        """Whether days only describe what is sent: 毎日のストレッチ names a habit and asks for no days."""
        return any(
            word.kind == "days" and after.text == "の" and thing.kind in ("routine", "noun")
            for word, after, thing in zip(self.main, self.main[1:], self.main[2:], strict=False)
        )

    @property
    def is_elsewhere(self) -> bool:
        """Whether it speaks of a booking, a visit or an exercise rather than of a notification."""
        business = self.anywhere("shop") or self.has("visit")
        return self.has("block", "shop") or business and not self.has("noun")

    @property
    def starts(self) -> bool:
        """Whether a date is the first day of many: 来週から."""
        return any(word.kind == "date" and self.after(word).startswith("から") for word in self.main)

    @property
    def another_day(self) -> bool:
        """Whether it names a day of the calendar that is not today's."""
        return any(not word.text.startswith(("今日", "今夜", "今晩")) for word in self.main if word.kind == "date")

    @property
    def shows_what_is_sent(self) -> bool:
        """Whether what is sent stands right before the act: 今のリマインドを教えて."""
        before = [word for word in self.main if self.act and word.end <= self.act.start and word.text != "を"]
        return bool(before) and before[-1].kind == "noun"

    @property
    def sent_by_another(self) -> bool:
        """Whether what is sent is somebody else's: スマホの通知."""
        return any(
            owner.kind == "unknown" and owner.text.endswith("の") and sent.kind == "noun"
            for owner, sent in zip(self.main, self.main[1:], strict=False)
        )

    @property
    def object_unknown(self) -> bool:
        """Whether what the act is done to is not understood: お菓子をやめる, 通知の音を変える."""
        before = [word for word in self.main if self.act and word.end == self.act.start]
        return bool(before) and before[0].kind == "unknown" and before[0].text.endswith(("を", "が"))

    def _asks(self) -> bool:
        if self.act is None:
            return not self.question
        text = self.act.text
        if _HOW.search(text) or self.question and _BETTER.match(text):
            return False
        if self._whether_not or self.act.kind == "stop" and _NO_LONGER.search(text):
            return True
        if _HELPED.search(text) or _PERMITS.search(text + self.after(self.act)[:12]):
            return not _HELPED_ALREADY.search(text)
        if _VOLITION.search(text):
            return True
        # 変えたいんですけど、どうすればいい? wishes before it asks.
        wishes = _WISHES.search(text) and any(word.kind == "because" for word in self.all if word.start >= self.act.end)
        return not (_PAST.search(text) or _ONGOING.search(text) or self.question and not wishes)

    @property
    def refuses(self) -> bool:
        """Whether the act is wanted not to happen: 変えないで."""
        if self.act is None or self.act.kind == "ask" or _HELPED.search(self.act.text) or self._whether_not:
            return False
        return _REFUSED.match(self.act.text) is not None

    @property
    def _whether_not(self) -> bool:
        """Whether it asks politely by a question that denies: 早くなりませんか, できない?"""
        return self.question and self.act is not None and _WHETHER_NOT.search(self.act.text) is not None

    @property
    def leaves_out(self) -> bool:
        """Whether it asks to leave days out: 土日は除いて. 土日以外で may be said of a booking."""
        return any(text.endswith("て") and dates.is_others(text) for text in self.texts("days")) or bool(
            left_out(self.main)
        )

    @property
    def adds_days(self) -> bool:
        """Whether days come to those there are: 日曜もお願いします."""
        return any(word.kind == "days" and self.after(word).startswith("も") for word in self.main)

    @property
    def only_days(self) -> bool:
        """Whether it says nothing but which days alone: 火木のみ."""
        alone = all(word.kind in ("days", "fill", "particle") for word in self.main)
        return alone and any(word.kind == "days" and _ONLY.match(self.after(word)) for word in self.main)

    @property
    def at_a_part(self) -> bool:
        """Whether it names a part of the day as a time: 昼休みに."""
        return any(word.kind == "part" and self.after(word).startswith("に") for word in self.main)

    @property
    def often(self) -> bool:
        """Whether more days are named than a booking could mean: 毎日, 月水金; 平日 and 土日 may be said of one."""
        named = [word for word in self.main if word.kind == "days" and not self.after(word).startswith("の")]
        return any(len(dates.weekdays(word.text)) > 2 and "平日" not in word.text for word in named)

    @property
    def habitual(self) -> bool:
        """Whether the days named come again and again: 毎週金曜, 火木, 金曜だけ; a single 金曜 may be one Friday."""
        return any(
            dates.is_every_day(word.text)
            or word.text.startswith("毎週")
            or len(dates.weekdays(word.text)) > 1
            or _ONLY.match(self.after(word))
            for word in self.main
            if word.kind == "days"
        ) or any(word.kind == "clock" and dates.is_every_day(word.text) for word in self.main)

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
        if act is None or act.kind in _UNFINISHED or not _REQUEST.search(act.text):
            return _FAR
        pauses = (word.start for word in self.main if word.start >= act.end and word.kind in ("comma", "stop_here"))
        return min(pauses, default=_FAR)

    def _question(self) -> bool:
        last = self.main[-1] if self.main else None
        wonders = last is not None and last.kind == "state" and bool(_WONDERS.search(last.text))
        return wonders or any(word.kind == "question" for word in self.main[-2:])
