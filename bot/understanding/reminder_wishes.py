"""What a sentence about reminders asks for: the command that its words add up to, or None."""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from bot.understanding import dates
from bot.understanding.reminder_clause import Clause
from bot.understanding.reminder_words import SLOTS, WANTS, Word

SET = "command/reminder-set"
LIST = "command/reminder-list"
PAUSE = "command/reminder-pause"
STOP = "command/reminder-stop"
SNOOZE = "command/snooze"

MOST_UNKNOWN = 6
"""No command is read into a clause with more letters than this that are not understood."""

_CALLS = re.compile(r"知らせ|しらせ|鳴ら|声|こえ|思い出|おもいだ|呼ん|言っ|いうて|ゆうて")
_SENDS = re.compile(r"送|おく|鳴ら|なら|知らせ|しらせ|届")
_RECALLS = re.compile(r"[ただ]っけ$")
_SHOWS = re.compile(r"教|おしえ|出し")
_HOURS = re.compile(r"何時|なんじ|何曜")
_SETTING = re.compile(r"設定|登録|せっと|せってい")
_TIMES = re.compile(r"時|じか|曜|設定|予定|よてい|内容|中身")
_ENOUGH = re.compile(r"いい|ええ|よか")
_DOES = re.compile(r"やる|やれ|する|すれ|した")
_WILL_DO = re.compile(r"やる|やり(?:ま|たいか)")
_ALLOWED = re.compile(r"[てで]も?(?:いい|ええ|よ|良|大丈夫|かま)")
_KEPT = re.compile(
    r"(?:やめ|止め|とめ|泊め|消さ|けさ|切ら|休ま|やすま|解除し|停止し)(?:ない|ません|へん|んで|んと|なくて)"
)
_RESTS = re.compile(r"お?(?:休|やす)(?:[むまも]|み(?:ます|たい|ませ|$))|(?:すきっぷ|ぱす)(?:し|する)")
_PUTS_IN = re.compile(r"設定|せっ|登録|とうろく|追加|おん|on|有効")
_OFF = re.compile(r"お?(?:休み|やすみ|休憩)")
_A_LITTLE = re.compile(r"ちょっと|ちょい|少し")
_IS_OFF = re.compile(r"お?(?:休|やす)み(?:です|や|だ|なん|になら|でうれ|で嬉|$)")
_CALLED_OFF = re.compile(r"きゃんせる")
_TELLS = re.compile(r"(?:連絡し|送り|言い|知らせ|教え|届け|来)(?:ます|る|に)|来て")
_STOP_WORD = re.compile(r"停止|低止|ていし|すとっぷ|解除|おふ|off|みゅと")
_NAMES_SNOOZE = re.compile(r"すぬず|再通知")
_TO_THE_END = re.compile(r"(?:いっぱい|中|の間)?(?:まで|だけ|いっぱい|中|の間|くらい|ぐらい|ほど)")
_SOONER_OR_LATER = re.compile(r"早|はや|遅|おそ|おく|前倒|まえ")

_NOT_SNOOZE = ("days", "stop", "rest", "resume", "change", "span", "list", "when")
_AGAIN = frozenset({"again", "mata", "notify", "suru", "ask", "do", "make", "later", "now"})


@dataclass(frozen=True)
class Wish:
    """A command, how its days and dates are to be taken, and the words that decided.

    *without*: the days named are those to leave out. *resumes*: a date is the first day on again. *holidays*: what is
    wanted on them.
    """

    command: str
    why: tuple[str, ...] = ()
    without: bool = False
    resumes: bool = False
    holidays: bool | None = None


def command_of(words: Sequence[Word], *, strict: bool = False, about: Set[str] = frozenset()) -> Wish | None:
    """The command that *words* give; None when they give none.

    *strict*: every word must be known. *about*: what the message around them speaks of, ``noun`` or ``routine``.
    """
    clause = Clause(words, about)
    if clause.unknown > MOST_UNKNOWN:
        return None
    if strict and any(word.kind == "unknown" for word in words):
        return None
    if clause.has("block", "shop") or (clause.anywhere("shop") and not clause.has("noun")):
        return None
    found = (
        (Wish(LIST) if _lists(clause) else None)
        or _resuming(clause)
        or _delaying(clause)
        or _ending(clause)
        or _setting(clause)
    )
    told = (WANTS | SLOTS) - {"routine", "part", "thing"}
    return replace(found, why=tuple(word.text for word in clause.main if word.kind in told)) if found else None


