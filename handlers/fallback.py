"""Say honestly that a message was not understood, or offer what it may have meant."""

from dataclasses import replace

from bot import people
from bot.conversation import Card, Choice, Reply, Turn
from bot.teaching import evidence


def reply(turn: Turn) -> Reply:
    """What the assistant can do, the menu, and a human."""
    if turn.tap is None and turn.text.strip() and "aspect" not in turn.meaning.slots:
        if evidence.has_just_failed(turn.session, turn.person, turn.now, people.CONTEXT_LIFE):
            people.ask_for_staff(turn.session, turn.person, reason="not-understood", now=turn.now)
        evidence.keep(turn.session, turn.person, event_id=turn.event_id, now=turn.now)
    return turn.say("fallback_text", *_ways(turn), outcome="fallback")


def suggest(turn: Turn) -> Reply:
    """Up to four choices and 「ちがう」; their buttons say whose choices they are, for what the person picks is evidence."""
    ids = tuple(candidate.id for candidate in turn.meaning.candidates[:4])
    number = evidence.keep(turn.session, turn.person, event_id=turn.event_id, offered=ids, now=turn.now)
    return _offer(
        turn,
        ids,
        title="suggest_title",
        text="suggest_text",
        other=_numbered(turn.button("button_not_this", "none"), number),
        number=number,
    )


def others(turn: Turn) -> Reply:
    """What else there is near the last topic: 「他には？」."""
    topic = turn.topic if turn.topic in turn.library.entries else None
    ids = turn.library.siblings(topic) if topic is not None else tuple(c.id for c in turn.meaning.candidates)[:4]
    if not ids:
        return reply(turn)
    return _offer(
        turn, ids, title="others_title", text=None, other=turn.button("button_menu", "open command/menu"), keeps=topic
    )


def none_of_these(turn: Turn) -> Reply:
    """The person says 「ちがう」 to what was offered."""
    number = turn.tap.number if turn.tap is not None else None
    if turn.tap is None or number is not None:
        evidence.pick(turn.session, turn.person, None, number=number, now=turn.now)
    return turn.say("declined_text", *_ways(turn), outcome="fallback")


def _offer(
    turn: Turn,
    ids: tuple[str, ...],
    *,
    title: str,
    text: str | None,
    other: Choice,
    keeps: str | None = None,
    number: int | None = None,
) -> Reply:
    card = Card(
        title=turn.words(title),
        paragraphs=(turn.words(text),) if text else (),
        buttons=tuple(_numbered(turn.open(id), number) for id in ids),
    )
    return Reply(
        bubbles=(card,), quick=(other,), about=keeps, outcome="suggest", offered=ids, keeps_topic=keeps is not None
    )


def _numbered(choice: Choice, number: int | None) -> Choice:
    return choice if number is None else replace(choice, data=f"{choice.data} {number}")


def _ways(turn: Turn) -> tuple[Choice, ...]:
    return (
        turn.button("button_menu", "open command/menu"),
        turn.button("button_articles", "open command/articles"),
        turn.button("button_self_check", "open command/self-check"),
        turn.button("button_staff", "open command/talk-to-staff"),
    )
