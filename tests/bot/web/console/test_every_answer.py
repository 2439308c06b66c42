"""Every route of the program, walked: which headers, cookies, caches and limits its answers have."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from bot import db, web
from bot.app import App
from bot.settings import Settings
from bot.simulator.app import create_app
from bot.simulator.courier import Courier
from bot.simulator.platform import Platform
from bot.staff import accounts
from bot.web.console import door
from bot.web.limits import MOST_BYTES
from tests.fakes import FakeClock

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

KEPT = {"static", "bootstrap.static", "drawing", "picture", "uploaded"}
"""What browsers may keep; all else is for nobody's cache."""
SMALL = 1024 * 1024
"""No body that is no picture's is larger."""
HERE = "https://clinic.example"


@pytest.fixture
def public(app: App, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The pages as a practice serves them: by TLS, at an address of its own."""
    settings = Settings(_env_file=None, database_url=database_url, public_url=HERE)  # type: ignore[call-arg]
    console = app.console(settings, wake=lambda: None)
    yield web.create(
        channel_secret="x" * 32,
        sessions=app.sessions,
        clock=app.clock,
        pictures=tmp_path,
        wake=lambda: None,
        library=lambda: app.library,
        console=console,
    )
    db.engine_of(console.reading).dispose()


def doors(app: Flask) -> list[tuple[str, Rule]]:
    return [
        (method, rule) for rule in app.url_map.iter_rules() for method in sorted((rule.methods or set()) - {"HEAD"})
    ]


def address(app: Flask, rule: Rule) -> str:
    values: dict[str, Any] = dict.fromkeys(rule.arguments, "1")
    with app.test_request_context():
        return str(
            app.url_map.bind("localhost").build(rule.endpoint, values | rule.defaults if rule.defaults else values)
        )


def wrong_with(answer: TestResponse, *, is_kept: bool, is_framed: bool) -> list[str]:
    """What the headers, the cookies or the page itself lack."""
    given = answer.headers
    policy = given.get("Content-Security-Policy", "")
    frames = "sandbox" in policy or f"frame-ancestors {'' if is_framed else chr(39) + 'none' + chr(39)}" in policy
    wrong = {
        "policy": "default-src 'self'" in policy or "default-src 'none'" in policy,
        "unsafe": "unsafe" not in policy,
        "frames": frames,
        "nosniff": given.get("X-Content-Type-Options") == "nosniff",
        "referrer": given.get("Referrer-Policy") in ("same-origin", "no-referrer"),
        "permissions": "camera=()" in given.get("Permissions-Policy", ""),
        "cache": is_kept or given.get("Cache-Control") == "no-store",
        "cookies": all("HttpOnly" in one and "SameSite=Lax" in one for one in given.getlist("Set-Cookie")),
        "inline": answer.mimetype != "text/html" or not inline(answer.text),
    }
    return [name for name, is_right in wrong.items() if not is_right]


def inline(page: str) -> list[str]:
    """What the policy would not let run, or not let look as it should."""
    return re.findall(
        r"""<[^>]*\s(?:style|on[a-z]+)=["'][^>]*>|<style|<script(?![^>]*(?:\ssrc=|application/json))[^>]*>""", page
    )


def session_of(browser: FlaskClient) -> dict[str, Any]:
    with browser.session_transaction() as session:
        return dict(session)


def test_every_answer_to_strangers_and_to_owners_carries_what_keeps_it_to_its_page(
    pages: Flask, public: Flask, staff: Callable[..., Any]
) -> None:
    owner, stranger = staff("owner").client, pages.test_client()
    assert wrong_with(public.test_client().get("/privacy"), is_kept=True, is_framed=False) == []

    wrong = {}
    for method, rule in doors(pages):
        if rule.endpoint == "console.line_sign_in":
            continue  # There is none without a channel of LINE Login: it says so as any other address that is not there.
        askers = [stranger, owner] if method == "GET" else [stranger]
        for asker in askers:
            answer = asker.open(address(pages, rule), method=method, follow_redirects=False)
            is_framed = rule.endpoint.rpartition(".")[2] in door.FRAMED
            if found := wrong_with(answer, is_kept=rule.endpoint in KEPT, is_framed=is_framed):
                wrong[f"{method} {rule.rule} as {'owner' if asker is owner else 'stranger'}"] = found

    assert wrong == {}


def test_an_answer_that_changes_nothing_in_the_browsers_session_leaves_its_cookie_alone(
    pages: Flask, staff: Callable[..., Any]
) -> None:
    # Of two answers on their way at once the later one's cookie stays, and takes back what the other one has said.
    owner = staff("owner").client
    owner.get("/staff/")
    asked, told = 0, []

    for method, rule in doors(pages):
        if method != "GET":
            continue
        before = session_of(owner)
        answer = owner.get(address(pages, rule))
        asked += 1
        if session_of(owner) == before and answer.headers.getlist("Set-Cookie"):
            told.append(rule.rule)

    assert told == []
    assert asked > 40


def test_errors_of_every_kind_carry_it_too(pages: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise RuntimeError

    monkeypatch.setitem(pages.view_functions, "front", broken)
    stranger = pages.test_client()
    answers = {
        404: stranger.get("/nowhere"),
        405: stranger.get("/line/webhook"),
        413: stranger.post("/line/webhook", data=b"x" * (SMALL + 1)),
        500: stranger.get("/"),
        400: stranger.get("/", headers={"Host": "evil.example"}),
    }

    assert {code: answer.status_code for code, answer in answers.items()} == {code: code for code in answers}
    assert {code: wrong_with(one, is_kept=False, is_framed=False) for code, one in answers.items()} == {
        code: [] for code in answers
    }


def test_the_simulators_pages_carry_it_as_well(database_url: str, clock: FakeClock) -> None:
    platform = Platform("5" * 32, "token", clock, bot_name="Senaka")
    app = create_app(platform, Courier(platform, "http://127.0.0.1:9/"))

    page, nowhere = app.test_client().get("/"), app.test_client().get("/nowhere")

    assert wrong_with(page, is_kept=False, is_framed=True) == []
    assert wrong_with(nowhere, is_kept=False, is_framed=True) == []


def test_only_by_tls_a_browser_is_told_to_come_by_tls_and_cookies_go_by_tls_alone(pages: Flask, public: Flask) -> None:
    plain = pages.test_client().get("/staff/sign-in")
    secure = public.test_client().get("/staff/sign-in", base_url=HERE)

    assert "Strict-Transport-Security" not in plain.headers
    assert secure.headers["Strict-Transport-Security"].startswith("max-age=")
    assert all("Secure" in cookie for cookie in secure.headers.getlist("Set-Cookie"))
    assert secure.headers.getlist("Set-Cookie")


def test_what_proxies_say_is_not_believed_unless_they_are_ours(pages: Flask) -> None:
    answer = pages.test_client().get(
        "/staff/sign-in", headers={"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil"}
    )

    assert answer.status_code == 200
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize(
    "host", ["evil.example", "clinic.example.evil.example", "", "@", "[", "clinic.example@evil.example", "evil:80:80"]
)
def test_a_strange_host_gets_no_page_and_is_told_what_to_do(public: Flask, host: str) -> None:
    answer = public.test_client().get("/staff/sign-in", headers={"Host": host, "Accept": "text/html"})

    assert answer.status_code == 400
    if host == "evil.example":
        assert "ALLOWED_HOSTS" in answer.text
        assert "お店から案内されたアドレス" in answer.text


@pytest.mark.parametrize("host", ["clinic.example", "CLINIC.example:443", "localhost:8000", "127.0.0.1", "[::1]:8000"])
def test_the_public_host_and_this_machine_are_known(public: Flask, host: str) -> None:
    assert public.test_client().get("/staff/sign-in", headers={"Host": host}).status_code == 200


def test_lines_webhook_and_the_question_after_our_health_may_come_by_any_host(public: Flask) -> None:
    stranger = public.test_client()

    assert stranger.get("/healthz", headers={"Host": "10.0.0.7"}).status_code == 200
    refused = stranger.post("/line/webhook", data=b"{}", headers={"Host": "10.0.0.7", "x-line-signature": "x"})
    assert (refused.status_code, refused.data) == (400, b"")  # For its signature: it got as far as that.


def announced(client: FlaskClient, path: str, length: int) -> int:
    """What comes of a form that says it has so many bytes."""
    said = {"CONTENT_LENGTH": str(length), "CONTENT_TYPE": "application/x-www-form-urlencoded"}
    return client.post(path, environ_overrides=said).status_code


def test_no_route_takes_more_than_it_needs(pages: Flask, staff: Callable[..., Any]) -> None:
    owner = staff("owner").client
    taking = [
        rule.endpoint
        for method, rule in doors(pages)
        if method == "POST"
        and rule.endpoint.rpartition(".")[2] not in door.UPLOADS
        and announced(owner, address(pages, rule), SMALL + 1) != 413
    ]
    uploads = [rule for method, rule in doors(pages) if rule.endpoint.rpartition(".")[2] in door.UPLOADS]

    assert taking == []
    assert pages.config["MAX_CONTENT_LENGTH"] == MOST_BYTES
    assert len(uploads) == 2 * len(door.UPLOADS)  # With OPTIONS.
    for rule in uploads:
        assert announced(owner, address(pages, rule), 13 * 1024 * 1024) == 413


def test_guesses_from_one_address_end_soon_and_cost_others_nothing(pages: Flask) -> None:
    stranger, client = pages.test_client(), pages.test_client()

    for path in ("/go/1-0-" + "0" * 32, "/staff/invitation/guess", "/staff/sign-in/line/back"):
        answers = [stranger.get(path) for _ in range(61)]
        assert answers[-1].status_code == 429
        assert answers[-1].headers["Retry-After"] == "60"
        assert "1分ほど待ってから" in answers[-1].text
        assert answers[-2].status_code != 429
        elsewhere = client.get(path, environ_base={"REMOTE_ADDR": "192.0.2.7"})
        assert elsewhere.status_code != 429
    assert stranger.get("/staff/sign-in").status_code == 200  # Another door.


def test_everybody_may_come_as_often_as_they_like_if_they_are_not_refused(pages: Flask) -> None:
    stranger = pages.test_client()

    assert {stranger.get("/staff/sign-in").status_code for _ in range(70)} == {200}
    assert {stranger.post("/line/webhook", data=b"{}").status_code for _ in range(70)} == {400}


def test_all_addresses_of_one_ipv6_connection_are_counted_together(pages: Flask) -> None:
    stranger = pages.test_client()
    asked = [
        stranger.get("/go/guess", environ_base={"REMOTE_ADDR": f"2001:db8::{number:x}"}).status_code
        for number in range(1, 62)
    ]

    assert asked[-1] == 429


def test_an_account_can_be_found_by_no_guess_of_its_invitation(app: App, pages: Flask) -> None:
    with app.sessions.begin() as session:
        _, token = accounts.invite(session, "sato", role="viewer", by=None, now=app.clock())

    assert len(token) >= 43  # 256 bits.
    assert pages.test_client().get(f"/staff/invitation/{token[:-1]}").status_code == 410


def test_strangers_bring_no_more_than_a_name_and_a_password(pages: Flask) -> None:
    stranger = pages.test_client()
    taking = [
        rule.endpoint
        for method, rule in doors(pages)
        if method == "POST"
        and rule.endpoint.startswith("console.")
        and announced(stranger, address(pages, rule), MOST_BYTES + 1) != 413
    ]

    assert taking == []
