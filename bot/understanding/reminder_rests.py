"""Wishes that reminders rest, stop, leave days out or come again."""

import re
from collections.abc import Sequence

from bot.understanding import dates
from bot.understanding.reminder_clause import Clause
from bot.understanding.reminder_commands import PAUSE, SET, STOP, Wish
from bot.understanding.reminder_signs import is_kept, left_out
from bot.understanding.reminder_words import Word

_MOST_UNKNOWN = 8
"""So many letters may be strange beside a notification or a routine; beside neither none may."""

_BEGINS = re.compile(r"始|はじ|開始")
_SENDS = re.compile(r"送|おく|鳴ら|なら|知らせ|しらせ|届")
_ENOUGH = re.compile(r"いい|ええ|よか")
_ALLOWED = re.compile(r"(?<!もらっ)(?<!いただい)(?<!もろ)[てで]も?(?:いい|ええ|よ|良|大丈夫|かま)")
_RESTS = re.compile(r"お?(?:休|やす)(?:[むまも]|み(?:ます|たい|ませ|$))|(?:すきっぷ|ぱす)(?:し|する)")
_OFF = re.compile(r"お?(?:休み|やすみ|休憩)")
_IS_OFF = re.compile(r"お?(?:休|やす)み(?:です|や|だ|なん|になら|でうれ|で嬉|$)")
_IF_OFF = re.compile(r"お?(?:休|やす)み(?:(?:に?な[りる]|です|でしょう|なの|なん|だ|や)[ぁ-ん]*)?$")
_WONDERS = re.compile(r"か[いのねな]*$")
_CALLED_OFF = re.compile(r"きゃんせる")
_STOP_WORD = re.compile(r"停止|低止|ていし|すとっぷ|解除|おふ|off|みゅと")
_WHEN = re.compile(r"いつ|何時|なんじ")
_A_LITTLE = re.compile(r"ちょっと|ちょい|少し")
_TO_THE_END = re.compile(r"(?:いっぱい|中|の間)?(?:まで|だけ|いっぱい|中|の間|くらい|ぐらい|ほど)")


def resuming(clause: Clause) -> Wish | None:
    """再開して, また通知して; with a date to come it is a pause up to then."""
    act = clause.act
    if (
        act is None
        or clause.refuses
        or clause.trailing
        or not clause.asks
        or clause.unknown > (_MOST_UNKNOWN if clause.about else 0)
    ):
        return None
    if clause.question and not clause.has("noun") and act.text.endswith("ても"):
        # ストレッチを再開しても大丈夫ですか.
        return None
    if clause.has("clock", "days") and "戻" in act.text:
        # 18時半に戻して is a time.
        return None
    if act.kind != "resume":
        if _takes_up_again(clause):
            return Wish(SET, resumes=True)
        if not _sends_again(clause, act):
            return None
    named = clause.all if "その日" in clause.texts("fill") else clause.main
    if clause.has("span") or any(word.kind == "date" and word.text != "今日" for word in named):
        return Wish(PAUSE, resumes=True)
    if clause.has("rest") and (clause.has("while") or clause.until):
        # しばらく休んで、落ち着いたら再開します.
        return Wish(PAUSE)
    return Wish(SET, resumes=True)


def _takes_up_again(clause: Clause) -> bool:
    """もう一度リマインドを始めたい, 止めていた通知をもう一度."""
    stopped = any(word.aside and word.kind in ("stop", "rest") for word in clause.all)
    begins = stopped or any(map(_BEGINS.match, clause.texts("do")))
    return bool(clause.about) and begins and clause.has("again", "mata") and not clause.has("clock", "minutes")


def _sends_again(clause: Clause, act: Word) -> bool:
    """また通知してください, 来週からまた鳴らして; 30分後にまた通知して is a snooze."""
    asked = act.kind in ("ask", "notify", "suru", "set", "do") and clause.has("mata")
    delayed = clause.has("clock", "minutes", "later", "again") or clause.anywhere("after") and not clause.has("span")
    bare = act.kind == "notify" and _SENDS.match(act.text) and not (clause.moment or clause.anywhere("now", "wait"))
    return asked and not delayed and bool(clause.has("noun") or clause.starts or bare)


