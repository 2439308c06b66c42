"""What a sentence about reminders asks for: the command that its words add up to, or None."""

import re
from collections.abc import Sequence, Set
from dataclasses import replace

from bot.understanding.reminder_clause import Clause
from bot.understanding.reminder_commands import LIST, PAUSE, SET, SNOOZE, Wish
from bot.understanding.reminder_rests import ending, resuming
from bot.understanding.reminder_words import SLOTS, WANTS, Word

MOST_UNKNOWN = 10
"""No command is read into a clause with more letters than this that are not understood."""

_CALLS = re.compile(r"知らせ|しらせ|鳴ら|声|こえ|思い出|おもいだ|呼ん|言っ|いうて|ゆうて")
_RECALLS = re.compile(r"[ただ]っけ$")
_SHOWS = re.compile(r"教|おしえ|出し")
_HOURS = re.compile(r"何時|なんじ|何曜")
_SETTING = re.compile(r"設定|登録|せっと|せってい")
_TIMES = re.compile(r"時|じか|曜|設定|予定|よてい|内容|中身")
_IF = re.compile(r"れば|たら")
_TAKES_UP = re.compile(r"始|はじめ|開始|やりたい|(?:を|も)?したい")
_DOES = re.compile(r"やる|やれ|する|すれ|した")
_WILL_DO = re.compile(r"やる|やり(?:ま|たいか)")
_MENDS = re.compile(r"間違|訂正|正しく")
_PUTS_IN = re.compile(r"設定|せっ|登録|とうろく|追加|おん|on|有効")
_CALLED_OFF = re.compile(r"きゃんせる")
_TELLS = re.compile(r"(?:連絡し|送り|言い|知らせ|教え|届け|来)(?:ます|るね?$|に)|来て")
_NAMES_SNOOZE = re.compile(r"すぬず|再通知")
_SOONER_OR_LATER = re.compile(r"早|はや|遅|おそ|おく|前倒|まえ")

_NOT_SNOOZE = ("state", "days", "stop", "rest", "resume", "change", "span", "list", "when")
_AGAIN = frozenset({"again", "mata", "notify", "suru", "ask", "do", "make", "later", "now"})
_TOLD = (WANTS | SLOTS) - {"routine", "part", "thing"}


def command_of(words: Sequence[Word], *, strict: bool = False, about: Set[str] = frozenset()) -> Wish | None:
    """The command that *words* give; None when they give none.

    *strict*: every word must be known. *about*: what the message around them speaks of, ``noun`` or ``routine``.
    """
    clause = Clause(words, about)
    if clause.unknown > MOST_UNKNOWN or clause.is_elsewhere:
        return None
    if strict and (any(word.kind == "unknown" for word in words) or _is_babble(words)):
        return None
    found = (
        (Wish(LIST) if _lists(clause) else None)
        or resuming(clause)
        or _delaying(clause)
        or ending(clause)
        or (Wish(SET) if _sets(clause) else None)
    )
    return replace(found, why=tuple(word.text for word in clause.main if word.kind in _TOLD)) if found else None


def _is_babble(words: Sequence[Word]) -> bool:
    """Whether three particles follow one another: some kana word that was taken for them."""
    short = "".join("p" if word.kind == "particle" and len(word.text) == 1 else " " for word in words)
    return "ppp" in short


def _lists(clause: Clause) -> bool:
    """Whether it asks to see what is set."""
    act = clause.act
    if clause.about and clause.question and any(_RECALLS.search(word.text) for word in clause.main):
        return True
    if clause.has("clock", "minutes") or clause.trailing and not clause.has("state"):
        return False
    if clause.has("when") and (act is None or act.kind in ("when", "list", "notify")):
        return clause.unknown == 0 and not any(map(_IF.search, clause.texts("when")))
    settings = any(_SETTING.search(word.text) for word in clause.all if word.kind in ("thing", "set", "state"))
    if act is None and clause.unknown == 0 and clause.has("noun"):
        asks = clause.question and clause.texts("particle")[-1:] == ["は"]
        if asks or "予定" in clause.texts("thing"):
            return True
    if clause.unknown > (8 if clause.has("noun") else 2):
        return False
    if clause.has("list") and (act is None or act.kind in ("list", "notify", "set", "state", "ask", "suru")):
        states = clause.texts("state")
        running = bool(states) and (clause.has("routine") or any("おん" in text for text in states))
        vaguely = clause.unknown == 0 and clause.anywhere("thing") and clause.anywhere("all", "set")
        if clause.has("noun") or settings or running or vaguely:
            return True
    if clause.unknown == 0 and clause.has("routine") and any(map(_HOURS.match, clause.texts("list"))):
        return not (act and _DOES.search(act.text))
    if clause.has("state") and clause.question and (clause.has("noun") or settings):
        return True
    return _asks_to_be_shown(clause, settings=settings)


def _asks_to_be_shown(clause: Clause, *, settings: bool) -> bool:
    """リマインドの時間を教えて; 時間になったら教えて is a reminder."""
    if clause.act is None or clause.act.kind != "notify" or not _SHOWS.match(clause.act.text) or clause.moment:
        return False
    if clause.about and clause.anywhere("list", "when"):
        # 何時だったか忘れたので教えて.
        return not clause.has("days", "clock")
    times = bool(clause.about) and any(map(_TIMES.match, clause.texts("thing")))
    return settings or not clause.has("days", "part") and (times or clause.shows_what_is_sent)