def _lists(clause: Clause) -> bool:
    act = clause.act
    if clause.about and clause.question and any(_RECALLS.search(word.text) for word in clause.main):
        return True
    if clause.has("clock", "minutes") or clause.trailing and not clause.has("state"):
        return False
    if clause.has("when") and (act is None or act.kind in ("when", "list", "notify")):
        return clause.unknown == 0 and not any(re.search("れば|たら", text) for text in clause.texts("when"))
    settings = any(_SETTING.search(word.text) for word in clause.all if word.kind in ("thing", "set", "state"))
    if act is None and clause.unknown == 0 and clause.has("noun"):
        particles = clause.texts("particle")
        if clause.question and particles[-1:] == ["は"] or "予定" in clause.texts("thing"):
            return True
    if clause.unknown > 2:
        return False
    if clause.has("list") and (act is None or act.kind in ("list", "notify", "set", "state", "ask", "suru")):
        states = clause.texts("state")
        running = bool(states) and (clause.has("routine") or any("おん" in text for text in states))
        if clause.has("noun") or settings or running:
            return True
        if clause.unknown == 0 and clause.has("thing") and clause.has("all", "set"):
            return True
    if clause.unknown == 0 and clause.has("routine") and any(map(_HOURS.match, clause.texts("list"))):
        return not (act and _DOES.search(act.text))
    if clause.has("state") and clause.question and (clause.has("noun") or settings):
        return True
    if act and act.kind == "notify" and _SHOWS.match(act.text) and not clause.moment:
        if clause.about and clause.anywhere("list", "when"):
            # 何時だったか忘れたので教えて.
            return not clause.has("days", "clock")
        times = clause.about and any(map(_TIMES.match, clause.texts("thing")))
        return settings or not clause.has("days", "part") and (bool(times) or clause.shows_what_is_sent)
    return False


def _resuming(clause: Clause) -> Wish | None:
    act = clause.act
    if act is None or clause.trailing or clause.unknown > (2 if clause.about else 0) or not clause.asks:
        return None
    if clause.has("clock") and "戻" in act.text:
        # 18時半に戻して is a time.
        return None
    if act.kind != "resume":
        again = act.kind in ("ask", "notify", "suru", "set", "do") and clause.has("mata") and clause.has("noun")
        if not again or clause.has("clock", "minutes", "later", "again") or clause.has("after") and not clause.has("span"):
            return None
    named = clause.all if "その日" in clause.texts("fill") else clause.main
    later = any(word.kind == "date" and word.text != "今日" for word in named)
    return Wish(PAUSE if later or clause.has("span") else SET, resumes=True)


def _delaying(clause: Clause) -> Wish | None:
    """A snooze; or a pause, for 仕事が落ち着くまで待って."""
    act, wants = clause.act, clause.wants
    if not clause.asks and (clause.question or not clause.has("later")):
        return None
    if clause.unknown > (2 if clause.has("noun") else 0):
        return None
    if clause.has("again", "mata") and clause.has("minutes") and clause.has("change", "shift", "rest"):
        return Wish(SNOOZE)
    if clause.has(*_NOT_SNOOZE):
        return None
    if clause.has("wait"):
        return Wish(PAUSE if clause.until else SNOOZE)
    if clause.has("date") and not clause.has("again", "mata", "later", "after"):
        return None
    delayed = clause.has("after") and clause.has("minutes") and not (act and _TELLS.match(act.text))
    if clause.has("later") and not wants - _AGAIN - {"after"}:
        return Wish(SNOOZE) if clause.asks or (act and act.kind == "later") else None
    if delayed and not wants - _AGAIN - {"after"}:
        return Wish(SNOOZE)
    if clause.has("again") or clause.has("mata") and clause.has("clock", "notify"):
        alone = wants == {"again"} and not clause.has("clock", "minutes", "noun", "part") and not clause.moment
        if wants <= _AGAIN and (not alone or _NAMES_SNOOZE.match(clause.texts("again")[0])):
            return Wish(SNOOZE)
        return None
    if clause.moment and wants == {"do"} and act and _WILL_DO.match(act.text) and not clause.has("routine", "clock"):
        return Wish(SNOOZE)
    if wants == {"now"} and not clause.question:
        return Wish(SNOOZE)
    said = [word for word in clause.main if word.kind not in ("particle", "stop_here", "comma")]
    return Wish(SNOOZE) if [word.kind for word in said] == ["fill", "minutes"] and said[0].text == "あと" else None


def _ending(clause: Clause) -> Wish | None:
    """A pause, a stop, or days to leave out."""
    act = clause.act
    if act is None or act.kind not in ("stop", "rest") or clause.trailing or not clause.asks or _KEPT.match(act.text):
        return None
    if any(word.kind == "clock" and word.start >= act.end for word in clause.main):
        return None
    if clause.unknown > (3 if clause.about else 0) or clause.object_unknown or clause.sent_by_another:
        return None
    if clause.question and _ALLOWED.search(act.text) and clause.reasons and not clause.about:
        # 筋肉痛なんだけど今日は休んでもいい? asks for advice.
        return None
    until = _until_cue(clause)
    named = [word for word in clause.all if word.kind == "days" and not dates.is_every_day(word.text)]
    once = not until and _once(clause, act, named)
    if not clause.about and (_CALLED_OFF.match(act.text) or named and not until and _says_is_off(clause, act)):
        # 明日の18時をキャンセル is about a booking, 週末は休みです about anything.
        return None
    holiday = clause.anywhere("holiday")
    if not (until or once) and (named or holiday):
        return Wish(SET, without=True, holidays=False if holiday else None)
    if act.kind == "stop" and not until:
        plain = _STOP_WORD.match(act.text) and len(clause.main) == 1
        enough = _ENOUGH.match(act.text)
        told = clause.about or clause.has("all", "mou") and not (enough or clause.has("set")) or plain or _SENDS.match(act.text)
        return Wish(STOP) if told else None
    if act.kind == "rest" and not clause.about:
        if _says_is_off(clause, act) and until != "end" and not clause.reasons:
            # 今日は休みです may be said of anything.
            return None
        if not (until or once or "時停止" in act.text) and _OFF.match(act.text):
            return None
    return Wish(PAUSE)


