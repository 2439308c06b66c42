import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot import db
from bot.delivery import claims, outbox, settling, verdict
from bot.delivery.pace import PaceInMemory
from bot.delivery.rules import Rules
from bot.delivery.sender import Sender
from bot.models import OutboxMessage, Person, Reminder
from tests.fakes import FakeClock, FakeMessenger, Sent

HELLO = [{"type": "text", "text": "こんにちは"}]
GENEROUS = Rules(most_a_day=1000, most_a_week=1000)


@pytest.fixture
def sender(sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger) -> Sender:
    return Sender(
        sessions,
        clock,
        messenger,
        rules=lambda: GENEROUS,
        jitter=lambda: 0.5,
        pause=lambda seconds: clock.advance(seconds=seconds),
    )


@pytest.fixture
def meet(sessions: db.Sessions, clock: FakeClock) -> Callable[..., None]:
    def meet(*names: str, **state: Any) -> None:
        with sessions.begin() as session:
            for name in names:
                person = Person(line_user_id=name, created_at=clock(), last_seen_at=clock(), offered=[], step_data={})
                for column, value in state.items():
                    setattr(person, column, value)
                session.add(person)

    return meet


def add_reply(
    sessions: db.Sessions,
    now: datetime,
    *,
    token: str | None = "token",  # noqa: S107
    is_worth: bool = False,
    to: str | None = "U1",
    loading: int | None = None,
) -> None:
    with sessions.begin() as session:
        outbox.add_replies(
            session,
            [
                outbox.reply(
                    reply_token=token,
                    payload=HELLO,
                    reference="event",
                    now=now,
                    expires_at=now + timedelta(seconds=50),
                    fallback_to=to,
                    is_worth_a_push=is_worth,
                    loading_seconds=loading,
                )
            ],
        )


def add_push(sessions: db.Sessions, now: datetime, **more: Any) -> bool:
    with sessions.begin() as session:
        return outbox.add_push(session, **{"to": "U1", "payload": HELLO, "purpose": "announcement", "now": now, **more})


def add_multicast(sessions: db.Sessions, now: datetime, people: list[str], **more: Any) -> int:
    with sessions.begin() as session:
        return outbox.add_multicast(session, to=people, payload=HELLO, purpose="announcement", now=now, **more)


def rows(sessions: db.Sessions) -> list[OutboxMessage]:
    with sessions() as session:
        return list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))


def ends(sessions: db.Sessions) -> list[tuple[str | None, str | None]]:
    return [(row.outcome, row.reason) for row in rows(sessions)]


def send_all(sender: Sender) -> None:
    while sender.send_one():
        pass


def test_a_reply_is_sent_once(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender
) -> None:
    add_reply(sessions, clock())

    assert sender.send_one()
    assert not sender.send_one()
    clock.advance(hours=1)
    assert not sender.send_one()

    assert messenger.sent == [Sent("reply", ("token",), tuple(HELLO))]
    (row,) = rows(sessions)
    assert (row.outcome, row.attempts, row.settled_at) == ("accepted", 1, clock() - timedelta(hours=1))
    assert row.request_id is not None
    assert row.request_id.startswith("request-")


def test_no_transaction_is_open_while_line_takes_its_time(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender
) -> None:
    add_reply(sessions, clock())
    open_meanwhile = []
    pool: Any = db.engine_of(sessions).pool
    messenger.on_ask = lambda _sent: open_meanwhile.append(pool.checkedout())

    send_all(sender)

    assert open_meanwhile == [0]


def send_for_a_minute(sender: Sender, clock: FakeClock) -> None:
    for _ in range(240):
        send_all(sender)
        clock.advance(seconds=0.25)


@pytest.mark.parametrize("what_happens", ["breaks", "goes_silent", "is_hurried", "refuses_the_token_of_ours"])
def test_a_reply_is_tried_again_while_its_token_lives(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender, what_happens: str
) -> None:
    add_reply(sessions, clock())
    getattr(messenger, what_happens)(times=3)

    send_for_a_minute(sender, clock)

    assert len(messenger.asked) == 4
    assert len(messenger.sent) == 1
    assert [row.outcome for row in rows(sessions)] == ["accepted"]


