"""What a sentence about reminders asks for: the command that its words add up to, or None."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.understanding import dates
from bot.understanding.reminder_words import SLOTS, WANTS, Word
from bot.understanding.routine_names import MARK

SET, LIST, PAUSE, STOP, SNOOZE = (f"command/{name}" for name in ("reminder-set", "reminder-list", "reminder-pause", "reminder-stop", "snooze"))

_PAST = re.compile(r"(?:た|ました|でした|いだ|んだ)(?:よ|ね|わ|で|な|の|さ|し|ん(?:や|だ|です)?|けど|が|っけ|ねん|か)*$")
_ONGOING = re.compile(r"[てで]い?(?:る|ます|ない|ません|まし|へん|ねん|んの|んだ|んや(?!で?か)|んけど|たい?ら|ると)")
_NEGATED = re.compile(r"^.{1,4}?(?:ない|ません|へん|んで|んと|なくて)")
_HOW = re.compile(r"どう|には|[たる](?:ほう|方)|べき|たら(?:いい|ええ)|と(?:どう|いい)|れば")
_CALLS = re.compile(r"知らせ|しらせ|鳴ら|声|こえ|思い出|おもいだ|呼ん|言っ|いうて|ゆうて")
_OBJECT = re.compile(r"[をが]$")
_KEPT = re.compile(r"(?:やめ|止め|とめ|泊め|消さ|けさ|切ら|休ま|やすま|解除し|停止し)(?:ない|ません|へん|んで|んと|なくて)")
_HELPED = re.compile(r"[てで](?:い|お)?(?:く|もら|いただ|頂|ほし|欲|い?いで|も)")
_PERMITS = re.compile(r"くれ|くだ|下さ|もら|いただ|頂|でき|られ|れます|れる|せる|せます|いい|ええ|可能|かまい|よろし|ほし|欲し|頼|たの|お願|ちょうだい")
_PLAN_NOUN = re.compile(r"^お?(?:休み|やすみ|休憩)")
_STOP_WORD = re.compile(r"^(?:停止|低止|ていし|すとっぷ|解除|おふ|off|みゅと)")
_NAMES_SNOOZE = re.compile(r"すぬず|再通知")
_MOMENT = re.compile(r"(?:たら|だら|てから|でから)$")


@dataclass(frozen=True)
class Wish:
    """A command, how its days and dates are to be taken, and the words that decided.

    *without*: the days named are those to leave out. *resumes*: a date is the first day on again. *holidays*: what is wanted on them.
    """

    command: str
    why: tuple[str, ...]
    without: bool = False
    resumes: bool = False
    holidays: bool | None = None


class _Look:
    """The main clause, with the questions that the rules ask of it."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.all = words
        self.main = [word for word in words if not word.aside]
        if not any(word.kind in WANTS or word.kind in SLOTS for word in self.main):
            self.main = list(words)
        self.kinds = {word.kind for word in self.main}
        if any(word.kind == "clock" and dates.is_every_day(word.text) for word in self.main):
            self.kinds.add("days")
        self.about = {word.kind for word in words} & {"noun", "routine"}
        self.act = self._act()
        # What is said after a pause adds to a request that stands.
        self.end = self._end()
        strange = [word for word in self.main if word.kind == "unknown" and word.start < self.end]
        # 落ち着くまで, 帰ってくるまで: until a day that only the person knows.
        self.until = any(word.kind == "unknown" and word.text.endswith("まで") for word in words)
        self.unknown = sum(len(word.text) for word in strange if not word.text.endswith("まで"))
        self.question = self._question()
        # ご飯食べたら, 帰ってから: a moment that only the person knows.
        self.moment = any(word.kind == "unknown" and word.aside and _MOMENT.search(word.text) for word in words) or "なったら" in self.texts("fill")

    def _act(self) -> Word | None:
        wants = [word for word in self.main if word.kind in WANTS and word.kind not in ("mata", "after")]
        if not wants:
            return None
        act = wants[-1]
        # 停止でお願いします, お休みにして: the noun says what, the verb only asks for it.
        for earlier in reversed(wants[:-1]):
            if act.kind not in ("ask", "make", "suru", "set", "do") or any(
                word.kind in ("clock", "days", "routine", "minutes") and earlier.end <= word.start < act.start for word in self.main
            ):
                break
            if earlier.kind in ("stop", "rest", "resume", "later", "again", "shift", "change", "list", "when", "wait", "now", "notify", "suru", "set"):
                act = earlier
                break
        return act

    def _end(self) -> int:
        act = self.act
        if act and act.kind in ("make", "change", "shift") and re.search(r"[てで](?:ね|や|よ|ください)?$", act.text):
            return min((word.start for word in self.main if word.start >= act.end and word.kind in ("comma", "stop_here")), default=1000)
        return 1000

    def _question(self) -> bool:
        last = self.main[-1] if self.main else None
        asking = last is not None and last.kind == "state" and bool(re.search(r"(?:かな|か|の|ん|っけ)$", last.text))
        return asking or any(word.kind == "question" for word in self.main[-2:])

    def has(self, *kinds: str) -> bool:
        return any(kind in self.kinds for kind in kinds)

    def anywhere(self, *kinds: str) -> bool:
        return any(word.kind in kinds for word in self.all)

    def texts(self, kind: str) -> list[str]:
        return [word.text for word in self.main if word.kind == kind]

    def after(self, word: Word) -> str:
        """What follows *word* in the sentence."""
        return "".join(later.text for later in self.all if later.start >= word.end)

    @property
    def trailing(self) -> bool:
        """Whether something unknown follows what is wanted."""
        if self.act is None:
            return any(word.kind == "unknown" for word in self.main)
        later = [word for word in self.main if self.act.end <= word.start < self.end]
        return any(word.kind == "unknown" and len(word.text) > 1 for word in later)


