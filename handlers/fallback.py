"""Say honestly that a message was not understood, or offer what it may have meant."""

from bot.conversation import Card, Choice, Reply, Turn


def reply(turn: Turn) -> Reply:
    """What the assistant can do, the menu, and a human."""
    return turn.say("fallback_text", *_ways(turn), outcome="fallback")


def suggest(turn: Turn) -> Reply:
    """Up to four choices and 「ちがう」."""
    ids = tuple(candidate.id for candidate in turn.meaning.candidates[:4])
    return _offer(turn, ids, title="suggest_title", text="suggest_text", other=turn.button("button_not_this", "none"))


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
    return turn.say("declined_text", *_ways(turn), outcome="fallback")


def _offer(
    turn: Turn, ids: tuple[str, ...], *, title: str, text: str | None, other: Choice, keeps: str | None = None
) -> Reply:
    card = Card(
        title=turn.words(title),
        paragraphs=(turn.words(text),) if text else (),
        buttons=tuple(turn.open(id) for id in ids),
    )
    return Reply(
        bubbles=(card,), quick=(other,), about=keeps, outcome="suggest", offered=ids, keeps_topic=keeps is not None
    )


def _ways(turn: Turn) -> tuple[Choice, ...]:
    return (
        turn.button("button_menu", "open command/menu"),
        turn.button("button_articles", "open command/articles"),
        turn.button("button_self_check", "open command/self-check"),
        turn.button("button_staff", "open command/talk-to-staff"),
    )