def _delaying(clause: Clause) -> Wish | None:
    """A snooze; or a pause, for 仕事が落ち着くまで待って."""
    act, wants = clause.act, clause.wants
    if not clause.asks and (clause.question or not clause.has("later")):
        return None
    if clause.unknown > (6 if clause.has("noun") else 0) or clause.trailing:
        return None
    if clause.has("again", "mata") and clause.has("minutes") and clause.has("change", "shift", "rest"):
        return Wish(SNOOZE)
    if clause.has(*_NOT_SNOOZE) or clause.has("clock") and (clause.starts or clause.another_day):
        # 連休明けからまた20時に is a time for every day from then on, 明日また7時に one for tomorrow: a snooze is for today.
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
        if not wants <= _AGAIN or alone and not _NAMES_SNOOZE.match(clause.texts("again")[0]):
            return None
        # 明日また教えて: not today any more.
        return Wish(PAUSE, resumes=True) if clause.another_day else Wish(SNOOZE)
    if clause.moment and act and _will_do_then(clause, act):
        return Wish(SNOOZE)
    if wants == {"now"} and not clause.question:
        return Wish(SNOOZE)
    said = [word for word in clause.main if word.kind not in ("particle", "stop_here", "comma")]
    return Wish(SNOOZE) if [word.kind for word in said] == ["fill", "minutes"] and said[0].text == "あと" else None


def _will_do_then(clause: Clause, act: Word) -> bool:
    """ご飯食べたらやる; 帰ったらやるから20時に言って."""
    if clause.has("clock"):
        return act.kind == "notify" and clause.anywhere("do") and not clause.about
    return clause.wants == {"do"} and bool(_WILL_DO.match(act.text)) and not clause.has("routine")


def _sets(clause: Clause) -> bool:
    """Whether it sets or changes a reminder."""
    act = clause.act
    time, days = clause.has("clock"), clause.has("days")
    if clause.trailing or clause.has("span") or not clause.asks or clause.refuses or clause.object_unknown:
        return False
    if act is None:
        one_day = clause.has("date") and not clause.starts
        return not (clause.unknown or clause.has("state") or one_day) and _says_when(clause, time=time, days=days)
    lasting = clause.has("noun", "routine") or act.kind in ("change", "notify", "suru", "set")
    one_day = clause.has("date") and not clause.starts or days and not (clause.habitual or clause.adds_days)
    if (
        clause.unknown > _most_unknown(clause, act, time=time)
        or one_day
        and not (lasting or "days" in clause.corrected)
    ):
        # A single day is a booking rather than a habit, unless it is the first of many.
        return False
    return _says_what(clause, act, time=time, days=days)


def _most_unknown(clause: Clause, act: Word, *, time: bool) -> int:
    """How many letters may be strange, by what else there is to hold on to."""
    if clause.has("noun") or time and clause.has("routine"):
        # 通知の文字が大きいと助かります is about something else of it.
        return MOST_UNKNOWN if act.kind != "ask" or time or clause.has("days", "holiday") else 4
    return 2 if time and act.kind in ("change", "make", "notify") else 0


def _says_when(clause: Clause, *, time: bool, days: bool) -> bool:
    """Whether a clause that asks for nothing in words sets a time by naming it: 筋トレ 平日 19時."""
    # 0時は遅いから23時に: the old time and the new.
    moves = time and sum(word.kind == "clock" for word in clause.all) > 1 and clause.main[-1].text == "に"
    corrects = bool(clause.corrected & clause.kinds) or time and any(map(_MENDS.match, clause.texts("fill")))
    habit = days and not clause.attributive and (clause.has("routine") or clause.habitual)
    named = bool(clause.named) and (time or habit)
    return moves or corrects or named or clause.leaves_out or clause.only_days or time and clause.habitual


def _says_what(clause: Clause, act: Word, *, time: bool, days: bool) -> bool:
    """Whether the clause says enough beside *act* to be about a reminder."""
    noun = clause.has("noun")
    match act.kind:
        case "shift":
            return time or clause.has("minutes") or bool(clause.about and _SOONER_OR_LATER.match(act.text))
        case "change":
            about = "noun" in clause.named or clause.has("thing")
            return time or days or about or clause.has("minutes") and "ずら" in act.text
        case "make" | "suru":
            return time or days or noun
        case "set":
            return time or days or noun or clause.has("routine") and bool(_PUTS_IN.match(act.text))
        case "resume":
            return time or days
        case "stop":
            # 7時はやめて8時 has its new time after the verb.
            return time and not clause.has("date") and not _CALLED_OFF.match(act.text)
        case "notify":
            if _TELLS.match(act.text) and not noun:
                # 連絡します and 来てください are between people.
                return False
            calls = bool(_CALLS.match(act.text))
            called = (
                "routine" in clause.named
                and (calls or clause.at_a_part)
                or clause.anywhere("part", "thing")
                and (calls or clause.moment)
            )
            return time or noun or called or clause.has("shift", "holiday") or days and not clause.attributive
        case "ask":
            if clause.starts and clause.has("routine"):
                # 明日から肩回しもお願い.
                return True
            if time or noun or clause.often or clause.adds_days or clause.leaves_out or clause.has("holiday"):
                return True
            return days and bool(clause.about or "days" in clause.corrected or "曜日" in clause.texts("thing"))
        case "do":
            begins = clause.starts and _TAKES_UP.match(act.text) is not None
            return noun or time and days or clause.leaves_out or clause.has("routine") and (time or days or begins)
        case _:
            return False
