"""A pause, a resume and a stop, at any moment of the sending."""

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.delivery import outbox
from bot.delivery.rules import Rules
from bot.models import OutboxMessage
from tests.fakes import NOON, FakeMessenger, Sent


def outcomes(practice: Any) -> list[tuple[str | None, str | None]]:
    return [(row.outcome, row.reason) for row in practice.rows()]


def test_what_is_under_way_when_it_is_paused_arrives_and_nothing_else_does(practice: Any) -> None:
    practice.meet(1200)
    id = practice.announce()

    def pause(sent: Sent) -> None:
        practice.messenger.on_ask = None
        practice.move(id, "pause")

    practice.messenger.on_ask = pause
    practice.send()
    practice.pass_time(hours=1)

    assert [len(sent.to) for sent in practice.messenger.sent] == [500]
    assert practice.state(id) == "paused"
    assert (len(practice.told(id).accepted), len(practice.told(id).waiting)) == (500, 700)


def test_after_a_pause_longer_than_its_grace_the_rest_goes_to_each_once(practice: Any) -> None:
    people = practice.meet(1200)
    id = practice.announce()
    practice.sender.send_one()
    practice.move(id, "pause")
    practice.pass_time(hours=5)
    practice.move(id, "resume")
    practice.pass_time(minutes=2)

    assert practice.got() == dict.fromkeys(people, 1)
    assert practice.state(id) == "sent"


def test_a_try_that_failed_while_it_was_paused_is_made_again_only_after_the_resume(practice: Any) -> None:
    people = practice.meet(3)
    id = practice.announce()
    practice.messenger.on_ask = lambda _: practice.state(id) == "sending" and practice.move(id, "pause")
    practice.messenger.breaks()
    practice.sender.send_one()
    practice.messenger.on_ask = None
    practice.pass_time(hours=1)

    assert len(practice.messenger.asked) == 1

    practice.move(id, "resume")
    practice.pass_time(minutes=2)

    assert practice.got() == dict.fromkeys(people, 1)
    assert len({sent.retry_key for sent in practice.messenger.asked}) == 1


def test_the_halves_of_a_batch_that_line_refused_meanwhile_stay_held(practice: Any) -> None:
    practice.meet(4)
    id = practice.announce()
    practice.messenger.on_ask = lambda _: practice.state(id) == "sending" and practice.move(id, "pause")
    practice.messenger.refuses()
    practice.pass_time(hours=1)

    assert [row.is_held for row in practice.rows()] == [True, True, True]
    assert practice.messenger.sent == []

    practice.messenger.on_ask = None
    practice.move(id, "resume")
    practice.pass_time(minutes=2)

    assert set(practice.got().values()) == {1}


def test_a_stop_drops_what_has_not_gone_for_good(practice: Any) -> None:
    practice.meet(1200)
    id = practice.announce()
    practice.sender.send_one()
    practice.move(id, "stop")
    practice.pass_time(hours=1)

    assert practice.state(id) == "stopped"
    assert outcomes(practice) == [("accepted", None), ("dropped", "called-off"), ("dropped", "called-off")]
    told = practice.told(id)
    assert (len(told.accepted), len(told.left_out["called-off"])) == (500, 700)


def test_a_paused_one_may_be_stopped(practice: Any) -> None:
    practice.meet(3)
    id = practice.announce()
    practice.move(id, "pause")
    practice.move(id, "stop")
    practice.pass_time(hours=1)

    assert (practice.messenger.asked, outcomes(practice)) == ([], [("dropped", "called-off")])


def test_what_comes_back_from_the_way_after_a_stop_is_dropped(practice: Any) -> None:
    practice.meet(3)
    id = practice.announce()
    practice.messenger.on_ask = lambda _: practice.state(id) == "sending" and practice.move(id, "stop")
    practice.messenger.is_hurried()
    practice.sender.send_one()
    practice.pass_time(hours=1)

    assert len(practice.messenger.asked) == 1
    assert outcomes(practice) == [("dropped", "called-off")]


def test_of_what_line_may_have_taken_when_it_was_stopped_nobody_says_that_it_did_not_arrive(practice: Any) -> None:
    practice.meet(3)
    id = practice.announce()
    practice.messenger.on_ask = lambda _: practice.state(id) == "sending" and practice.move(id, "stop")
    practice.messenger.loses_the_answer()
    practice.sender.send_one()
    practice.pass_time(hours=1)

    assert outcomes(practice) == [("unknown", "called-off")]
    assert len(practice.told(id).unknown) == 3


def test_what_line_took_while_it_was_stopped_counts_as_taken(practice: Any) -> None:
    practice.meet(3)
    id = practice.announce()
    practice.messenger.on_ask = lambda _: practice.state(id) == "sending" and practice.move(id, "stop")
    practice.sender.send_one()
    practice.pass_time(minutes=10)

    assert len(practice.told(id).accepted) == 3
    assert practice.state(id) == "stopped"


def test_who_lives_in_the_night_and_waits_for_the_morning_is_held_and_stopped_as_well(practice: Any) -> None:
    practice.meet(2)
    practice.meet(2, timezone="America/New_York")
    id = practice.announce()
    practice.send()
    practice.move(id, "pause")
    practice.pass_time(hours=24)

    assert len(practice.told(id).accepted) == 2

    practice.move(id, "stop")
    practice.pass_time(hours=24)

    assert len(practice.told(id).left_out["called-off"]) == 2


def test_what_waits_for_the_persons_next_message_does_not_go_with_it_while_it_is_held(practice: Any) -> None:
    practice.terms = type(practice.terms)(rules=Rules(monthly_limit=3))
    practice.__post_init__()
    practice.meet(3)
    id = practice.draft()
    practice.schedule(id, NOON)
    practice.tick()
    with practice.sessions.begin() as session:
        session.execute(sa.update(OutboxMessage).values(waits_for_reply=True, expires_at=NOON + timedelta(days=7)))
    practice.move(id, "pause")
    practice.clock.advance(days=1)
    practice.move(id, "resume")

    [row] = practice.rows()
    assert not row.is_held
    assert row.expires_at == row.next_try_at == NOON + timedelta(days=8)


def test_paused_and_resumed_while_four_threads_send_each_gets_it_once_at_most(
    practice: Any, messenger: FakeMessenger
) -> None:
    people = practice.meet(20)
    id = practice.announce()
    with practice.sessions.begin() as session:  # Many small batches.
        [row] = session.scalars(sa.select(OutboxMessage))
        session.delete(row)
        session.flush()
        for name in people:
            outbox.add_multicast(
                session,
                to=[name],
                payload=[{"type": "text", "text": "x"}],
                purpose="announcement",
                reference=f"broadcast {id}",
                now=NOON,
            )
    moves = iter(["pause", "resume", "pause", "resume", "pause"])

    def send() -> None:
        while practice.sender.send_one():
            pass

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for move in moves:
        practice.move(id, move)
    for thread in threads:
        thread.join()
    until_now = Counter(name for sent in messenger.sent for name in sent.to)
    practice.send()

    assert practice.got() == until_now, "nothing goes while it is paused"
    practice.move(id, "resume")
    practice.send()
    assert practice.got() == dict.fromkeys(people, 1)