@pytest.mark.parametrize("is_worth", [True, False])
@pytest.mark.parametrize("what_else", [None, "is_hurried"])
def test_a_reply_that_line_had_taken_in_silence_arrives_once(
    sessions: db.Sessions,
    clock: FakeClock,
    messenger: FakeMessenger,
    sender: Sender,
    is_worth: bool,
    what_else: str | None,
) -> None:
    add_reply(sessions, clock(), is_worth=is_worth)
    messenger.loses_the_answer()
    if what_else is not None:
        getattr(messenger, what_else)()

    send_for_a_minute(sender, clock)

    assert len(messenger.sent) == 1
    assert ends(sessions) == [("unknown", "silence")]


def test_a_refusal_of_the_second_try_does_not_say_that_the_first_was_not_taken(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender
) -> None:
    add_reply(sessions, clock())
    messenger.loses_the_answer()
    messenger.refuses()  # In words by which nobody knows that it is the token.

    send_for_a_minute(sender, clock)

    assert ends(sessions) == [("unknown", "silence")]


@pytest.mark.parametrize("what_happens", ["breaks", "goes_silent"])
def test_a_reply_whose_fate_stays_unknown_is_pushed_if_it_is_worth_it_else_told_in_the_log(
    sessions: db.Sessions,
    clock: FakeClock,
    messenger: FakeMessenger,
    sender: Sender,
    caplog: pytest.LogCaptureFixture,
    what_happens: str,
) -> None:
    add_reply(sessions, clock(), token="safety", is_worth=True)
    add_reply(sessions, clock(), token="plain", to="U2")
    fail = getattr(messenger, what_happens)
    messenger.on_ask = lambda sent: fail() if sent.kind == "reply" else None

    send_for_a_minute(sender, clock)

    assert [sent.kind for sent in messenger.sent] == ["push"]
    assert 5 < len([sent for sent in messenger.asked if sent.to == ("plain",)]) < 15
    assert [row.outcome for row in rows(sessions)] == ["accepted", "unknown"]
    assert [record.message.split(":")[1][:8] for record in caplog.records if record.levelno == logging.ERROR] == [
        " unknown"
    ]


@pytest.mark.parametrize("was_taken", [True, False])
def test_a_reply_over_which_its_sender_died_is_tried_again_while_its_token_lives(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender, was_taken: bool
) -> None:
    add_reply(sessions, clock())
    die_over_it(sender, messenger)
    if was_taken:
        messenger.lets_token_die("token")

    clock.advance(seconds=claims.REPLY_LEASE.total_seconds())
    send_all(sender)

    assert ends(sessions) == [("unknown", "interrupted") if was_taken else ("accepted", None)]


def test_a_reply_over_which_its_sender_died_is_not_dropped_as_if_nobody_had_tried(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender
) -> None:
    add_reply(sessions, clock())
    die_over_it(sender, messenger)

    clock.advance(minutes=5)
    send_all(sender)

    assert len(messenger.asked) == 1
    assert ends(sessions) == [("unknown", "interrupted")]


def test_a_reply_that_became_a_push_is_not_settled_by_the_sender_of_the_reply(
    sessions: db.Sessions, clock: FakeClock
) -> None:
    add_reply(sessions, clock(), is_worth=True)
    with sessions.begin() as session:
        late = claims.claim(session, clock())
    assert late is not None
    with sessions.begin() as session:
        settling.settle(session, late, verdict.unheard(late, clock(), reason="token-expired"), clock())
        assert claims.claim(session, clock()) is not None

    with sessions.begin() as session:
        assert not settling.settle(session, late, verdict.Verdict("unknown", "silence"), clock())


def die_over_it(sender: Sender, messenger: FakeMessenger) -> None:
    def die(_sent: Sent) -> None:
        raise KeyboardInterrupt

    messenger.on_ask = die
    with pytest.raises(KeyboardInterrupt):
        sender.send_one()
    messenger.on_ask = None


