"""The assistant: one event in, one reply out, with everything a conversation needs kept in between."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from bot import people, reminders
from bot.conversation import Choice, Handler, Incoming, MaybeHandler, Reply, Step, Tap, Turn
from bot.models import Person
from bot.talks import takeover
from bot.teaching import evidence
from bot.teaching.knowledge import Mind
from bot.understanding.meaning import Context, Meaning, outcome_of

QUESTION_LIFE = timedelta(hours=24)
"""How long a question that we pushed may be answered in words, if nothing else is said: it is read when it suits."""


class Handlers(Protocol):
    """The table of contents in ``handlers/``."""

    BY_KIND: Mapping[str, Handler]
    BY_COMMAND: Mapping[str, Handler]
    BY_STEP: Mapping[str, MaybeHandler]
    BY_TAP: Mapping[str, MaybeHandler]
    AS_SAID: Mapping[str, Callable[[Turn], str | None]]
    BY_EVENT: Mapping[str, Handler]
    LASTING_STEPS: Mapping[str, str]
    MOVES: frozenset[str]
    IS_PLAIN: Mapping[str, Callable[[Turn], bool]]
    IN_GROUP: frozenset[str]
    FALLBACK: Handler
    SUGGEST: Handler
    OTHERS: Handler
    NONE_OF_THESE: Handler
    TOGETHER: Callable[[Turn, Sequence[Reply]], Reply]
    PRIVATE: Handler
    DESK: MaybeHandler
    INSTEAD: MaybeHandler
    ASKED: str
    BESIDE: Sequence[Callable[[Turn, Reply], Reply]]


@dataclass(frozen=True)
class Assistant:
    """Answers events from the knowledge in force, through the handlers it was given.

    A turn takes the knowledge once and keeps to it, whatever is learnt in the meantime.
    """

    mind: Mind
    handlers: Handlers

    def foresee(self, session: Session, coming: Sequence[Incoming]) -> None:
        """Look up at once what answering these events, in the same transaction, will each ask for by itself."""
        named = {one.user_id for one in coming if one.user_id is not None and not one.is_group}
        reminders.look_up_rungs(session, people.look_up(session, named))

    def answer(self, session: Session, incoming: Incoming, now: datetime) -> Reply | None:
        """What to say to *incoming*, or None when nothing is to be said. Works inside the caller's transaction."""
        if incoming.is_group:
            return self._in_group(session, incoming, now)
        if incoming.user_id is None or incoming.kind in ("leave", "join", "other", "other-message"):
            return None  # Kept in the inbox; nothing that we could fittingly say.
        if incoming.kind in ("unsend", "edited"):
            # Delivery erases what was taken back, and here goes what it showed; an edit was answered when it was first said.
            if incoming.kind == "unsend" and incoming.message_id is not None:
                evidence.erase(session, incoming.message_id)
            return None
        if incoming.kind == "unfollow":
            person = people.find(session, incoming.user_id)
            # Events may come late and out of order: whoever did something since has not left.
            if person is not None and person.last_seen_at <= incoming.occurred_at:
                people.block(session, person, now)
            return None
        person, _ = people.meet(session, incoming.user_id, now, seen_at=incoming.occurred_at)
        rung = reminders.last_rung(session, person)
        context = self._context(person, rung, now)
        turn = replace(self._turn(session, person, incoming, now, context), rung=rung)
        if takeover.is_on(person, now) and incoming.kind in takeover.WORDS:
            takeover.go_on(session, person, quiet=turn.library.practice.staff.quiet, now=now)
            if turn.meaning.outcome != "safety":
                return None  # A human answers.
        words = self._said_by(turn)
        if words is not None:
            incoming = replace(incoming, kind="text", text=words, data=None)
            turn = replace(self._turn(session, person, incoming, now, context), rung=rung)
        if incoming.kind == "follow":
            is_known = incoming.is_returning or person.followed_at is not None
            turn = replace(turn, step=Step("returning") if is_known else None)
        reply = self.handlers.DESK(turn) or self._reply(turn, incoming)
        for add in self.handlers.BESIDE:
            reply = add(turn, reply)
        if not people.is_forgotten(session, person):
            _remember(person, reply, turn, now)
        return reply

    def _context(self, person: Person, rung: reminders.Rung | None, now: datetime) -> Context:
        """What elliptical words refer to: what was spoken of, or a reminder that has rung since."""
        context = people.context(person, now)
        if rung is None or now - rung.at > (QUESTION_LIFE if rung.is_question else people.CONTEXT_LIFE):
            return context
        has_talked = person.talked_at is not None and person.talked_at > rung.at
        if has_talked or (context.topic or "").startswith("safety/"):
            return context
        is_asked = rung.is_question and context.step not in self.handlers.LASTING_STEPS
        return replace(
            context, topic=rung.routine_id, offered=(), step=self.handlers.ASKED if is_asked else context.step
        )

    def _said_by(self, turn: Turn) -> str | None:
        """The words that a tapped button stands for; None: it does something of its own."""
        says = None if turn.tap is None else self.handlers.AS_SAID.get(turn.tap.verb)
        return None if says is None else says(turn)

    def _turn(
        self,
        session: Session,
        person: Person,
        incoming: Incoming,
        now: datetime,
        context: Context,
    ) -> Turn:
        text = incoming.text or ""
        tap = None
        if incoming.kind == "postback":
            tap = Tap.read(incoming.data or "", incoming.params)
        knowledge = self.mind.current
        meaning = knowledge.read(text, now, context) if incoming.kind == "text" else Meaning("fallback")
        step = Step(context.step, dict(person.step_data)) if context.step is not None else None
        return Turn(
            text=text,
            person=person,
            now=now,
            library=knowledge.library,
            session=session,
            meaning=meaning,
            tap=tap,
            step=step,
            topic=context.topic,
            offered=context.offered,
            event_id=incoming.event_id,
        )

    def _reply(self, turn: Turn, incoming: Incoming) -> Reply:
        if turn.tap is not None:
            return self._tapped(turn, turn.tap)
        if incoming.kind != "text":
            return self._aside(turn, self.handlers.BY_EVENT.get(incoming.kind, self.handlers.FALLBACK)(turn))
        if turn.meaning.outcome == "safety" and not self._is_plain_answer(turn):
            return self._as_read(turn)
        return self._in_flow(turn) or self._aside(turn, self._as_read(turn))

    def _in_flow(self, turn: Turn) -> Reply | None:
        """What the running step makes of the message, or else the flow that waits behind it; None for neither."""
        waiting = self._waiting(turn)
        for step in (turn.step, waiting if waiting is not turn.step else None):
            handler = self.handlers.BY_STEP.get(step.name) if step is not None else None
            reply = handler(replace(turn, step=step)) if handler is not None else None
            if reply is not None:
                return reply if step is waiting else self._aside(turn, reply)
        return None

    def _is_plain_answer(self, turn: Turn) -> bool:
        """Whether the message is an answer to a question we have asked that is only like a dangerous example.

        「今朝から」, asked since when, is no alarm; where a rule found one it stays one.
        """
        asked = [step for step in (turn.step, self._waiting(turn)) if step and step.name in self.handlers.IS_PLAIN]
        return turn.meaning.is_alike_only and any(
            self.handlers.IS_PLAIN[step.name](replace(turn, step=step)) for step in asked
        )

    def _as_read(self, turn: Turn) -> Reply:
        """The answer to what the text was taken to mean, which goes with it for whoever asks why."""
        return replace(self._by_meaning(turn), meaning=turn.meaning)

    def _tapped(self, turn: Turn, tap: Tap) -> Reply:
        """The answer to a button; one that means nothing any more gets the fallback."""
        if tap.verb == "open":
            id = tap.args[0] if tap.args else ""
            if id not in turn.library.entries:
                return self.handlers.FALLBACK(turn)
            named = replace(turn, meaning=Meaning(outcome_of(id), id=id, score=1.0))
            return self._aside(turn, self._by_meaning(named))
        if tap.verb == "continue" and (waiting := self._waiting(turn)) is not None:
            words = turn.library.language.words.get("continue", ("",))
            back = self.handlers.BY_STEP[waiting.name](replace(turn, step=waiting, tap=None, text=words[0]))
            return back if back is not None else self.handlers.FALLBACK(turn)
        handler = self.handlers.BY_TAP.get(tap.verb)
        reply = self.handlers.INSTEAD(turn) or (handler(turn) if handler is not None else None)
        reply = reply if reply is not None else self.handlers.FALLBACK(turn)
        return reply if tap.verb in self.handlers.MOVES else self._aside(turn, reply)

    def _by_meaning(self, turn: Turn) -> Reply:
        if not turn.meaning.also:
            return self._by_one(turn)
        asked = [one for one in (turn.meaning, *turn.meaning.also) if one.id is not None]
        return self.handlers.TOGETHER(turn, [self._by_one(replace(turn, meaning=one)) for one in asked])

    def _by_one(self, turn: Turn) -> Reply:
        meaning = turn.meaning
        aspect = meaning.slots.get("aspect")
        if aspect == "others":
            return self.handlers.OTHERS(turn)
        if aspect == "none":
            return self.handlers.NONE_OF_THESE(turn)
        if meaning.outcome == "suggest" and meaning.candidates:
            return self.handlers.SUGGEST(turn)
        if meaning.id is None or meaning.id not in turn.library.entries:
            return self.handlers.FALLBACK(turn)
        number = turn.tap.number if turn.tap is not None else None
        if number is not None or (turn.tap is None and meaning.id in turn.offered and aspect is None):
            # Whether by a button of the choices or in words: the person has said what was meant.
            evidence.pick(turn.session, turn.person, meaning.id, number=number, now=turn.now)
        handler = self.handlers.BY_COMMAND.get(meaning.id) or self.handlers.BY_KIND[meaning.id.partition("/")[0]]
        return self.handlers.INSTEAD(turn) or handler(turn)

    def _aside(self, turn: Turn, reply: Reply) -> Reply:
        """An answer given in the middle of a flow: the flow stays, behind a short one if need be; a button leads back."""
        waiting = self._waiting(turn)
        if waiting is None or reply.keeps_step or reply.outcome == "safety":
            return reply
        if people.is_forgotten(turn.session, turn.person):
            return reply
        step = waiting
        if reply.step is not None:
            if self._lasts(reply.step):
                return reply  # Another flow has begun.
            step = replace(reply.step, data={**reply.step.data, "behind": [waiting.name, dict(waiting.data)]})
        way_back = Choice(turn.words(self.handlers.LASTING_STEPS[waiting.name]), data="continue")
        return replace(reply, quick=(way_back, *reply.quick)[:13], step=step)

    def _waiting(self, turn: Turn) -> Step | None:
        """The lasting flow that is on, or that waits behind a short one."""
        if turn.step is None or self._lasts(turn.step):
            return turn.step
        behind = turn.step.data.get("behind")
        return Step(behind[0], behind[1]) if behind is not None and behind[0] in self.handlers.LASTING_STEPS else None

    def _lasts(self, step: Step) -> bool:
        """Whether the flow outlives a question in between; a routine that is only shown (-1) has not begun."""
        return step.name in self.handlers.LASTING_STEPS and step.data.get("position") != -1

    def _in_group(self, session: Session, incoming: Incoming, now: datetime) -> Reply | None:
        """In a group nothing personal is shown, set or remembered; only who calls us is answered."""
        # Never added to the session: a group leaves no trace of its people.
        nobody = Person(line_user_id=incoming.user_id or "", created_at=now, last_seen_at=now, offered=[], step_data={})
        if incoming.kind == "join":
            return self.handlers.BY_EVENT["join"](self._turn(session, nobody, incoming, now, Context()))
        if incoming.kind == "text" and not incoming.is_mentioned:
            return None
        if incoming.kind not in ("text", "postback"):
            return None
        turn = self._turn(session, nobody, incoming, now, Context())
        if turn.tap is not None:
            id = turn.tap.args[0] if turn.tap.verb == "open" and turn.tap.args else ""
            if turn.tap.verb == "section":
                id = "article/"  # Reading on is nothing personal.
            is_shared = id.partition("/")[0] in self.handlers.IN_GROUP
            return self._tapped(turn, turn.tap) if is_shared else self.handlers.PRIVATE(turn)
        meaning = turn.meaning
        if meaning.id is not None and meaning.id.partition("/")[0] in self.handlers.IN_GROUP:
            shown = [one for one in meaning.also if (one.id or "").partition("/")[0] in self.handlers.IN_GROUP]
            reply = self._by_meaning(replace(turn, meaning=replace(meaning, also=tuple(shown))))
            is_all = len(shown) == len(meaning.also)
            return reply if is_all else self.handlers.TOGETHER(turn, [reply, self.handlers.PRIVATE(turn)])
        if meaning.outcome in ("command", "suggest"):
            return self.handlers.PRIVATE(turn) if meaning.outcome == "command" else self.handlers.SUGGEST(turn)
        return self.handlers.FALLBACK(turn)


def _remember(person: Person, reply: Reply, turn: Turn, now: datetime) -> None:
    """What the next elliptical message of the person will refer to."""
    if not reply.keeps_topic:
        person.topic = reply.topic or reply.about or (turn.topic if reply.outcome != "safety" else None)
    person.offered = list(reply.offered)
    if not reply.keeps_step:
        person.step = reply.step.name if reply.step is not None else None
        person.step_data = dict(reply.step.data) if reply.step is not None else {}
    elif turn.step is not None:
        person.step, person.step_data = turn.step.name, dict(turn.step.data)
    person.talked_at = now
    people.write_whole(person)