def command_of(words: Sequence[Word]) -> Wish | None:
    """The command that *words* give; None when they give none."""
    look = _Look(words)
    if "block" in look.kinds or (look.anywhere("block") and "noun" not in look.kinds):
        return None
    found = _listing(look) or _resuming(look) or _snoozing(look) or _ending(look) or _setting(look)
    if found is None:
        return None
    why = tuple(word.text for word in look.main if word.kind in WANTS or word.kind in SLOTS and word.kind not in ("routine", "part", "thing"))
    return Wish(found.command, why, found.without, found.resumes, found.holidays)


def _asks(look: _Look, act: Word) -> bool:
    """Whether *act* asks for something, now or as a plan: no report, no refusal, no question but a polite one."""
    text = act.text
    if _HOW.search(text):
        return False
    tail = look.after(act)
    if _HELPED.search(text) or _PERMITS.search(text + tail[:12]):
        return not re.search(r"(?:くれ|もらっ?|いただい|られ|れ|でき)(?:て(?!ほ|も)|た(?!ら)|まし)", text)
    if _PAST.search(text) or _ONGOING.search(text):
        return False
    return not look.question


def _listing(look: _Look) -> Wish | None:
    act = look.act
    if look.has("clock", "minutes") or look.trailing and not look.has("state"):
        return None
    if act is not None and act.kind == "when":
        return Wish(LIST, ()) if look.unknown == 0 and not re.search("れば|たら", act.text) else None
    settings = any("設定" in word.text or "登録" in word.text for word in look.main if word.kind in ("thing", "set", "state"))
    hours = [text for text in look.texts("list") if re.match("何時|なんじ|何曜", text)]
    shown = act is not None and act.kind == "notify" and act.text.startswith(("教", "おしえ", "出し"))
    asked = look.has("list") and (act is None or act.kind in ("list", "notify", "set", "state", "ask", "suru"))
    if asked and look.unknown <= 2 and (look.has("noun") or settings or look.has("state") and (look.has("routine") or "おん" in "".join(look.texts("state")))):
        return Wish(LIST, ())
    if asked and look.unknown == 0 and look.has("thing") and look.has("all", "set"):
        return Wish(LIST, ())
    if hours and look.unknown == 0 and look.has("routine") and not re.search("やる|やれ|する|すれ|した", act.text if act else ""):
        return Wish(LIST, ())
    if look.has("state") and look.question and look.unknown <= 2 and (look.has("noun") or settings):
        return Wish(LIST, ())
    if shown and settings and look.unknown <= 2:
        return Wish(LIST, ())
    if act is None and look.has("noun") and "予定" in look.texts("thing") and look.unknown == 0:
        return Wish(LIST, ())
    return None