@pytest.mark.parametrize("how", ["used", "old", "absent"])
def test_a_reply_worth_a_push_is_pushed_when_its_token_has_died(
    sessions: db.Sessions,
    clock: FakeClock,
    messenger: FakeMessenger,
    sender: Sender,
    meet: Callable[..., None],
    how: str,
) -> None:
    meet("U1")
    add_reply(sessions, clock(), token=None if how == "absent" else "token", is_worth=True)
    if how == "used":
        messenger.lets_token_die("token")
    if how == "old":
        clock.advance(seconds=50)

    send_all(sender)

    assert [(sent.kind, sent.to) for sent in messenger.sent] == [("push", ("U1",))]
    assert len(messenger.asked) == (2 if how == "used" else 1)
    assert [(row.kind, row.outcome) for row in rows(sessions)] == [("push", "accepted")]


@pytest.mark.parametrize("how", ["used", "old", "absent"])
def test_a_reply_not_worth_a_push_is_dropped_when_its_token_has_died(
    sessions: db.Sessions,
    clock: FakeClock,
    messenger: FakeMessenger,
    sender: Sender,
    caplog: pytest.LogCaptureFixture,
    how: str,
) -> None:
    add_reply(sessions, clock(), token=None if how == "absent" else "token")
    if how == "used":
        messenger.lets_token_die("token")
    if how == "old":
        clock.advance(seconds=50)

    send_all(sender)

    assert messenger.sent == []
    assert ends(sessions) == [("dropped", "token-expired")]
    assert "dropped (token-expired)" in caplog.text
    assert "こんにちは" not in caplog.text


def test_a_reply_pushed_instead_passes_the_gate(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender, meet: Callable[..., None]
) -> None:
    meet("U1", blocked_at=clock())
    add_reply(sessions, clock(), token=None, is_worth=True)

    send_all(sender)

    assert messenger.asked == []
    assert ends(sessions) == [("dropped", "blocked")]


def test_a_reply_that_line_surely_did_not_take_is_pushed_if_it_is_worth_it(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender
) -> None:
    add_reply(sessions, clock(), is_worth=True)
    messenger.refuses()

    send_all(sender)

    assert [sent.kind for sent in messenger.sent] == ["push"]


def test_a_push_is_tried_again_with_the_same_key_and_taken_once(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender, meet: Callable[..., None]
) -> None:
    meet("U1")
    add_push(sessions, clock())
    messenger.breaks()
    messenger.loses_the_answer()

    send_all(sender)
    assert len(messenger.asked) == 1
    for _ in range(3):
        clock.advance(minutes=1)
        send_all(sender)

    assert len(messenger.asked) == 3
    assert len({sent.retry_key for sent in messenger.asked}) == 1
    assert len(messenger.sent) == 1
    assert [(row.outcome, row.attempts) for row in rows(sessions)] == [("accepted-before", 3)]


def test_a_push_over_which_its_sender_died_is_tried_again_after_the_lease(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender, meet: Callable[..., None]
) -> None:
    meet("U1")
    add_push(sessions, clock())
    die_over_it(sender, messenger)

    send_all(sender)
    assert messenger.sent == []
    clock.advance(seconds=claims.LEASE.total_seconds())
    send_all(sender)

    assert len(messenger.sent) == 1


def test_a_sender_that_comes_back_after_its_lease_changes_nothing(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender, meet: Callable[..., None]
) -> None:
    meet("U1")
    add_push(sessions, clock())
    with sessions.begin() as session:
        late = claims.claim(session, clock())
    assert late is not None
    clock.advance(minutes=3)
    send_all(sender)

    with sessions.begin() as session:
        assert not settling.settle(session, late, verdict.Verdict("refused", "refused"), clock())

    assert [row.outcome for row in rows(sessions)] == ["accepted"]


def test_a_sender_that_comes_back_while_another_is_at_it_changes_nothing(
    sessions: db.Sessions, clock: FakeClock, meet: Callable[..., None]
) -> None:
    meet("U1")
    add_push(sessions, clock())
    with sessions.begin() as session:
        late = claims.claim(session, clock())
    assert late is not None
    clock.advance(minutes=3)
    with sessions.begin() as session:
        assert claims.claim(session, clock()) is not None

    with sessions.begin() as session:
        assert not settling.settle(session, late, verdict.Verdict("refused", "refused"), clock())

    assert ends(sessions) == [(None, None)]


