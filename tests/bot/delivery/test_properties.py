from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot import db
from bot.delivery import outbox
from bot.delivery.rules import Rules
from bot.delivery.sender import Sender
from bot.models import Base, OutboxMessage, Person
from tests.fakes import FakeClock, FakeMessenger
from tests.lengths import settings

PEOPLE = ["U1", "U2", "U3"]
KEY_LIFE = timedelta(hours=24)

mishaps = st.lists(
    st.sampled_from(
        ["goes_silent", "loses_the_answer", "breaks", "is_hurried", "refuses", "refuses_the_token_of_ours", "dies"]
    ),
    max_size=25,
)
messages = st.lists(st.sampled_from(["reply", "safety", "push", "multicast"]), min_size=1, max_size=4)


@pytest.mark.long
@settings(max_examples=50, deadline=None)
@given(messages, mishaps, st.sampled_from([None, *PEOPLE]), st.floats(0, 1))
def test_whatever_goes_wrong_nothing_arrives_twice_and_everything_ends(
    kinds: list[str], mishaps: list[str], stranger: str | None, jitter: float
) -> None:
    clock, messenger, sessions = FakeClock(), FakeMessenger(), db.connect("sqlite://")
    Base.metadata.create_all(db.engine_of(sessions))
    write(sessions, clock, kinds)
    if stranger is not None:
        messenger.does_not_know(stranger)
    sender = Sender(
        sessions,
        clock,
        messenger,
        rules=lambda: Rules(most_a_day=1000),
        jitter=lambda: jitter,
        pause=lambda _seconds: None,
    )
    script = iter(mishaps)

    def mishap(_sent: object) -> None:
        verb = next(script, None)
        if verb == "dies":
            raise KeyboardInterrupt
        if verb is not None:
            getattr(messenger, verb)()

    messenger.on_ask = mishap
    for number in range(150):
        try:
            while sender.send_one():
                pass
        except KeyboardInterrupt:
            pass
        clock.advance(seconds=1) if number < 60 else clock.advance(minutes=20)

    with sessions() as session:
        rows = session.scalars(sa.select(OutboxMessage)).all()
    db.engine_of(sessions).dispose()
    assert all(row.outcome is not None for row in rows)
    # Of a safety answer twice is better than never: as a reply in silence, then as a push.
    arrived = Counter(
        (
            "U1" if sent.kind == "reply" else name,
            sent.texts[0],
            sent.kind if kinds[int(sent.texts[0])] == "safety" else None,
        )
        for sent in messenger.sent
        for name in sent.to
    )
    assert all(count == 1 for count in arrived.values()), arrived
    assert all((row.settled_at or clock()) - (row.first_try_at or clock()) < KEY_LIFE for row in rows)


def write(sessions: db.Sessions, clock: FakeClock, kinds: list[str]) -> None:
    with sessions.begin() as session:
        for name in PEOPLE:
            session.add(Person(line_user_id=name, created_at=clock(), last_seen_at=clock(), offered=[], step_data={}))
        for number, kind in enumerate(kinds):
            payload = [{"type": "text", "text": str(number)}]
            if kind in ("reply", "safety"):
                outbox.add_replies(
                    session,
                    [
                        outbox.reply(
                            reply_token=f"token-{number}",
                            payload=payload,
                            reference=None,
                            now=clock(),
                            expires_at=clock() + timedelta(seconds=50),
                            fallback_to="U1",
                            is_worth_a_push=kind == "safety",
                        )
                    ],
                )
            elif kind == "push":
                outbox.add_push(session, to="U1", payload=payload, purpose="announcement", now=clock())
            else:
                outbox.add_multicast(session, to=PEOPLE, payload=payload, purpose="announcement", now=clock())
