from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot import db
from bot.models import AuditEntry, SignInFailure, StaffAccount
from bot.staff import accounts, attempts
from bot.staff.attempts import Attempt, TooManyError
from tests.fakes import FakeClock

HOME, CAFE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def sato(sessions: db.Sessions, clock: FakeClock) -> StaffAccount:
    with sessions.begin() as session:
        return accounts.invite(session, "佐藤", role="editor", by=None, now=clock())[0]


def fail(sessions: db.Sessions, attempt: Attempt, clock: FakeClock, times: int = 1) -> None:
    for _ in range(times):
        with sessions.begin() as session:
            attempts.begin(session, attempt, clock())
        with sessions.begin() as session:
            attempts.fail(session, attempt, clock())


def wait(sessions: db.Sessions, attempt: Attempt, clock: FakeClock) -> timedelta | None:
    """How long it must wait; None: not at all."""
    try:
        with sessions.begin() as session:
            id = attempts.begin(session, attempt, clock())
            attempts.succeed(session, attempt, id, is_whole=False)
    except TooManyError as error:
        return error.until - clock()
    return None


def test_five_failures_from_a_browser_nobody_knows_make_it_wait_a_quarter_of_an_hour(
    sessions: db.Sessions, clock: FakeClock, sato: StaffAccount
) -> None:
    stranger = Attempt("佐藤", sato, CAFE)
    fail(sessions, stranger, clock, 5)

    assert wait(sessions, stranger, clock) == timedelta(minutes=15)
    clock.advance(minutes=15)
    assert wait(sessions, stranger, clock) is None


def test_waiting_does_not_get_longer_by_trying(sessions: db.Sessions, clock: FakeClock, sato: StaffAccount) -> None:
    stranger = Attempt("佐藤", sato, CAFE)
    fail(sessions, stranger, clock, 5)
    clock.advance(minutes=10)

    assert wait(sessions, stranger, clock) == timedelta(minutes=5)
    assert wait(sessions, stranger, clock) == timedelta(minutes=5)


def test_an_attack_on_a_name_from_everywhere_never_stops_its_owners_browser(
    sessions: db.Sessions, clock: FakeClock, sato: StaffAccount
) -> None:
    for number in range(10):
        fail(sessions, Attempt("佐藤", sato, f"203.0.113.{number}"), clock, 2)

    assert wait(sessions, Attempt("佐藤", sato, CAFE), clock) == timedelta(minutes=15)
    assert wait(sessions, Attempt("佐藤", sato, CAFE, device="known"), clock) is None


def test_not_even_an_attack_from_the_same_address_stops_a_known_browser(
    sessions: db.Sessions, clock: FakeClock, sato: StaffAccount
) -> None:
    for name in ("a", "b", "c", "d"):
        fail(sessions, Attempt(name, None, HOME), clock, 5)

    assert wait(sessions, Attempt("佐藤", sato, HOME), clock) == timedelta(minutes=15)
    assert wait(sessions, Attempt("佐藤", sato, HOME, device="known"), clock) is None


def test_a_known_browser_has_a_limit_of_its_own_that_others_do_not_feel(
    sessions: db.Sessions, clock: FakeClock, sato: StaffAccount
) -> None:
    fail(sessions, Attempt("佐藤", sato, HOME, device="stolen"), clock, 10)

    assert wait(sessions, Attempt("佐藤", sato, HOME, device="stolen"), clock) == timedelta(minutes=15)
    assert wait(sessions, Attempt("佐藤", sato, HOME, device="other"), clock) is None
    assert wait(sessions, Attempt("佐藤", sato, HOME), clock) is None


def test_somebody_else_at_the_same_address_does_not_wait(
    sessions: db.Sessions, clock: FakeClock, sato: StaffAccount
) -> None:
    fail(sessions, Attempt("佐藤", sato, HOME), clock, 5)

    assert wait(sessions, Attempt("田中", None, HOME), clock) is None


def test_who_is_in_at_last_starts_afresh(sessions: db.Sessions, clock: FakeClock, sato: StaffAccount) -> None:
    mine, theirs = Attempt("佐藤", sato, HOME), Attempt("佐藤", sato, CAFE)
    fail(sessions, mine, clock, 4)
    fail(sessions, theirs, clock, 3)
    with sessions.begin() as session:
        attempts.succeed(session, mine, attempts.begin(session, mine, clock()))

    with sessions() as session:
        assert list(session.scalars(sa.select(SignInFailure.address))) == [CAFE] * 3


def test_attempts_at_the_same_moment_are_counted_before_their_passwords_are_looked_at(
    sessions: db.Sessions, clock: FakeClock, sato: StaffAccount
) -> None:
    stranger = Attempt("佐藤", sato, CAFE)
    for _ in range(5):
        with sessions.begin() as session:
            attempts.begin(session, stranger, clock())

    assert wait(sessions, stranger, clock) is not None


def test_a_name_that_nobody_has_is_kept_as_a_digest_because_it_may_be_a_password(
    sessions: db.Sessions, clock: FakeClock
) -> None:
    fail(sessions, Attempt("mikan to kuri", None, CAFE), clock, 5)

    with sessions() as session:
        kept = [
            *session.scalars(sa.select(SignInFailure.name)),
            *map(str, session.scalars(sa.select(AuditEntry.after))),
        ]
        noted = list(session.scalars(sa.select(AuditEntry.action)))
    assert not any("mikan" in one for one in kept)
    assert noted == ["account.lock-out"]


def test_failures_and_the_lock_out_are_in_the_log_with_the_address(
    sessions: db.Sessions, clock: FakeClock, sato: StaffAccount
) -> None:
    fail(sessions, Attempt("佐藤", sato, CAFE), clock, 5)

    with sessions() as session:
        noted = session.scalars(sa.select(AuditEntry).where(AuditEntry.action != "account.invite")).all()
    assert [one.action for one in noted] == ["account.sign-in-fail"] * 5 + ["account.lock-out"]
    assert {one.after["address"] for one in noted} == {CAFE}


def test_what_failed_yesterday_is_forgotten(sessions: db.Sessions, clock: FakeClock, sato: StaffAccount) -> None:
    fail(sessions, Attempt("佐藤", sato, CAFE), clock, 5)
    clock.advance(days=1)
    wait(sessions, Attempt("佐藤", sato, CAFE), clock)

    with sessions() as session:
        assert session.scalars(sa.select(SignInFailure)).all() == []


def test_a_visitor_of_ipv6_is_one_visitor_whichever_of_their_addresses_they_use(
    sessions: db.Sessions, clock: FakeClock, sato: StaffAccount
) -> None:
    for number in range(5):
        fail(sessions, Attempt("佐藤", sato, f"2001:db8:1:2::{number}"), clock)

    assert wait(sessions, Attempt("佐藤", sato, "2001:db8:1:2:ffff::9"), clock) is not None
    assert wait(sessions, Attempt("佐藤", sato, "2001:db8:1:3::1"), clock) is None


def test_ipv4_addresses_are_told_apart_also_by_a_server_that_writes_them_as_ipv6() -> None:
    assert attempts.network("::ffff:192.0.2.1") == attempts.network("192.0.2.1") == "192.0.2.1"
    assert attempts.network("::ffff:192.0.2.1") != attempts.network("::ffff:198.51.100.7")