@pytest.mark.parametrize("what_happens", ["goes_silent", "breaks", "is_hurried", "refuses_the_token_of_ours"])
def test_a_push_is_given_up_long_before_its_key_is_forgotten(
    sessions: db.Sessions,
    clock: FakeClock,
    messenger: FakeMessenger,
    sender: Sender,
    meet: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
    what_happens: str,
) -> None:
    meet("U1")
    add_push(sessions, clock())
    getattr(messenger, what_happens)(times=1000)
    start, tries = clock(), []
    messenger.on_ask = lambda _sent: tries.append(clock() - start)

    for _ in range(24 * 60):
        send_all(sender)
        clock.advance(minutes=1)

    assert [row.outcome for row in rows(sessions)] == ["given-up"]
    assert 10 < len(tries) < 60
    assert tries[-1] < timedelta(hours=7)
    assert [record.levelno for record in caplog.records if "given-up" in record.message] == [logging.ERROR]


def test_a_push_taken_up_again_days_later_is_given_up(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender, meet: Callable[..., None]
) -> None:
    meet("U1")
    add_push(sessions, clock())
    die_over_it(sender, messenger)
    asked = len(messenger.asked)

    clock.advance(days=2)
    send_all(sender)

    assert len(messenger.asked) == asked
    assert ends(sessions) == [("given-up", "too-late")]


def test_a_push_that_line_refuses_is_not_tried_again(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender, meet: Callable[..., None]
) -> None:
    meet("U1")
    add_push(sessions, clock())
    messenger.refuses()

    send_all(sender)
    clock.advance(hours=1)
    send_all(sender)

    assert len(messenger.asked) == 1
    assert ends(sessions) == [("refused", "refused")]


