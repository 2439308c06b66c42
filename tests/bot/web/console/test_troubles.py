from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, abort

from bot import web
from bot.app import App
from bot.settings import Settings
from tests.bot.web.console.conftest import PASSWORD, Desk


@pytest.mark.parametrize(
    ("path", "code", "said"),
    [
        ("/no-such-page", 404, "画面が見つかりません"),
        ("/accounts/1/remove", 405, "メニューからもう一度選んでください"),
        ("/audit", 403, "オーナーに役割の変更を頼んで"),
    ],
)
def test_what_went_wrong_is_said_in_the_look_of_the_console_with_a_way_on(
    staff: Callable[..., Any], path: str, code: int, said: str
) -> None:
    page = staff("editor").get(path)

    assert page.status_code == code
    assert said in page.text
    assert "ログアウト" in page.text
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_a_number_that_no_row_can_have_leads_to_no_page_and_to_no_error(staff: Callable[..., Any], number: int) -> None:
    owner = staff("owner")

    for path in ("announcements", "talks", "people", "content/edits"):
        end = "/try" if path == "content/edits" else ""
        assert owner.get(f"/{path}/{number}{end}").status_code == 404
    for path in ("talks?tab=all&page", "people?page", "audit?before"):
        assert owner.get(f"/{path}={number}").status_code == 200
    sent = {"kind": "picture", "do": "segment", "segment": str(number), "picture_id": str(number)}
    assert owner.post("/announcements/new", sent).status_code == 200


def test_a_form_that_is_too_large_is_told_so(staff: Callable[..., Any]) -> None:
    answer = staff("owner").post("/accounts", {"account": "x" * 13_000_000, "role": "viewer"})

    assert answer.status_code == 413
    assert "12MB" in answer.text


def test_a_database_that_is_gone_gets_a_page_and_not_a_row_of_errors(
    app: App, pages: Flask, staff: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = staff("owner")

    def gone(*_: object) -> None:
        raise sa.exc.OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr("bot.staff.sign_in.find", gone)
    page = owner.get("")

    assert page.status_code == 500
    assert "うまくいきませんでした" in page.text


def test_line_and_others_get_no_page_of_the_console(pages: Flask) -> None:
    assert "きょう" not in pages.test_client().get("/nowhere").text


def through_proxies(app: App, tmp_path: Path, number: int) -> tuple[str, str]:
    """Which address, and which way of speaking, a visitor behind two proxies seems to have."""
    settings = Settings(_env_file=None, trusted_proxies=number)  # type: ignore[call-arg]
    made = web.create(
        channel_secret="x" * 32,
        sessions=app.sessions,
        clock=app.clock,
        pictures=tmp_path,
        wake=lambda: None,
        console=app.console(settings, wake=lambda: None),
    )

    @made.get("/seen")
    def seen() -> str:
        from flask import request

        return f"{request.remote_addr} {request.scheme}" if request else abort(404)

    headers = {"X-Forwarded-For": "6.6.6.6, 192.0.2.1, 10.0.0.9", "X-Forwarded-Proto": "https, https"}
    found = made.test_client().get("/seen", headers=headers).text.split()
    return found[0], found[1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_visitors_address_is_taken_from_as_many_proxies_as_are_ours(app: App, tmp_path: Path) -> None:
    assert through_proxies(app, tmp_path, 0) == ("127.0.0.1", "http")
    assert through_proxies(app, tmp_path, 1) == ("10.0.0.9", "https")
    assert through_proxies(app, tmp_path, 2) == ("192.0.2.1", "https")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_proxy_that_takes_the_port_away_is_told_of_in_the_log(pages: Flask, caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(pages.test_client())
    from_port = {"base_url": "https://localhost", "headers": {"Referer": "https://localhost:8443/staff/sign-in"}}
    refused = desk.post("/sign-in", {"account": "sato", "password": PASSWORD}, **from_port)

    assert refused.status_code == 400
    [said] = [one for one in caplog.messages if "form" in one]
    assert "no page of https://localhost;" in said
    assert "the proxy must hand on Host as it came, with its port" in said
