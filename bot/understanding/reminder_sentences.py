"""From a whole message to a reminder command with its slots; None for everything that is no such sentence.

A message is cut into known words (``reminder_words``). The last thing wanted in the main clause names the command; its
ending must ask, wish or tell a plan (a report or a question about something else is none); and every word of the main
clause must be known, unless the sentence speaks of notifications. Sentences about anything else therefore fall through,
whatever times they hold.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.library.schema import Routine
from bot.understanding import reminder_doubt, times
from bot.understanding.morphology import analyse
from bot.understanding.normalise import normalise
from bot.understanding.reminder_asides import mark_asides
from bot.understanding.reminder_commands import Wish
from bot.understanding.reminder_parts import Said, read_parts, slots_of
from bot.understanding.reminder_slots import Sentence
from bot.understanding.reminder_words import cut
from bot.understanding.routine_names import RoutineNames
from bot.understanding.time_spelling import fold

_GATE = re.compile(
    r"[0-9]|[一二三四五六七八九十零](?:時|分|日|週)|じ|時|通知|つうち|知らせ|しらせ|りまい"
    r"|あらむ|配信|はいしん|声|こえ|休|やす|止|とめ|泊め|やめ|すとっぷ|ていし|いら|いり"
    r"|不要|切っ|消し|けし|おふ|おん"
    r"|再|さいかい|復活|戻|解除|後|あと|待|まっ|鳴|届|来る|たら|てから|でから|飛ば|とば|明日|明後日"
    r"|だけ|追加|[月火水木金土日][・、とー]?[月火水木金土日]|ぱす|のち|うるさ|結構|必要|無効|外し"
    r"|なくし|きゃんせる|すぬず|もう|もっかい|また|毎|まい|ようび|平日|曜|土日|祝|週|早|はや|遅|おそ|おく|なら[しさ]|おしえ|のみ|×"
    r"|前倒|ずらし|設定|登録|せってい|とうろく|かくにん|今|いま|むり|ぱす|すきっぷ|なし|送|来ない|ぷっしゅ|らいん"
    r"|line|off|[ap]m"
)
"""A message without any of these is no reminder sentence; most messages end here."""

_SLIP = re.compile(r"(?<=[ぁ-ん])[a-z](?=[ぁ-ん]|$)|(?<=っ)っ")

_ELSEWHERE = re.compile(
    r"(?:\?|(?<!よ)か)$|^[^。!]*(?:ました|でした|[いっんし]た|てい?ます|てい?る|のに)(?:よ"
    r"|ね|わ|けど|んです)?$|予約|営業|駐車|料金|施術|先生|やり方|方法|効果"
)
_EVEN_SO = re.compile(
    r"通知|つうち|知らせ|しらせ|りまい|あらむ|配信|設定|登録|何時|なんじ|いつ|どれ|どの"
    r"|どうなって|入って|鳴|来る|くれ|もら|いただ|頂|でき|出来|られ|れる|せる"
    r"|いい|ええ|いけ|[てで]んか|[よころ]う?か|なり|ちゃらん|もろ|よか|[じやは]ゃ?なく|間違|訂正|くださ|くんな|大丈夫|なら[なん]|可能|よろし|お願|頼|なん[だやで]|かな$|line|言|いう|したら|明日|声"
)
"""Questions, reports and the practice's own matters are no reminder sentences, unless they hold one of these."""


@dataclass(frozen=True)
class ReminderSentence:
    """A command with what the sentence says for it; *why* quotes the words that decided.

    Beside the five slots (None when not said) and ``holidays`` there may be: ``bare`` (True), the hour was said as on a
    clock face and either half of the day could be meant; ``from``, the first day of a pause that does not begin now;
    ``dateless`` (True), a pause for days off that nobody but the person knows (夏休み); ``starts``, the day from which a
    setting shall hold; ``only`` (True), a setting for a day or some days alone; ``impossible`` (True), a time or date that
    no clock or calendar has.
    """

    command: str
    slots: dict[str, Any]
    why: tuple[str, ...]


