"""One message to one meaning: safety first, then short answers and reminder sentences, then the matcher."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.library.library import Library
from bot.library.schema import Routine
from bot.understanding.cache import CACHE
from bot.understanding.match import Matcher
from bot.understanding.meaning import Context, Meaning
from bot.understanding.morphology import analyse, reading
from bot.understanding.normalise import normalise
from bot.understanding.questions import Connections, Part
from bot.understanding.reminder_sentences import ReminderReader, ReminderSentence
from bot.understanding.safety import ALIKE, SafetyRules

LONGEST = 5000
THANKS = "command/thanks"
DONE = "command/routine-done"
STOP = "command/reminder-stop"
MEANT_BESIDES = 0.6
"""How sure the rest beside a thank-you must be: praise speaks of the treatment, too, and asks nothing."""
MOST_ANSWERS = 3
"""So many questions of one message are answered: LINE takes five bubbles."""
CLEAR, LESS_CLEAR = 0.9, 0.75
"""How sure each of two questions must be that only stand side by side: the second may go on about the first (休みもいる？).

Less sure will do where all of it together is not clear.
"""
ORDER = "order"
"""Stands among the ids of answers for what a message says of reminders, until all of it is read."""
AFTER_A_REPORT = "。!、…〜ー~ っよねなわでぞばいけん"
"""What may follow the end of a report: marks, and particles of several regions."""
CLAUSES = re.compile(r"[。!?、\n]+")
BESIDE_A_PICTURE = "\ufe0e\ufe0f\u200d!！。〜～🏻🏼🏽🏾🏿"
"""What may stand beside or within a picture: how it is drawn, colours of skin, marks."""
REMINDER_COMMANDS = frozenset(
    f"command/{slug}" for slug in ("reminder-set", "reminder-list", "reminder-pause", "reminder-stop", "snooze")
)


@dataclass(frozen=True)
class Understanding:
    """Reads messages against one library; pure and safe from any thread."""

    safety: SafetyRules
    reminders: ReminderReader
    matcher: Matcher
    timezone: ZoneInfo
    after_safety: tuple[str, ...] = ()
    did: tuple[str, ...] = ()
    nods: str = ""
    """The signs of which pictures that nod or thank are made."""
    notices: tuple[str, ...] = ()
    """Parts of words for what reminders send, and for its coming."""
    connections: Connections = field(default_factory=Connections)

    @classmethod
    def from_library(
        cls, library: Library, cache: Path | None = CACHE, *, safety: SafetyRules | None = None
    ) -> "Understanding":
        """The understanding of everything *library* holds.

        *cache* is where what was learnt is kept; *safety* are the library's rules, when they are compiled already.
        """
        return cls(
            safety=safety or SafetyRules.of(library.language),
            reminders=ReminderReader(library.of(Routine)),
            matcher=Matcher.from_library(library, cache),
            timezone=library.timezone,
            after_safety=library.language.words.get("after-safety", ()),
            did=library.language.words.get("did", ()),
            nods="".join(library.language.words.get("nods", ())) if THANKS in library.entries else "",
            notices=tuple(
                word for key in ("reminders", "notices", "rings") for word in library.language.words.get(key, ())
            ),
            connections=Connections(
                *(library.language.words.get(key, ()) for key in ("besides", "question", "wish", "together"))
            ),
        )

    def read(self, text: str, now: datetime, context: Context | None = None) -> Meaning:
        """What *text* means at *now*, given what was spoken of before and where the person is."""
        text = text[:LONGEST]
        now = now.astimezone((context.zone if context is not None else None) or self.timezone)
        verdict = self.safety.judge(text)
        if verdict is not None:
            is_alike_only = verdict.rule == ALIKE
            id, topic = verdict.id, context.topic if context is not None else None
            if is_alike_only and id == self.safety.mildest and topic is not None and topic.startswith("safety/"):
                id = topic  # It is about what was warned of: 「寝てれば治る？」 makes no emergency milder.
            return Meaning("safety", id=id, score=1.0, is_alike_only=is_alike_only, reasons=verdict.why)
        meaning = self._alone(text, now, context)
        if context is not None and context.topic is not None and context.topic.startswith("safety/"):
            return meaning
        return self._one_by_one(text, now, meaning) or meaning

    def _one_by_one(self, text: str, now: datetime, whole: Meaning) -> Meaning | None:
        """Several questions of *text*: the first that is clear, and the others with it; None where it asks but one.

        What it says of reminders may stand beside questions, and is one wish however many parts it has. *whole* is what was made
        of all of it: where that is sure of something that no part says, the parts were torn out of their context. A question that
        is not clear is only kept where a word joins it.
        """
        is_order = whole.id in REMINDER_COMMANDS
        if not (whole.outcome in ("answer", "suggest", "fallback") or is_order) or "aspect" in whole.slots:
            return None
        parts = self.connections.parts(text, lambda wish: self.reminders.read(wish, now) is not None)
        # 来週からお願いします rounds off a reminder sentence, however it looks by itself.
        asking = {part for part in parts if part.asks or part.wants and (part.is_joined or not is_order)}
        ours = {part for part in parts if asking and self._is_of_reminders(part, now, is_order)}
        if not asking - ours or len(asking - ours) + bool(ours or is_order) < 2:
            return None
        is_apart = is_order or any(part.is_joined for part in parts)
        sure = MEANT_BESIDES if is_apart else CLEAR if whole.score >= CLEAR else LESS_CLEAR
        found: dict[str, Meaning] = {}
        orders: list[str] = []
        unclear = False
        for part in parts:
            is_asked = part in asking - ours
            meaning = self._answer(part, Context(topic=next(iter(found), None)), sure) if is_asked else None
            is_clear = meaning is not None and meaning.id is not None
            if part in ours or is_order and not part.is_joined and not (is_clear or is_asked and meaning is None):
                orders.append(part.text)
                found.setdefault(ORDER, Meaning("command"))
            elif meaning is not None and meaning.id is not None:
                found.setdefault(meaning.id, meaning)
            else:
                unclear |= meaning is not None
        if orders:
            order = self.reminders.read("。".join(orders), now)
            if order is None or is_order and order.command != whole.id:
                return None
            found[ORDER] = _said(order)
        clear = [*found.values()]
        others = clear[1:] + ([Meaning("fallback")] if unclear else [])
        if not clear or not others or unclear and not is_apart:
            return None
        if whole.id is not None and all(one.id != whole.id for one in clear):
            return None
        return replace(clear[0], also=tuple(others[: MOST_ANSWERS - 1]))

    def _answer(self, part: Part, context: Context, sure: float) -> Meaning | None:
        """What answers a *part* that asks; a meaning without an id when that is not clear, None when what is answered already says it
        or the part is but polite (よろしくお願いします).
        """
        meaning = self.matcher.read(part.text, context)
        if "aspect" in meaning.slots or meaning.id == THANKS:
            return None
        return meaning if meaning.outcome == "answer" and meaning.score >= sure else Meaning("fallback")

    def _is_of_reminders(self, part: Part, now: datetime, is_order: bool) -> bool:
        """Whether a *part* is a reminder sentence; where all of it is none (*is_order*), one that speaks of a routine, of what is
        sent or of a time that comes again.

        明日は休みます and 明日10時に変更してください beside a question may be about a booking.
        """
        sentence = self.reminders.read(part.text, now)
        if sentence is None or is_order:
            return sentence is not None
        slots = sentence.slots
        comes_again = slots["time"] is not None and bool(slots["days"])
        return comes_again or slots["routine"] is not None or any(word in part.text for word in self.notices)

    def _alone(self, text: str, now: datetime, context: Context | None) -> Meaning:
        """What *text*, which sounds like no danger, means as a whole."""
        sentence = self.reminders.read(text, now)
        if sentence is not None:
            return _said(sentence)
        if self._is_nod(text):
            return Meaning("command", id=THANKS, score=1.0, reasons=(text.strip(),))
        meaning = self._besides_courtesy(text, self.matcher.read(text, context), context)
        if context is not None and context.topic is not None and context.topic.startswith("safety/"):
            meaning = self._after_safety(meaning, text, context.topic)
        id = meaning.id or ""
        if id.startswith(("routine/", "exercise/")) and self._is_report(text):
            # An exercise may lend its name to the routine that is made of it: 肩回しできた.
            named = str(self.reminders.slots(text, now, DONE)["routine"] or id)
            if named.startswith("routine/"):
                return replace(meaning, outcome="command", id=DONE, slots={"routine": named})
        if meaning.id in REMINDER_COMMANDS:
            # What reads as a command without a sentence's form still says its time or routine.
            slots = self.reminders.slots(text, now, meaning.id)
            # お店からの配信 is the practice's, and the stop is for it, too.
            is_doubtful = meaning.score < 1 and meaning.id != STOP and "impossible" not in slots
            if is_doubtful and not self.reminders.may_be(text, meaning.id):
                return _asked_back(meaning)
            meaning = replace(meaning, slots={**slots, **meaning.slots})
        elif meaning.id == DONE:
            slots = self.reminders.slots(text, now, meaning.id)
            meaning = replace(meaning, slots={"routine": slots["routine"], **meaning.slots})
        return meaning

    def _is_nod(self, text: str) -> bool:
        """Whether *text* is nothing but pictures that nod, thank or smile: 👍🏻."""
        signs = [sign for sign in text if not sign.isspace() and sign not in BESIDE_A_PICTURE]
        return bool(signs) and all(sign in self.nods for sign in signs)

    def _is_report(self, text: str) -> bool:
        """Whether *text* ends by telling that something was done: 朝のストレッチできた is no wish to see it."""
        return bool(self.did) and reading(analyse(normalise(text))).rstrip(AFTER_A_REPORT).endswith(self.did)

    def _besides_courtesy(self, text: str, meaning: Meaning, context: Context | None) -> Meaning:
        """Thanks and greetings never hide a question: without them, the rest of the message is what was meant."""
        if meaning.id != THANKS and all(candidate.id != THANKS for candidate in meaning.candidates):
            return meaning
        clauses = [clause for clause in CLAUSES.split(normalise(text)) if clause.strip()]
        rest = [clause for clause in clauses if self.matcher.read(clause).id != THANKS]
        if not rest or len(rest) == len(clauses):
            return meaning
        besides = self.matcher.read("、".join(rest), context)
        return besides if besides.outcome in ("answer", "command") and besides.score >= MEANT_BESIDES else meaning

    def _after_safety(self, meaning: Meaning, text: str, topic: str) -> Meaning:
        """After a warning only a clear new topic or thanks are answered; anything vague gets the warning again."""
        is_clear = meaning.outcome in ("answer", "command") and "aspect" not in meaning.slots
        if is_clear and meaning.id != topic and not self._is_about_the_warning(text):
            return meaning
        return Meaning("safety", id=topic, score=1.0, reasons=meaning.reasons)

    def _is_about_the_warning(self, text: str) -> bool:
        """Whether *text* asks what to do, whether it will pass, whether one may …, or names no thing at all."""
        text = normalise(text)
        tokens = analyse(text)
        kana = reading(tokens)
        if any(word in text or word in kana for word in self.after_safety):
            return True
        return not any(token.pos2 in ("普通名詞", "固有名詞") or token.pos == "感動詞" for token in tokens)


def _said(sentence: ReminderSentence) -> Meaning:
    return Meaning("command", id=sentence.command, score=1.0, slots=sentence.slots, reasons=sentence.why)


def _asked_back(meaning: Meaning) -> Meaning:
    """A reminder command that was taken for one by its words alone, offered after what else the words may be about."""
    others = tuple(candidate for candidate in meaning.candidates if candidate.id != meaning.id)
    itself = tuple(candidate for candidate in meaning.candidates if candidate.id == meaning.id)
    return replace(meaning, outcome="suggest", id=None, candidates=(*others[:3], *itself), slots={})
