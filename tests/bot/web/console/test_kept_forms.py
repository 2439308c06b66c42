import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pyotp

from bot.app import App
from bot.staff import accounts, codes
from tests.fakes import FakeClock

PASSWORD = "mikan to kuri no ki"
NEWCOMER = {"account": "新人さん", "role": "viewer"}


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*? value="([^"]*)"', page.text)
    assert found is not None, page.text
    return unescape(found[1])


def away(staff: Callable[..., Any], clock: FakeClock, role: str = "owner") -> Any:
    """Somebody who was signed in, and has been away since for longer than a session lives."""
    desk = staff(role)
    clock.now += timedelta(hours=13)
    return desk


def test_a_form_that_was_sent_too_late_is_shown_again_after_signing_in_and_sent_with_one_button(
    staff: Callable[..., Any], clock: FakeClock
) -> None:
    owner = away(staff, clock)

    late = owner.post("/accounts", NEWCOMER)
    assert late.status_code == 401
    assert "入力された内容は残っています" in late.text
    assert 'value="owner"' in late.text
    shown = owner.post("/sign-in", {"account": "owner", "password": PASSWORD, "kept": hidden(late, "kept")})
    assert shown.status_code == 200
    assert "まだ受け付けていません" in shown.text
    assert "新人さん" in shown.text
    assert "新人さん" not in owner.get("/accounts").text
    assert '<form method="post" action="/staff/accounts"' in shown.text
    again = {name: hidden(shown, name) for name in ("csrf_token", "account", "role")}
    sent = owner.client.post("/staff/accounts", data=again)

    assert sent.status_code == 200, sent.text
    assert "新人さん" in owner.get("/accounts").text


def test_an_announcement_is_shown_in_its_writers_words_and_carried_whole(
    staff: Callable[..., Any], clock: FakeClock
) -> None:
    owner = away(staff, clock)
    typed = {"text": "年末のお休み", "kind": "text", "to": "everybody", "before": '{"alt": ""}', "do": "save"}

    late = owner.post("/announcements/new", typed)
    shown = owner.post("/sign-in", {"account": "owner", "password": PASSWORD, "kept": hidden(late, "kept")})

    told = re.findall(r'<dd class="as-typed">([^<]*)</dd>', shown.text)
    assert told == ["年末のお休み"]
    assert {name: hidden(shown, name) for name in typed} == typed


def test_a_wrong_password_in_between_loses_nothing(staff: Callable[..., Any], clock: FakeClock) -> None:
    owner = away(staff, clock)
    kept = hidden(owner.post("/accounts", NEWCOMER), "kept")

    wrong = owner.post("/sign-in", {"account": "owner", "password": "wrong horse", "kept": kept})
    shown = owner.post("/sign-in", {"account": "owner", "password": PASSWORD, "kept": hidden(wrong, "kept")})

    assert "新人さん" in shown.text


def test_the_second_step_carries_the_form_along(app: App, staff: Callable[..., Any], clock: FakeClock) -> None:
    owner = away(staff, clock)
    secret = codes.new_secret()
    with app.sessions.begin() as session:
        account = accounts.find(session, "owner")
        assert account is not None
        account.totp_secret = secret
    kept = hidden(owner.post("/accounts", NEWCOMER), "kept")

    asked = owner.post("/sign-in", {"account": "owner", "password": PASSWORD, "kept": kept})
    assert "確認コード" in asked.text
    shown = owner.post("/sign-in/code", {"code": pyotp.TOTP(secret).at(clock()), "kept": hidden(asked, "kept")})

    assert "新人さん" in shown.text


def test_somebody_else_who_signs_in_there_does_not_get_the_form(staff: Callable[..., Any], clock: FakeClock) -> None:
    staff("editor")
    owner = away(staff, clock)
    kept = hidden(owner.post("/accounts", NEWCOMER), "kept")

    answer = owner.post("/sign-in", {"account": "editor", "password": PASSWORD, "kept": kept}, follow_redirects=True)

    assert "新人さん" not in answer.text
    assert "表示しませんでした" in answer.text


def test_a_form_that_somebody_made_up_or_changed_is_not_shown(staff: Callable[..., Any], clock: FakeClock) -> None:
    owner = away(staff, clock)
    kept = hidden(owner.post("/accounts", NEWCOMER), "kept")

    answer = owner.post(
        "/sign-in", {"account": "owner", "password": PASSWORD, "kept": kept[:-2] + "xx"}, follow_redirects=True
    )

    assert "表示しませんでした" in answer.text


def test_a_form_of_yesterday_is_not_shown(staff: Callable[..., Any], clock: FakeClock) -> None:
    owner = away(staff, clock)
    kept = hidden(owner.post("/accounts", NEWCOMER), "kept")
    clock.now += timedelta(hours=12)

    answer = owner.post("/sign-in", {"account": "owner", "password": PASSWORD, "kept": kept}, follow_redirects=True)

    assert "新人さん" not in answer.text


def test_a_form_from_a_page_that_is_not_ours_is_never_kept(staff: Callable[..., Any], clock: FakeClock) -> None:
    owner = away(staff, clock)

    answer = owner.client.post("/staff/accounts", data=NEWCOMER)

    assert answer.status_code == 400
    assert "画面の期限が切れました" in answer.text


def test_passwords_files_and_very_long_texts_are_not_kept_and_that_is_said(
    staff: Callable[..., Any], clock: FakeClock
) -> None:
    owner = away(staff, clock)

    secret = owner.post("/my-account/password", {"old_password": PASSWORD, "new_password": "suika to momo no ki"})
    upload = owner.post("/accounts", {**NEWCOMER, "picture": (io.BytesIO(b"picture"), "a.png")})
    long = owner.post("/accounts", {**NEWCOMER, "text": "あ" * 70_000})

    for answer, said in (
        (secret, "パスワードなどは残しません"),
        (upload, "もう一度選んで"),
        (long, "長いため残せません"),
    ):
        assert said in answer.text
        assert 'name="kept"' not in answer.text
    assert PASSWORD not in secret.text


def test_a_form_in_another_window_still_works_after_signing_in_again(
    staff: Callable[..., Any], clock: FakeClock
) -> None:
    owner = staff("owner")
    window = hidden(owner.get("/accounts"), "csrf_token")
    clock.now += timedelta(hours=13)
    owner.post("/sign-in", {"account": "owner", "password": PASSWORD})

    answer = owner.client.post("/staff/accounts", data={**NEWCOMER, "csrf_token": window})

    assert answer.status_code == 200


def test_but_not_after_somebody_else_has_signed_in_there(staff: Callable[..., Any]) -> None:
    staff("editor")
    owner = staff("owner")
    window = hidden(owner.get("/accounts"), "csrf_token")
    owner.post("/sign-in", {"account": "editor", "password": PASSWORD})

    assert owner.client.post("/staff/accounts", data={**NEWCOMER, "csrf_token": window}).status_code == 400
