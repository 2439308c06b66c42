from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Flask

from bot.app import App
from bot.models import AuditEntry
from bot.staff import accounts
from tests.fakes import FakeClock

PASSWORD = "mikan to kuri no ki"


def guess(desk: Any, times: int, *, address: str = "198.51.100.7", name: str = "owner") -> Any:
    for _ in range(times):
        answer = desk.post(
            "/sign-in",
            {"account": name, "password": "wrong horse battery"},
            environ_base={"REMOTE_ADDR": address},
        )
    return answer


def test_a_stranger_who_guesses_is_told_how_long_to_wait_and_whom_to_ask(
    staff: Callable[..., Any], stranger: Any
) -> None:
    staff("owner")
    guess(stranger, 5)

    answer = guess(stranger, 1)

    assert answer.status_code == 429
    assert "あと15分ほど" in answer.text
    assert "新しい招待リンク" in answer.text
    assert answer.headers["Retry-After"] == "900"


def test_while_one_waits_not_even_the_right_password_is_looked_at(
    staff: Callable[..., Any], stranger: Any, clock: FakeClock
) -> None:
    staff("owner")
    guess(stranger, 5, address="127.0.0.1")

    assert stranger.post("/sign-in", {"account": "owner", "password": PASSWORD}).status_code == 429
    clock.advance(minutes=15)
    assert stranger.post("/sign-in", {"account": "owner", "password": PASSWORD}).status_code == 302


def test_strangers_who_try_a_name_lock_out_new_browsers_but_never_its_owners_own(
    staff: Callable[..., Any], pages: Flask, stranger: Any
) -> None:
    known = staff("owner")
    known.post("/sign-out")
    for number in range(4):
        guess(type(stranger)(pages.test_client()), 5, address=f"203.0.113.{number}")

    assert stranger.post("/sign-in", {"account": "owner", "password": PASSWORD}).status_code == 429
    assert known.post("/sign-in", {"account": "owner", "password": PASSWORD}).status_code == 302


def test_the_cookie_of_one_account_makes_no_browser_known_to_another(
    staff: Callable[..., Any], pages: Flask, stranger: Any
) -> None:
    staff("owner")
    editor = staff("editor")
    cookie = next(one for one in editor.client._cookies.values() if one.key.startswith("senaka_device"))
    owner_id = int(cookie.key.rpartition("_")[2]) - 1
    for number in range(4):
        guess(type(stranger)(pages.test_client()), 5, address=f"203.0.113.{number}")
    stranger.client.set_cookie(f"senaka_device_{owner_id}", cookie.decoded_value, path="/staff")

    assert stranger.post("/sign-in", {"account": "owner", "password": PASSWORD}).status_code == 429


def test_an_invitation_opens_the_door_of_a_name_under_attack(
    app: App, staff: Callable[..., Any], pages: Flask, stranger: Any
) -> None:
    staff("owner")
    for number in range(4):
        guess(type(stranger)(pages.test_client()), 5, address=f"203.0.113.{number}")
    with app.sessions.begin() as session:
        _, token = accounts.invite(session, "owner", role="owner", by=None, now=app.clock())

    stranger.post(f"/invitation/{token}", {"password": PASSWORD})

    assert stranger.post("/sign-in", {"account": "owner", "password": PASSWORD}).status_code == 302


def test_signing_in_and_failing_to_are_in_the_log_with_the_address_and_without_the_password(
    app: App, staff: Callable[..., Any], stranger: Any
) -> None:
    staff("owner")
    guess(stranger, 5)
    guess(stranger, 1, name=PASSWORD)

    with app.sessions() as session:
        noted = session.scalars(sa.select(AuditEntry).where(AuditEntry.action.startswith("account."))).all()
    told = [(one.action, one.after.get("address")) for one in noted if "invite" not in one.action]
    assert ("account.sign-in", "127.0.0.1") in told
    assert told.count(("account.sign-in-fail", "198.51.100.7")) == 5
    assert ("account.lock-out", "198.51.100.7") in told
    assert not any(PASSWORD in str(one.after) + one.subject for one in noted)


def test_the_present_password_is_guessed_at_by_nobody_at_a_browser_left_alone(staff: Callable[..., Any]) -> None:
    desk = staff("owner")
    for _ in range(10):
        desk.post("/my-account/password", {"old_password": "guess", "new_password": "suika to momo no ki"})

    answer = desk.post(
        "/my-account/password",
        {"old_password": PASSWORD, "new_password": "suika to momo no ki"},
        follow_redirects=True,
    )
    assert "15分ほど待って" in answer.text
