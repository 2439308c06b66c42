from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.app import App
from bot.models import Person
from bot.staff import accounts
from tests.fakes import FakeClock

PASSWORD = "mikan to kuri no ki"


def test_an_invitation_leads_to_a_password_and_the_password_into_the_house(app: App, stranger: Any) -> None:
    with app.sessions.begin() as session:
        _, token = accounts.invite(session, "佐藤", role="owner", by=None, now=app.clock())

    assert "佐藤" in stranger.get(f"/invitation/{token}").text
    assert stranger.post(f"/invitation/{token}", {"password": PASSWORD}).status_code == 302
    assert stranger.get(f"/invitation/{token}").status_code == 410
    assert stranger.post("/sign-in", {"account": "佐藤", "password": PASSWORD}).status_code == 302
    assert "きょう" in stranger.get("").text


def test_a_wrong_password_keeps_the_door_shut_and_says_what_to_do(staff: Callable[..., Any], stranger: Any) -> None:
    staff("owner")

    answer = stranger.post("/sign-in", {"account": "owner", "password": "wrong horse battery"})

    assert answer.status_code == 401
    assert "もう一度" in answer.text
    assert stranger.get("").status_code == 302


def test_after_signing_in_one_is_back_where_one_wanted_to_go(staff: Callable[..., Any], stranger: Any) -> None:
    staff("owner")
    sent_away = stranger.get("/audit?before=7")

    answer = stranger.client.post(
        sent_away.location,
        data={
            "account": "owner",
            "password": PASSWORD,
            "csrf_token": token_of(stranger.client.get(sent_away.location)),
        },
    )

    assert answer.location == "/staff/audit?before=7"


@pytest.mark.parametrize(
    "target",
    [
        *("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"),
        *("//[", "https://[", "/staff\\evil.example", "/staff.evil.example", "/staff\t/", "/staffevil"),
    ],
)
def test_nobody_is_led_away_by_a_link_to_the_sign_in(staff: Callable[..., Any], stranger: Any, target: str) -> None:
    staff("owner")

    page = stranger.get("/sign-in", query_string={"next": target})
    answer = stranger.client.post(
        "/staff/sign-in",
        query_string={"next": target},
        data={"account": "owner", "password": PASSWORD, "csrf_token": token_of(page)},
    )

    assert answer.location == "/staff"


def test_a_form_without_its_token_changes_nothing(staff: Callable[..., Any]) -> None:
    owner = staff("owner")

    answer = owner.client.post("/staff/accounts", data={"account": "mallory", "role": "owner"})

    assert answer.status_code == 400
    assert "mallory" not in owner.get("/accounts").text


def test_signing_out_elsewhere_ends_the_session_there(staff: Callable[..., Any]) -> None:
    here, there = staff("owner"), staff("owner")
    listed = here.get("/my-account").text
    other = listed.split("/my-account/sessions/")[1].split("/end")[0]

    assert here.post(f"/my-account/sessions/{other}/end").status_code == 302
    assert there.get("").status_code == 302
    assert here.get("").status_code == 200


def test_an_account_that_was_removed_is_out_at_once(staff: Callable[..., Any], app: App) -> None:
    owner, editor = staff("owner"), staff("editor")
    with app.sessions() as session:
        account = accounts.find(session, "editor")
    assert account is not None

    owner.post(f"/accounts/{account.id}/remove")

    assert editor.get("").status_code == 302


def test_the_last_owner_cannot_be_removed(staff: Callable[..., Any], app: App) -> None:
    owner = staff("owner")
    with app.sessions() as session:
        account = accounts.find(session, "owner")
    assert account is not None

    answer = owner.post(f"/accounts/{account.id}/remove", follow_redirects=True)

    assert "オーナーが1人もいなくなる" in answer.text


def test_whoever_was_away_for_a_working_day_signs_in_again(staff: Callable[..., Any], clock: FakeClock) -> None:
    owner = staff("owner")
    clock.now += timedelta(hours=13)

    assert owner.get("").status_code == 302


def test_a_page_left_open_does_not_keep_its_session_alive_by_asking_for_news(
    app: App, staff: Callable[..., Any], clock: FakeClock
) -> None:
    with app.sessions.begin() as session:
        now = clock()
        session.add(Person(line_user_id="U1", created_at=now, last_seen_at=now, offered=[], step_data={}))
    owner = staff("owner")

    for _ in range(13):
        clock.now += timedelta(hours=1)
        asked = owner.get("/talks/1/thread").status_code

    assert asked == 302
    assert owner.get("").status_code == 302


def test_whoever_is_invited_anew_has_the_rights_of_somebody_new(app: App, clock: FakeClock) -> None:
    with app.sessions.begin() as session:
        accounts.invite(session, "owner", role="owner", by=None, now=clock())
        account, _ = accounts.invite(session, "suzuki", role="editor", by=None, now=clock())
        accounts.change(session, account, role="editor", may_send=True, by=None, now=clock())
        accounts.invite(session, "suzuki", role="editor", by=None, now=clock())
        assert account.may_send  # The password was lost, nothing else.

        accounts.remove(session, account, by=None, now=clock())
        accounts.invite(session, "suzuki", role="editor", by=None, now=clock())

        assert not account.may_send


def token_of(page: Any) -> str:
    return str(page.text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0])
