from datetime import timedelta

import pyotp

from bot import db
from bot.models import StaffAccount
from bot.staff import accounts, codes
from tests.fakes import FakeClock


def with_codes(sessions: db.Sessions, clock: FakeClock) -> tuple[int, pyotp.TOTP]:
    """An account that turned codes on a minute ago, and its authenticator."""
    secret = codes.new_secret()
    shown = pyotp.TOTP(secret)
    with sessions.begin() as session:
        account, _ = accounts.invite(session, "佐藤", role="editor", by=None, now=clock())
        assert codes.turn_on(session, account, secret, shown.at(clock()), clock())
    clock.now += timedelta(minutes=1)
    return account.id, shown


def take(sessions: db.Sessions, id: int, code: str, clock: FakeClock) -> bool:
    with sessions.begin() as session:
        return codes.take(session, session.get_one(StaffAccount, id), code, clock())


def test_a_code_works_once(sessions: db.Sessions, clock: FakeClock) -> None:
    id, shown = with_codes(sessions, clock)
    code = shown.at(clock())

    assert take(sessions, id, code, clock)
    assert not take(sessions, id, code, clock)


def test_after_a_newer_code_an_older_one_is_worth_nothing(sessions: db.Sessions, clock: FakeClock) -> None:
    id, shown = with_codes(sessions, clock)
    older = shown.at(clock())
    clock.now += timedelta(seconds=30)

    assert take(sessions, id, shown.at(clock()), clock)
    assert not take(sessions, id, older, clock)


def test_a_clock_that_is_half_a_minute_off_is_no_harm_but_two_minutes_are(
    sessions: db.Sessions, clock: FakeClock
) -> None:
    id, shown = with_codes(sessions, clock)

    assert not take(sessions, id, shown.at(clock() - timedelta(minutes=2)), clock)
    assert not take(sessions, id, shown.at(clock() + timedelta(minutes=2)), clock)
    assert take(sessions, id, shown.at(clock() + timedelta(seconds=30)), clock)


def test_a_code_may_be_typed_in_full_width_and_with_a_gap(sessions: db.Sessions, clock: FakeClock) -> None:
    id, shown = with_codes(sessions, clock)
    code = shown.at(clock()).translate({ord("0") + n: ord("０") + n for n in range(10)})

    assert take(sessions, id, f"{code[:3]} {code[3:]}", clock)


def test_codes_are_not_on_before_one_has_shown_that_the_secret_arrived(sessions: db.Sessions, clock: FakeClock) -> None:
    with sessions.begin() as session:
        account, _ = accounts.invite(session, "佐藤", role="editor", by=None, now=clock())

        assert not codes.turn_on(session, account, codes.new_secret(), "000000x", clock())
        assert account.totp_secret is None


def test_an_invitation_anew_takes_password_codes_and_line_away(sessions: db.Sessions, clock: FakeClock) -> None:
    id, _ = with_codes(sessions, clock)
    with sessions.begin() as session:
        session.get_one(StaffAccount, id).line_user_id = "U" + "a" * 32

        again, _ = accounts.invite(session, "佐藤", role="editor", by=None, now=clock())

        assert again.id == id
        assert (again.password_hash, again.totp_secret, again.totp_step, again.line_user_id) == (None,) * 4