def _resuming(look: _Look) -> Wish | None:
    act = look.act
    again = act is not None and act.kind in ("ask", "notify", "suru", "set", "do") and look.has("mata") and look.has("noun")
    if act is None or look.trailing or look.unknown > (2 if look.about else 0):
        return None
    if act.kind != "resume" and (not again or look.has("clock", "minutes", "later", "after", "again")):
        return None
    if not _asks(look, act):
        return None
    later = [text for text in look.texts("date") if text != "今日"]
    return Wish(PAUSE if later or look.has("span") else SET, (), resumes=True)


def _snoozing(look: _Look) -> Wish | None:
    act = look.act
    if look.question and not (act and _asks(look, act)):
        return None
    if look.unknown > (2 if look.has("noun") else 0) or look.has("days", "stop", "rest", "resume", "change", "span", "list", "when"):
        return None
    delayed = look.has("after") and look.has("minutes")
    again = look.has("again") or look.has("mata") and (delayed or look.has("clock", "notify", "later"))
    kinds = look.kinds & WANTS
    if look.has("wait") and look.until:
        return Wish(PAUSE, ())
    if look.has("wait") and _asks(look, act or look.main[-1]):
        return Wish(SNOOZE, ())
    if look.has("date") and not look.has("again", "mata", "later", "after"):
        return None
    if look.has("later") and not kinds - {"later", "now", "again", "mata", "notify", "suru", "ask", "do", "make", "after"}:
        return Wish(SNOOZE, ()) if act and (_asks(look, act) or act.kind == "later") else None
    if delayed and not kinds - {"after", "again", "mata", "notify", "suru", "ask", "do", "make", "later", "now"}:
        return Wish(SNOOZE, ()) if act is None or _asks(look, act) else None
    if again and not kinds - {"again", "mata", "notify", "suru", "ask", "make", "do", "later", "now"}:
        alone = kinds == {"again"} and not look.has("clock", "minutes", "noun", "part")
        if alone and not look.moment and not _NAMES_SNOOZE.match(look.texts("again")[0]):
            return None
        return Wish(SNOOZE, ()) if act is None or _asks(look, act) else None
    if look.moment and kinds == {"do"} and act and re.match("やる|やり(?:ま|たいか)", act.text) and not look.has("routine", "clock"):
        return Wish(SNOOZE, ())
    if look.has("now") and kinds == {"now"} and not look.question:
        return Wish(SNOOZE, ())
    left = [word for word in look.main if word.kind not in ("particle", "stop_here", "comma")]
    if [word.kind for word in left] == ["fill", "minutes"] and left[0].text == "あと":
        return Wish(SNOOZE, ())
    return None