def ending(clause: Clause) -> Wish | None:
    """A pause, a stop, or days to leave out."""
    act = clause.act
    if act is None or act.kind not in ("stop", "rest") or clause.trailing or not clause.asks or is_kept(act):
        return None
    if clause.unknown > (_MOST_UNKNOWN if clause.about else 0) or clause.object_unknown or clause.sent_by_another:
        return None
    if not clause.about and _asks_if_off(clause, act):
        return None
    if any(map(_WHEN.match, clause.texts("list"))) or _changes_the_time(clause, act) or _asks_for_advice(clause, act):
        return None
    until = _until_cue(clause)
    named = [word for word in clause.all if word.kind == "days" and not dates.is_every_day(word.text)]
    once = not until and _once(clause, act, named)
    is_told = _says_is_off(clause, act) and (clause.reasons or not clause.wants_a_time)
    if not clause.about and (_CALLED_OFF.match(act.text) or named and is_told):
        # 明日の18時をキャンセル is about a booking, 週末は休みです about anything.
        return None
    holiday = clause.anywhere("holiday")
    if (named or holiday) and not once and (until is None or until == "time" and clause.starts):
        # 来週からは土日なしで leaves days out from then on.
        return Wish(SET)
    if any(word.kind == "others" and word.start < act.start for word in clause.main):
        # あとはなし says nothing by itself.
        return None
    if act.kind == "stop" and not until:
        return Wish(STOP) if _is_told_to_stop(clause, act) else None
    if act.kind == "rest" and not clause.about:
        if _says_is_off(clause, act) and until != "end" and not clause.reasons:
            # 今日は休みです may be said of anything.
            return None
        if not (until or once or "時停止" in act.text) and _OFF.match(act.text):
            return None
    return Wish(PAUSE)


def _changes_the_time(clause: Clause, act: Word) -> bool:
    """7時はやめて8時 has its new time after the verb."""
    later = [word for word in clause.main if word.kind == "clock" and word.start >= act.end]
    if left_out(clause.all):
        # 日曜は休みで、他の日は7時に.
        return False
    return any(not clause.after(word).startswith("まで") for word in later)


def _asks_for_advice(clause: Clause, act: Word) -> bool:
    """筋肉痛なんだけど今日は休んでもいい?"""
    return clause.question and clause.reasons and not clause.about and _ALLOWED.search(act.text) is not None


def _asks_if_off(clause: Clause, act: Word) -> bool:
    """お盆は休みですか, お盆は休みかいの: that is the practice's matter."""
    said = _WONDERS.sub("", act.text)
    return (clause.question or said != act.text) and _IF_OFF.fullmatch(said) is not None


def _is_told_to_stop(clause: Clause, act: Word) -> bool:
    if clause.about or _SENDS.match(act.text):
        return True
    if _STOP_WORD.match(act.text) and len(clause.main) == 1:
        return True
    # もういいです may be said of anything, 登録したものを全部消して of personal data.
    return clause.has("all", "mou") and not (_ENOUGH.match(act.text) or clause.has("set"))


def _says_is_off(clause: Clause, act: Word) -> bool:
    return bool(_IS_OFF.match(act.text)) and not re.match(r"[でにさし]", clause.after(act))


def _once(clause: Clause, act: Word, named: Sequence[Word]) -> bool:
    """Whether one day is meant: 土曜は休む, 法事があるので土日は休み; 土曜は休みにして is about every Saturday."""
    if act.kind != "rest" or not named or any(word.text.startswith("毎週") for word in named):
        return False
    if len(left_out(clause.all)) < len(named) or clause.wants_a_time:
        # 毎朝6時半にストレッチ、日曜は休み.
        return False
    single = len(named) == 1 and len(dates.weekdays(named[0].text)) == 1
    return clause.reasons or single and bool(_RESTS.match(act.text))


def _until_cue(clause: Clause) -> str | None:
    """How it says until when: ``end`` for まで, だけ …; ``time`` for a bare date or length; None when it does not."""
    found = "end" if clause.until else None
    for word in clause.all:
        following = clause.after(word)
        if word.aside and following.startswith("から"):
            # 来月から忙しいので止めて says why, not till when.
            ends = False
        elif word.kind in ("date", "minutes"):
            ends = _TO_THE_END.match(following) is not None
            found = found or "time"
        elif word.kind in ("part", "clock", "days"):
            ends = following.startswith("まで")
        else:
            ends = word.kind == "span" or word.kind == "while" and not (word.aside and _A_LITTLE.match(word.text))
        if ends:
            found = "end"
    return found
