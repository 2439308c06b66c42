from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa

from bot.app import App
from bot.models import AuditEntry
from bot.staff import accounts, codes
from tests.fakes import FakeClock

PASSWORD = "mikan to kuri no ki"


def turn_on(desk: Any, clock: FakeClock) -> pyotp.TOTP:
    """Turns codes on as a person does: from the secret on the page."""
    page = desk.get("/my-account/code").text
    secret = page.split('id="secret">')[1].split("<")[0].replace(" ", "")
    sealed = page.split('name="sealed" value="')[1].split('"')[0]
    shown = pyotp.TOTP(secret)
    answer = desk.post("/my-account/code", {"sealed": sealed, "code": shown.at(clock()), "old_password": PASSWORD})
    assert answer.status_code == 302, answer.text
    clock.now += timedelta(minutes=1)
    return shown


def test_whoever_turned_codes_on_is_in_only_after_the_second_step(
    staff: Callable[..., Any], stranger: Any, clock: FakeClock
) -> None:
    shown = turn_on(staff("editor"), clock)

    first = stranger.post("/sign-in?next=/staff/my-account", {"account": "editor", "password": PASSWORD})
    assert first.location == "/staff/sign-in/code"
    assert stranger.get("").status_code == 302
    second = stranger.post("/sign-in/code", {"code": shown.at(clock())})

    assert second.location == "/staff/my-account"
    assert stranger.get("").status_code == 200


def test_the_page_has_a_picture_and_letters_of_the_same_secret(staff: Callable[..., Any]) -> None:
    page = staff("editor").get("/my-account/code")

    secret = page.text.split('id="secret">')[1].split("<")[0].replace(" ", "")
    assert "viewBox" in page.text.split("<svg")[1].split(">")[0]  # Without it a narrow screen cuts the code off.
    assert f"secret={secret}" in page.text


def test_a_code_opens_one_door_only_also_in_another_browser(
    staff: Callable[..., Any], pages: Any, stranger: Any, clock: FakeClock
) -> None:
    shown = turn_on(staff("editor"), clock)
    code = shown.at(clock())
    other = type(stranger)(pages.test_client())
    for desk in (stranger, other):
        desk.post("/sign-in", {"account": "editor", "password": PASSWORD})

    assert stranger.post("/sign-in/code", {"code": code}).status_code == 302
    assert other.post("/sign-in/code", {"code": code}).status_code == 401


def test_a_wrong_code_says_so_and_five_of_them_make_a_strange_browser_wait(
    staff: Callable[..., Any], stranger: Any, clock: FakeClock
) -> None:
    shown = turn_on(staff("editor"), clock)
    for _ in range(5):
        # The password does not start the count anew.
        stranger.post("/sign-in", {"account": "editor", "password": PASSWORD})
        answer = stranger.post("/sign-in/code", {"code": "not one"})
        assert answer.status_code == 401
        assert "確認コードが違うか" in answer.text

    answer = stranger.post("/sign-in/code", {"code": shown.at(clock())})
    assert answer.status_code == 429
    assert "15分" in answer.text


def test_the_second_step_is_over_after_ten_minutes(staff: Callable[..., Any], stranger: Any, clock: FakeClock) -> None:
    shown = turn_on(staff("editor"), clock)
    stranger.post("/sign-in", {"account": "editor", "password": PASSWORD})
    clock.now += timedelta(minutes=11)

    assert stranger.post("/sign-in/code", {"code": shown.at(clock())}).status_code == 401
    assert stranger.get("").status_code == 302


def test_a_new_invitation_closes_a_second_step_that_is_open(
    app: App, staff: Callable[..., Any], stranger: Any, clock: FakeClock
) -> None:
    shown = turn_on(staff("editor"), clock)
    stranger.post("/sign-in", {"account": "editor", "password": PASSWORD})
    with app.sessions.begin() as session:
        accounts.invite(session, "editor", role="editor", by=None, now=clock())

    assert stranger.post("/sign-in/code", {"code": shown.at(clock())}).status_code == 401


def test_a_secret_that_was_shown_to_somebody_else_is_not_taken(staff: Callable[..., Any], clock: FakeClock) -> None:
    page = staff("editor").get("/my-account/code").text
    secret = page.split('id="secret">')[1].split("<")[0].replace(" ", "")
    sealed = page.split('name="sealed" value="')[1].split('"')[0]
    owner = staff("owner")

    code = pyotp.TOTP(secret).at(clock())
    owner.post("/my-account/code", {"sealed": sealed, "code": code, "old_password": PASSWORD})

    assert "使用中" not in owner.get("/my-account").text


def test_a_wrong_first_code_turns_nothing_on_and_keeps_the_secret_on_the_page(staff: Callable[..., Any]) -> None:
    desk = staff("editor")
    page = desk.get("/my-account/code").text
    secret = page.split('id="secret">')[1].split("<")[0]
    sealed = page.split('name="sealed" value="')[1].split('"')[0]

    answer = desk.post("/my-account/code", {"sealed": sealed, "code": "000000x", "old_password": PASSWORD})

    assert answer.status_code == 400
    assert secret in answer.text
    assert "使用中" not in desk.get("/my-account").text


@pytest.mark.parametrize("known", ["", "wrong horse battery"])
def test_whoever_sits_at_an_open_browser_cannot_turn_on_codes_of_their_own(
    staff: Callable[..., Any], stranger: Any, clock: FakeClock, known: str
) -> None:
    desk = staff("editor")
    page = desk.get("/my-account/code").text
    secret = page.split('id="secret">')[1].split("<")[0]
    sealed = page.split('name="sealed" value="')[1].split('"')[0]
    code = pyotp.TOTP(secret.replace(" ", "")).at(clock())

    answer = desk.post("/my-account/code", {"sealed": sealed, "code": code, "old_password": known})

    assert answer.status_code == 400
    assert secret in answer.text
    assert "使用中" not in desk.get("/my-account").text
    assert stranger.post("/sign-in", {"account": "editor", "password": PASSWORD}).location == "/staff"


def test_codes_are_turned_off_with_the_password_only(
    app: App, staff: Callable[..., Any], stranger: Any, clock: FakeClock
) -> None:
    desk = staff("editor")
    turn_on(desk, clock)

    desk.post("/my-account/code/off", {"old_password": "wrong horse battery"})
    assert "使用中" in desk.get("/my-account").text
    desk.post("/my-account/code/off", {"old_password": PASSWORD})

    assert "使用中" not in desk.get("/my-account").text
    assert stranger.post("/sign-in", {"account": "editor", "password": PASSWORD}).location == "/staff"
    with app.sessions() as session:
        noted = list(session.scalars(sa.select(AuditEntry.action)))
    assert {"account.code-on", "account.code-off"} <= set(noted)


def test_the_secret_is_never_in_the_log(app: App, staff: Callable[..., Any], clock: FakeClock) -> None:
    shown = turn_on(staff("editor"), clock)

    with app.sessions() as session:
        noted = "".join(f"{one.subject}{one.before}{one.after}" for one in session.scalars(sa.select(AuditEntry)))
    assert shown.secret not in noted
    assert len(codes.new_secret()) == 32