def test_what_line_refuses_because_the_month_is_used_up_waits_and_line_is_tried_no_more(
    sessions: db.Sessions,
    clock: FakeClock,
    messenger: FakeMessenger,
    sender: Sender,
    meet: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    meet("U1")
    add_push(sessions, clock())
    messenger.runs_out_of_quota()

    send_all(sender)
    add_push(sessions, clock())
    send_all(sender)

    assert ends(sessions) == [(None, "quota"), (None, "quota")]
    assert all(row.waits_for_reply and row.chat == "U1" for row in rows(sessions))
    assert len(messenger.asked) == 1
    assert {record.levelno for record in caplog.records} == {logging.WARNING}
    clock.advance(days=7)
    send_all(sender)
    assert ends(sessions) == [("expired", "quota"), ("expired", "quota")]


def test_what_line_may_have_taken_stays_the_same_message_when_the_month_is_used_up(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender, meet: Callable[..., None]
) -> None:
    meet("U1", "U2")
    add_multicast(sessions, clock(), ["U1", "U2"])
    messenger.goes_silent()
    messenger.is_hurried()
    messenger.runs_out_of_quota()  # Of what it is still sending LINE keeps room, also before it has answered.
    for _ in range(3):
        send_all(sender)
        clock.advance(minutes=1)

    assert len({(sent.retry_key, sent.to) for sent in messenger.asked}) == 1
    assert ends(sessions) == [(None, "silence")]
    send_all(sender)
    assert ends(sessions) == [("accepted", None)]
    assert len(messenger.sent) == 1


def test_the_same_message_is_not_written_twice(sessions: db.Sessions, clock: FakeClock) -> None:
    assert add_push(sessions, clock(), dedupe_key="reminder:1:2026-04-01")
    assert not add_push(sessions, clock(), dedupe_key="reminder:1:2026-04-01")
    assert add_push(sessions, clock(), dedupe_key=None)
    assert add_push(sessions, clock(), dedupe_key=None)
    assert add_multicast(sessions, clock(), [f"U{n}" for n in range(1001)], dedupe_key="broadcast:1") == 3
    assert add_multicast(sessions, clock(), [f"U{n}" for n in range(1001)], dedupe_key="broadcast:1") == 0

    assert len(rows(sessions)) == 6


def test_a_message_waits_for_its_time_and_answers_go_first(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender, meet: Callable[..., None]
) -> None:
    meet("U1", "U2")
    with sessions.begin() as session:
        person = session.scalars(sa.select(Person).where(Person.line_user_id == "U2")).one()
        session.add(reminder(person.id, clock()))
    add_push(sessions, clock(), not_before=clock() + timedelta(hours=1))
    add_push(sessions, clock(), to="U1")
    add_push(sessions, clock(), to="U2", purpose="reminder", routine_id="r")
    add_reply(sessions, clock())

    send_all(sender)
    assert [sent.to for sent in messenger.sent] == [("token",), ("U2",), ("U1",)]
    clock.advance(hours=1)
    send_all(sender)

    assert [sent.to for sent in messenger.sent[3:]] == [("U1",)]


def reminder(person_id: int, now: datetime, state: str = "on") -> Reminder:
    return Reminder(
        person_id=person_id, routine_id="r", time="06:30", days=[], zone="Asia/Tokyo", state=state, created_at=now
    )


def test_a_message_that_comes_too_late_is_not_sent(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender, meet: Callable[..., None]
) -> None:
    meet("U1")
    add_push(sessions, clock(), expires_at=clock() + timedelta(minutes=45))
    clock.advance(minutes=45)

    send_all(sender)

    assert messenger.asked == []
    assert ends(sessions) == [("expired", "too-late")]


def test_the_gate_takes_out_of_a_batch_those_who_may_not_get_it(
    sessions: db.Sessions,
    clock: FakeClock,
    messenger: FakeMessenger,
    sender: Sender,
    meet: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    meet("U1", "U2")
    meet("blocked", blocked_at=clock())
    meet("stopped", announcements_stopped_at=clock())
    add_multicast(sessions, clock(), ["U1", "blocked", "stopped", "U2", "stranger", "U1"])

    send_all(sender)

    assert [(sent.kind, sent.to) for sent in messenger.sent] == [("multicast", ("U1", "U2"))]
    (row,) = rows(sessions)
    assert row.left_out == {"blocked": "blocked", "stopped": "stopped"}
    assert "'unknown-person': 1" in caplog.text
    assert "'stopped': 1" in caplog.text


def test_a_retry_keeps_its_recipients_whatever_they_did_meanwhile(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender, meet: Callable[..., None]
) -> None:
    meet("U1", "U2")
    add_multicast(sessions, clock(), ["U1", "U2"])
    messenger.breaks()
    send_all(sender)
    with sessions.begin() as session:
        session.execute(sa.update(Person).values(announcements_stopped_at=clock()))

    clock.advance(minutes=1)
    send_all(sender)

    assert [sent.to for sent in messenger.sent] == [("U1", "U2")]


def test_a_batch_for_one_is_pushed(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender, meet: Callable[..., None]
) -> None:
    meet("U1")
    add_multicast(sessions, clock(), ["U1", "stranger"])

    send_all(sender)

    assert [(sent.kind, sent.to) for sent in messenger.sent] == [("push", ("U1",))]


def test_a_reminder_goes_only_to_somebody_who_has_one_on(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender, meet: Callable[..., None]
) -> None:
    meet("on", "off", "none")
    with sessions.begin() as session:
        for person in session.scalars(sa.select(Person).where(Person.line_user_id != "none")):
            session.add(reminder(person.id, clock(), "on" if person.line_user_id == "on" else "stopped"))
    for name in ("on", "off", "none"):
        add_push(sessions, clock(), to=name, purpose="reminder", routine_id="r")

    send_all(sender)

    assert [sent.to for sent in messenger.sent] == [("on",)]
    assert ends(sessions)[1:] == [("dropped", "stopped"), ("dropped", "no-consent")]


def test_one_bad_id_in_a_batch_costs_nobody_else_the_message(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender, meet: Callable[..., None]
) -> None:
    people = [f"U{number}" for number in range(20)]
    meet(*people)
    add_multicast(sessions, clock(), people)
    messenger.does_not_know("U13")

    send_all(sender)

    reached = [name for sent in messenger.sent for name in sent.to]
    assert sorted(reached) == sorted(set(people) - {"U13"})
    refused = [row for row in rows(sessions) if row.outcome == "refused"]
    assert [row.recipients for row in refused] == [["U13"]]
    assert len(messenger.asked) < 12


def test_a_batch_whose_messages_are_at_fault_is_not_split(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender, meet: Callable[..., None]
) -> None:
    meet("U1", "U2")
    add_multicast(sessions, clock(), ["U1", "U2"])
    messenger.refuses(reason="payload")

    send_all(sender)

    assert ends(sessions) == [("refused", "payload")]


def test_two_senders_never_send_the_same_message(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender, meet: Callable[..., None]
) -> None:
    meet("U1")
    for _ in range(30):
        add_push(sessions, clock())

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(send_all, sender) for _ in range(4)]:
            done.result()

    assert len(messenger.asked) == 30
    assert len({sent.retry_key for sent in messenger.asked}) == 30


def test_forgetting_a_person_drops_what_was_to_be_sent_and_erases_what_was(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender, meet: Callable[..., None]
) -> None:
    meet("U1", "U2")
    add_push(sessions, clock())
    send_all(sender)
    add_push(sessions, clock())
    add_multicast(sessions, clock(), ["U1", "U2"])
    add_reply(sessions, clock())

    with sessions.begin() as session:
        outbox.forget(session, "U1")

    sent, dropped, batch, answer = rows(sessions)
    assert (sent.payload, sent.recipients, sent.outcome) == ([], [], "accepted")
    assert (dropped.payload, dropped.recipients, dropped.outcome, dropped.reason) == ([], [], "dropped", "forgotten")
    assert (batch.payload, batch.recipients, batch.outcome) == (HELLO, ["U2"], None)
    assert (answer.payload, answer.recipients, answer.outcome) == (HELLO, ["U1"], None)


def test_what_is_under_way_to_somebody_forgotten_is_erased_when_it_is_over(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender, meet: Callable[..., None]
) -> None:
    meet("U1", "U2")
    add_reply(sessions, clock())
    add_push(sessions, clock())
    add_multicast(sessions, clock(), ["U1", "U2"])

    def forget(_sent: Sent) -> None:
        with sessions.begin() as session:
            outbox.forget(session, "U1")
            session.execute(sa.delete(Person).where(Person.line_user_id == "U1"))

    add_push(sessions, clock(), to="U2")
    messenger.goes_silent(3)
    send_all(sender)
    messenger.on_ask = forget
    send_for_a_minute(sender, clock)

    assert all(row.outcome == "accepted" for row in rows(sessions))
    assert [row.recipients for row in rows(sessions)] == [[], [], ["U2"], ["U2"]]
    assert [row.payload for row in rows(sessions)] == [[], [], HELLO, HELLO]
    assert rows(sessions)[0].reply_token is None


@pytest.mark.parametrize(("length", "shown"), [(1, 5), (5, 5), (31, 35), (60, 60), (90, 60)])
def test_the_loading_sign_counts_a_hold_after_the_reply(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender, length: int, shown: int
) -> None:
    messenger.on_ask = lambda _sent: messenger.loading.clear()
    add_reply(sessions, clock(), loading=length)

    send_all(sender)

    assert messenger.loading == [("U1", shown)]
    assert len(messenger.asked) == 1


def test_there_is_no_loading_sign_in_a_group_nor_after_a_reply_that_did_not_arrive_nor_unasked(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender
) -> None:
    messenger.lets_token_die("dead")
    add_reply(sessions, clock(), token="group", loading=10, to=None)
    add_reply(sessions, clock(), token="dead", loading=10)
    add_reply(sessions, clock(), token="plain")
    add_reply(sessions, clock(), token=None, loading=10, is_worth=True)

    send_all(sender)

    assert messenger.loading == []


def test_a_loading_sign_that_fails_is_told_in_the_log_and_nothing_more(
    sessions: db.Sessions,
    clock: FakeClock,
    messenger: FakeMessenger,
    sender: Sender,
    caplog: pytest.LogCaptureFixture,
) -> None:
    add_reply(sessions, clock(), loading=10)
    messenger.cannot_show_loading()

    send_all(sender)

    assert ends(sessions) == [("accepted", None)]
    assert "no loading sign (server)" in caplog.text
    assert len(messenger.asked) == 1


def test_line_is_not_hurried(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, meet: Callable[..., None]
) -> None:
    meet("U1")
    pauses: list[float] = []
    slow = Sender(
        sessions, clock, messenger, rules=lambda: GENEROUS, pace=PaceInMemory({"push": 2}, share=1), pause=pauses.append
    )
    for _ in range(4):
        add_push(sessions, clock())

    send_all(slow)

    assert pauses == [0.5, 1.0, 1.5]
