from datetime import timedelta

from bot import db
from bot.teaching import trial_runs
from tests.fakes import FakeClock

DRAFT = "draft 3"


def begin(sessions: db.Sessions, clock: FakeClock) -> int | None:
    with sessions.begin() as session:
        return trial_runs.begin(session, DRAFT, clock())


def state(sessions: db.Sessions, clock: FakeClock) -> str | None:
    with sessions() as session:
        run = trial_runs.find(session, DRAFT)
        return None if run is None else trial_runs.state(run, clock())


def test_what_runs_or_is_done_is_begun_once(sessions: db.Sessions, clock: FakeClock) -> None:
    id = begin(sessions, clock)
    assert id is not None
    assert begin(sessions, clock) is None
    with sessions.begin() as session:
        trial_runs.end(session, id, {"read": 3}, clock())

    assert state(sessions, clock) == "done"
    assert begin(sessions, clock) is None


def test_a_run_that_says_nothing_any_more_has_died_and_one_that_does_has_not(
    sessions: db.Sessions, clock: FakeClock
) -> None:
    id = begin(sessions, clock)
    assert id is not None
    for _ in range(3):
        clock.advance(seconds=(trial_runs.SILENCE / 2).total_seconds())
        with sessions.begin() as session:
            trial_runs.live(session, id, clock())
    assert state(sessions, clock) == "running"

    clock.advance(seconds=trial_runs.SILENCE.total_seconds())

    assert state(sessions, clock) == "failed"
    assert begin(sessions, clock) is not None
    assert state(sessions, clock) == "running"


def test_what_failed_is_begun_anew_and_what_is_old_is_forgotten(sessions: db.Sessions, clock: FakeClock) -> None:
    id = begin(sessions, clock)
    assert id is not None
    with sessions.begin() as session:
        trial_runs.end(session, id, None, clock())
    assert state(sessions, clock) == "failed"

    id = begin(sessions, clock)
    assert id is not None
    with sessions.begin() as session:
        trial_runs.end(session, id, {"read": 3}, clock())
    clock.advance(seconds=(trial_runs.KEPT + timedelta(minutes=1)).total_seconds())

    assert begin(sessions, clock) is not None