def _ending(look: _Look) -> Wish | None:
    """A pause, a stop, or days to leave out."""
    act = look.act
    if act is None or act.kind not in ("stop", "rest") or look.trailing:
        return None
    if not _asks(look, act) or _KEPT.match(act.text):
        return None
    until = _until_cue(look)
    if look.question and re.search("ても|でも", act.text) and not look.about and any(word.aside and word.kind == "unknown" for word in look.all):
        return None
    days = [text for text in look.texts("days") if not dates.is_every_day(text)]
    if not look.anywhere("noun", "routine") and look.unknown > 0 or look.unknown > 4:
        return None
    if not until and (days or look.has("holiday")):
        return Wish(SET, (), without=True, holidays=False if look.has("holiday") else None)
    if act.kind == "rest":
        said = look.about or until or "時停止" in act.text or not _PLAN_NOUN.match(act.text)
        if _PLAN_NOUN.match(act.text) and re.match(r"お?(?:休|やす)み(?:です|や|だ|なん|$)", act.text) and not (look.about or until == "end"):
            following = look.after(act)
            if not re.match(r"(?:で|に|さ|し)", following) and act.text not in ("お休み", "おやすみ"):
                return None
        return Wish(PAUSE, ()) if said else None
    if until:
        return Wish(PAUSE, ())
    if look.about or look.has("all", "mou") or (_STOP_WORD.match(act.text) and len(look.main) == 1):
        return Wish(STOP, ())
    return None


def _until_cue(look: _Look) -> str | None:
    """How the sentence says until when: ``end`` for まで, だけ …; ``time`` for a bare date or length; None when it does not."""
    found = "end" if look.until else None
    for word in look.all:
        following = look.after(word)
        if word.kind in ("date", "span", "while", "minutes"):
            end = re.match(r"(?:いっぱい|中|の間)?(?:まで|だけ|いっぱい|中|の間|くらい|ぐらい|ほど)", following)
            found = "end" if end or word.kind in ("span", "while") else found or "time"
        elif word.kind in ("clock", "days", "part") and following.startswith("まで") or word.kind == "days" and word.text.endswith("まで"):
            found = "end"
        elif word.kind == "part" and word.text in ("今夜", "今晩"):
            found = found or "time"
    return found


def _setting(look: _Look) -> Wish | None:
    act = look.act
    time, days, about = look.has("clock"), look.has("days"), bool(look.about & look.kinds) or bool(look.about)
    if look.trailing or look.has("span"):
        return None
    holidays = True if look.has("holiday") else None
    if act is None:
        attributive = _attributive(look)
        corrected = time and len([word for word in look.all if word.kind == "clock"]) > 1 and look.main[-1].text == "に"
        said = corrected or about and (time or days and not attributive and look.has("routine")) or time and days
        return Wish(SET, (), holidays=holidays) if said and look.unknown == 0 and not look.question and not look.has("date", "state") else None
    if not _asks(look, act) or (_NEGATED.match(act.text) and not _HELPED.search(act.text)):
        return None
    before = [word for word in look.main if word.end == act.start]
    if before and before[0].kind == "unknown" and _OBJECT.search(before[0].text):
        return None
    if look.unknown > (6 if look.has("noun") else 2 if time and act.kind in ("change", "make", "notify") else 0):
        return None
    one_off = look.has("date") and not look.has("noun", "routine") and act.kind not in ("change", "notify", "suru", "set")
    if one_off and "から" not in "".join(look.after(word)[:2] for word in look.main if word.kind == "date"):
        return None
    match act.kind:
        case "shift":
            said = look.has("minutes", "clock") or about and bool(re.match("早|はや|遅|おそ|おく|前倒|まえ", act.text))
        case "change" | "make":
            said = time or days or look.has("minutes") and "ずら" in act.text or look.has("noun") or look.has("thing") and act.kind == "change"
        case "notify":
            said = time or days and not _attributive(look) or look.has("noun") or look.has("part", "thing") and bool(_CALLS.match(act.text))
        case "suru" | "set":
            said = look.has("noun") or time or days
        case "ask":
            said = time or days and about or look.has("noun")
        case "do":
            said = look.has("noun") or look.has("routine") and (time or days) or time and days
        case _:
            said = False
    return Wish(SET, (), holidays=holidays) if said else None


def _attributive(look: _Look) -> bool:
    """毎日のストレッチ names a habit; it does not ask for days."""
    return any(look.after(word).startswith("の" + MARK) for word in look.main if word.kind == "days")
