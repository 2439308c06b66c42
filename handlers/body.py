"""Keep exercises from people whose body forbids them, and know what they tell of it while they talk.

Understands: nothing by itself; it is asked before and after every answer
"""

from collections.abc import Iterable
from dataclasses import replace

from bot import body, people
from bot.conversation import Bubble, Card, Choice, MaybeHandler, Reply, Tap, Text, Turn
from bot.understanding.body import reader
from handlers import announcements, body_notes, safety

SEE_DOCTOR = "safety/see-doctor"
KINDS = frozenset({"check", "exercise", "routine"})
COMMANDS = frozenset(f"command/{slug}" for slug in ("reminder-set", "routine-now", "self-check", "snooze"))
VERBS = frozenset(
    (
        "check",
        "continue",
        "fewer",
        "go",
        "half",
        "keep",
        "later",
        "programme-yes",
        "remind",
        "remind-at",
        "resume",
        "resume-old",
        "start",
    )
    + ("since", "undo", "which")
)
"""What leads to an exercise, a routine, a check, or a reminder that rings; stopping, resting and done do not."""
CALM_STEPS = frozenset(
    {"article.section", "body.consent", "done.noted", "my-data.confirm", "my-data.shown", "pause.when", "staff.message"}
)
"""The flows that go on for somebody who must ask a doctor first."""
MOST_QUICK = 13
"""Quick replies that LINE shows."""


def instead(turn: Turn) -> Reply | None:
    """What is said in place of an exercise or routine to somebody who must ask a doctor first; None for everybody else.

    A wish to keep or forget a note is heard here as well, whatever else the sentence was taken for.
    """
    if turn.person.id is None:
        return None  # In a group nobody is known.
    _hear(turn)
    wished = body_notes.in_words(turn)
    if wished is not None:
        return wished
    return _see_doctor(turn) if _leads_to_exercise(turn) and _is_barred(turn) else None


def guarded(handler: MaybeHandler) -> MaybeHandler:
    """The step *handler*, which does not get what somebody says who must ask a doctor first: it is read by itself."""

    def go_on(turn: Turn) -> Reply | None:
        _hear(turn)
        return None if _is_barred(turn) else handler(turn)

    return go_on


def beside(turn: Turn, reply: Reply) -> Reply:
    """*reply* without ways to an exercise for whom it must be; and the offer to keep what the person has just told."""
    if people.is_forgotten(turn.session, turn.person):
        return reply
    if turn.tap == Tap("not-safety") or ((turn.topic or "").startswith("safety/") and turn.means("not-safety")):
        body.unhear(turn.person)
    else:
        _hear(turn)
    if reply.outcome in ("fallback", "suggest"):
        wished = body_notes.in_words(turn)
        reply = _in_place_of(reply, wished) if wished is not None else _heard(turn, reply)
    if _is_barred(turn):
        reply = _calm(turn, reply)
    if reply.outcome == "safety" and reply.about != SEE_DOCTOR:
        return reply
    offers = body_notes.offers(turn, _told_now(turn))
    return replace(reply, quick=(*reply.quick[: MOST_QUICK - len(offers)], *offers)) if offers else reply


def _heard(turn: Turn, reply: Reply) -> Reply:
    """What is said when a message was not understood for certain, but tells something of the body."""
    notes = _told_now(turn)
    if body.is_barred(turn.library, notes):
        return _see_doctor(turn)
    if not notes or reply.outcome == "suggest":
        return reply
    book = turn.library.language.body_notes
    labels = turn.words("days_between").join(words.label for words in book.notes if words.note in notes)
    return replace(reply, bubbles=(Text(turn.words("body_heard", labels=labels)),))


def _in_place_of(reply: Reply, said: Reply) -> Reply:
    """*said* instead of *reply*, in the flow that this one left open."""
    ways_back = (choice for choice in reply.quick if choice.data == "continue")
    return replace(said, step=reply.step or said.step, keeps_step=reply.keeps_step, quick=(*ways_back, *said.quick))


def _hear(turn: Turn) -> None:
    body.hear(turn.person, _told_now(turn), turn.now)


def _told_now(turn: Turn) -> frozenset[str]:
    return reader(turn.library).told(turn.text) if turn.tap is None and turn.text else frozenset()


def _is_barred(turn: Turn) -> bool:
    return body.is_barred(turn.library, body.notes(turn.session, turn.person, turn.now))


def _leads_to_exercise(turn: Turn) -> bool:
    if turn.tap is not None and turn.tap.verb in VERBS:
        return True
    return _is_exercise(turn.meaning.id) and not announcements.are_wanted_again(turn)


def _is_exercise(id: str | None) -> bool:
    return id is not None and (id in COMMANDS or id.partition("/")[0] in KINDS)


def _see_doctor(turn: Turn) -> Reply:
    """Whom to ask first, why we say so, and how the note is taken back when it is wrong or no longer so."""
    answer = safety.card(turn.about(SEE_DOCTOR, outcome="safety"))
    notes = body.notes(turn.session, turn.person, turn.now)
    barring = [note for note in turn.library.language.body_notes.notes if note.bars and note.note in notes]
    labels = turn.words("days_between").join(note.label for note in barring)
    kept = {note.note for note in body.kept(turn.session, turn.person)}
    drops = tuple(body_notes.drop_button(turn, note.note) for note in barring if note.note in kept)
    return replace(
        answer,
        bubbles=(Text(turn.words("body_barred", labels=labels)), *answer.bubbles),
        quick=(*(drops or answer.quick), turn.button("button_my_data", "open command/my-data")),
        # It names a note, and no push does.
        is_worth_a_push=False,
    )


def _calm(turn: Turn, reply: Reply) -> Reply:
    step = reply.step if reply.step is not None and reply.step.name in CALM_STEPS else None
    keeps_step = reply.keeps_step and turn.step is not None and turn.step.name in CALM_STEPS
    return replace(
        reply,
        bubbles=tuple(_without_ways(bubble) for bubble in reply.bubbles),
        quick=_allowed(reply.quick),
        offered=tuple(id for id in reply.offered if not _is_exercise(id)),
        step=step,
        keeps_step=keeps_step,
    )


def _without_ways(bubble: Bubble) -> Bubble:
    return replace(bubble, buttons=_allowed(bubble.buttons)) if isinstance(bubble, Card) else bubble


def _allowed(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    return tuple(choice for choice in choices if not _is_way(Tap.read(choice.data, {})))


def _is_way(tap: Tap) -> bool:
    return tap.verb in VERBS or (tap.verb == "open" and _is_exercise(next(iter(tap.args), None)))