class ReminderReader:
    """Reads sentences such as 毎朝6時半にストレッチ; holds the names of the routines."""

    def __init__(self, routines: Sequence[Routine]) -> None:
        self._names = RoutineNames(routines)

    def read(self, text: str, now: datetime) -> ReminderSentence | None:
        """The reminder command that *text* gives at *now*, on the person's wall clock; None when it is no such sentence."""
        plain = _plain(text)
        folded = fold(plain)
        if len(folded) > 140 or not _GATE.search(folded):
            return None
        if _ELSEWHERE.search(folded) and not _EVEN_SO.search(folded):
            return None
        sentence = self._sentence(folded)
        found = self._found(sentence, now)
        if not _nearly(sentence):
            return found
        # A wrong conversion (毎浅6時, 金トレ) reads like what was meant; a verb (通う) is what it is.
        spoken = self._sentence(fold(_reread(plain)))
        if len(spoken.of("date")) < len(sentence.of("date")):
            return found  # In kana 火曜から is no day any more.
        heard = self._found(spoken, now, strict=True)
        return heard if heard is not None and (found is None or _says_no_less(heard, found)) else found

    def slots(self, text: str, now: datetime, command: str) -> dict[str, Any]:
        """What *text* says for a *command* decided elsewhere; every key, None where nothing is said."""
        folded = fold(_plain(text))[:200]
        sentence = self._sentence(folded)
        read = read_parts(sentence)
        marked = replace(sentence, words=mark_asides(sentence.words))
        parts = read[1] if read and read[0].command == command else [(Wish(command), marked)]
        return self._slots(sentence.text, parts, now)

    def may_be(self, text: str, command: str) -> bool:
        """Whether *text*, which resembles the examples of a reminder *command*, may be one."""
        return reminder_doubt.may_be(mark_asides(self._sentence(fold(_plain(text))[:200]).words), command)

    def _found(self, sentence: Sentence, now: datetime, *, strict: bool = False) -> ReminderSentence | None:
        read = read_parts(sentence, strict=strict)
        if read is None:
            return None
        wish, parts = read
        return ReminderSentence(wish.command, self._slots(sentence.text, parts, now), wish.why)

    def _slots(self, spelled: str, parts: Sequence[Said], now: datetime) -> dict[str, Any]:
        slots = slots_of(parts, now)
        if times.is_impossible(spelled):
            # Asked back rather than guessed: only the routine is kept of what was said.
            kept = {key: None for key in slots if key not in ("bare", "from", "starts", "only", "dateless")}
            return kept | {"routine": slots["routine"], "impossible": True}
        return slots

    def _sentence(self, folded: str) -> Sentence:
        naming = self._names.find(folded)
        return Sentence(naming.text, cut(naming.text), naming.routine)


def _plain(text: str) -> str:
    """*text* normalised, a new line in it being a pause; without letters that slipped in among kana (さいかいしtて)."""
    return _SLIP.sub("", normalise(text.strip().replace("\n", "、")))


def _reread(text: str) -> str:
    """A normalised *text* as it is heard, its verbs as they are written."""
    return "".join([token.surface if token.pos == "動詞" else token.reading for token in analyse(text)])


def _nearly(sentence: Sentence) -> bool:
    """Whether little is missing for a reminder sentence: one short unknown word, and nothing of the practice's."""
    kinds = {word.kind for word in sentence.words}
    strange = [word.text for word in sentence.words if word.kind == "unknown"]
    return (
        len(strange) == 1
        and len(strange[0]) <= 6
        and not kinds & {"block", "shop", "visit", "question", "later"}
        and bool(kinds & _HINTS)
    )


def _says_no_less(heard: ReminderSentence, read: ReminderSentence) -> bool:
    """Whether nothing that *read* says is lost in *heard*."""
    same = heard.command == read.command
    return same and all(
        heard.slots[key] is not None for key in read.slots if key in heard.slots and read.slots[key] is not None
    )


_HINTS = frozenset({"clock", "noun", "routine", "stop", "rest", "minutes", "days", "date", "while"})