def _says_is_off(clause: Clause, act: Word) -> bool:
    return bool(_IS_OFF.match(act.text)) and not re.match(r"[でにさし]", clause.after(act))


def _once(clause: Clause, act: Word, named: Sequence[Word]) -> bool:
    """Whether one day is meant: 土曜は休む, 法事があるので土日は休み; 土曜は休みにして is about every Saturday."""
    if act.kind != "rest" or not named or any(word.text.startswith("毎週") for word in named):
        return False
    single = len(named) == 1 and len(dates.weekdays(named[0].text)) == 1
    return clause.reasons or single and bool(_RESTS.match(act.text))


def _until_cue(clause: Clause) -> str | None:
    """How it says until when: ``end`` for まで, だけ …; ``time`` for a bare date or length; None when it does not."""
    found = "end" if clause.until else None
    for word in clause.all:
        following = clause.after(word)
        if word.kind in ("date", "minutes"):
            found = "end" if _TO_THE_END.match(following) else found or "time"
        elif word.kind == "span" or word.kind == "while" and not (word.aside and _A_LITTLE.match(word.text)) or word.kind in ("part", "clock", "days") and following.startswith("まで"):
            found = "end"
    return found


def _setting(clause: Clause) -> Wish | None:
    act = clause.act
    time, days = clause.has("clock"), clause.has("days")
    if clause.trailing or clause.has("span") or not clause.asks or clause.refuses or clause.object_unknown:
        return None
    wish = Wish(SET, holidays=True if clause.has("holiday") else None)
    if act is None:
        if clause.unknown or clause.has("date", "state"):
            return None
        # 0時は遅いから23時に: the old time and the new.
        moves = time and sum(word.kind == "clock" for word in clause.all) > 1 and clause.main[-1].text == "に"
        corrects = bool(clause.corrected & clause.kinds)
        habit = days and not clause.attributive and (clause.has("routine") or clause.habitual)
        return wish if moves or corrects or clause.leaves_out or clause.named and (time or habit) or time and clause.habitual else None
    if clause.unknown > (
        MOST_UNKNOWN if clause.has("noun") else 2 if time and act.kind in ("change", "make", "notify") else 0
    ):
        return None
    lasting = clause.has("noun", "routine") or act.kind in ("change", "notify", "suru", "set")
    starts = any(word.kind == "date" and clause.after(word).startswith("から") for word in clause.main)
    one_day = clause.has("date") and not starts or days and not (clause.habitual or clause.adds_days)
    if "days" in clause.corrected:
        one_day = False
    if one_day and not lasting:
        # A single day is a booking rather than a habit, unless it is the first of many.
        return None
    return wish if _says_what(clause, act, time=time, days=days) else None


def _says_what(clause: Clause, act: Word, *, time: bool, days: bool) -> bool:
    """Whether the clause says enough beside *act* to be about a reminder."""
    noun = clause.has("noun")
    match act.kind:
        case "shift":
            return time or clause.has("minutes") or bool(clause.about and _SOONER_OR_LATER.match(act.text))
        case "change":
            return time or days or noun or clause.has("thing") or clause.has("minutes") and "ずら" in act.text
        case "make" | "suru":
            return time or days or noun
        case "set":
            return time or days or noun or clause.has("routine") and bool(_PUTS_IN.match(act.text))
        case "resume":
            return time
        case "stop":
            # 7時はやめて8時 has its new time after the verb.
            return time and not clause.has("date") and not _CALLED_OFF.match(act.text)
        case "notify":
            if _TELLS.match(act.text) and not noun:
                # 連絡します and 来てください are between people.
                return False
            calls = clause.anywhere("part", "thing") and (bool(_CALLS.match(act.text)) or clause.moment)
            return time or noun or calls or clause.has("shift", "holiday") or days and not clause.attributive
        case "ask":
            return time or noun or clause.adds_days or clause.leaves_out or days and bool(clause.about or "days" in clause.corrected)
        case "do":
            return noun or time and days or clause.has("routine") and (time or days)
        case _:
            return False
