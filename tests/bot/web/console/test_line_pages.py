import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import OctKey
from pydantic import SecretStr

from bot.app import App
from bot.settings import Settings
from bot.staff import accounts, codes
from tests.fakes import FakeClock

PASSWORD = "mikan to kuri no ki"
SECRET = "0123456789abcdef0123456789abcdef"
ANNA = "U" + "a" * 32


class LocalLogin:
    """LINE Login as far as we use it: hands out a code for an authorisation, and for the code a signed token."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.sub = ANNA
        self.secret = SECRET
        self.changes: dict[str, Any] = {}
        """Claims that it tells otherwise."""
        self.status = 200
        self.asked: dict[str, str] = {}
        self.tokens: list[dict[str, str]] = []
        login = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                answer = login.token({name: values[0] for name, values in body.items()}, self.path)
                data = json.dumps(answer).encode()
                self.send_response(login.status if "error" not in answer else 400)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def authorise(self, location: str) -> str:
        """The person agrees; the way back with the code."""
        assert location.startswith(f"{self.base}/oauth2/v2.1/authorize?")
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert self.asked["response_type"] == "code"
        assert self.asked["code_challenge_method"] == "S256"
        back = urlsplit(self.asked["redirect_uri"])
        return f"{back.path}?code=once&state={self.asked['state']}"

    def token(self, body: dict[str, str], path: str) -> dict[str, Any]:
        self.tokens.append(body)
        challenge = urlsafe_b64encode(sha256(body["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        is_right = (
            path == "/oauth2/v2.1/token"
            and body["grant_type"] == "authorization_code"
            and (body["client_id"], body["client_secret"]) == ("1234567890", SECRET)
            and body["redirect_uri"] == self.asked["redirect_uri"]
            and challenge == self.asked["code_challenge"]
        )
        if not is_right:
            return {"error": "invalid_grant"}
        now = int(self.clock().timestamp())
        claims = {
            "iss": "https://access.line.me",
            "sub": self.sub,
            "aud": "1234567890",
            "exp": now + 3600,
            "iat": now,
            "nonce": self.asked["nonce"],
            **self.changes,
        }
        signed = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(self.secret))
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 2592000, "id_token": signed}


@pytest.fixture
def line(clock: FakeClock) -> Iterator[LocalLogin]:
    made = LocalLogin(clock)
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def settings(database_url: str, line: LocalLogin) -> Settings:
    """Those of a practice that has a channel of LINE Login."""
    return Settings(  # type: ignore[call-arg]
        _env_file=None,
        database_url=database_url,
        line_login_channel_id="1234567890",
        line_login_channel_secret=SecretStr(SECRET),
        line_login_base=line.base,
    )


def tie(desk: Any, line: LocalLogin) -> Any:
    """A member goes to LINE from their page and comes back."""
    assert "LINEで登録する" in desk.post("/my-account/line", {"old_password": PASSWORD}).text
    back = line.authorise(desk.get("/my-account/line/go").location)
    return desk.client.get(back, follow_redirects=True)


def enter(desk: Any, line: LocalLogin, target: str | None = None) -> Any:
    """Somebody signs in by LINE."""
    going = desk.get("/sign-in/line", query_string={"next": target} if target else None)
    return desk.client.get(line.authorise(going.location))


def test_a_member_ties_their_line_and_signs_in_with_it_from_then_on(
    staff: Callable[..., Any], stranger: Any, line: LocalLogin
) -> None:
    assert "LINEを登録しました" in tie(staff("editor"), line).text

    answer = enter(stranger, line, "/staff/my-account")

    assert answer.location == "/staff/my-account"
    assert "登録済み" in stranger.get("/my-account").text


def test_the_line_of_nobody_opens_nothing(staff: Callable[..., Any], stranger: Any, line: LocalLogin) -> None:
    staff("editor")

    answer = enter(stranger, line)

    assert answer.location == "/staff/sign-in"
    assert "登録されていません" in stranger.get("/sign-in").text
    assert stranger.get("").status_code == 302


def test_codes_are_asked_for_after_line_as_well(
    app: App, staff: Callable[..., Any], stranger: Any, line: LocalLogin, clock: FakeClock
) -> None:
    tie(staff("editor"), line)
    secret = codes.new_secret()
    with app.sessions.begin() as session:
        account = accounts.find(session, "editor")
        assert account is not None
        account.totp_secret = secret

    assert enter(stranger, line).location == "/staff/sign-in/code"
    assert stranger.get("").status_code == 302
    assert stranger.post("/sign-in/code", {"code": pyotp.TOTP(secret).at(clock())}).location == "/staff"


def test_after_untying_line_opens_nothing_any_more(staff: Callable[..., Any], stranger: Any, line: LocalLogin) -> None:
    editor = staff("editor")
    tie(editor, line)
    editor.post("/my-account/line/untie")

    assert enter(stranger, line).location == "/staff/sign-in"


def test_one_line_is_tied_to_one_member(staff: Callable[..., Any], line: LocalLogin) -> None:
    tie(staff("editor"), line)

    assert "ほかのスタッフに登録されています" in tie(staff("owner"), line).text


def test_nobody_ties_a_line_without_the_password(staff: Callable[..., Any], line: LocalLogin) -> None:
    editor = staff("editor")
    editor.post("/my-account/line", {"old_password": "wrong horse battery"})

    assert editor.get("/my-account/line/go").location == "/staff/my-account"


def test_a_way_back_that_was_not_begun_in_this_browser_is_no_way_in(
    staff: Callable[..., Any], pages: Flask, stranger: Any, line: LocalLogin
) -> None:
    tie(staff("editor"), line)
    back = line.authorise(stranger.get("/sign-in/line").location)
    other = type(stranger)(pages.test_client())
    other.get("/sign-in/line")  # With a state of its own.

    assert type(stranger)(pages.test_client()).client.get(back).location == "/staff/sign-in"
    assert other.client.get(back).location == "/staff/sign-in"
    assert other.get("").status_code == 302
    assert line.tokens[1:] == []  # LINE was asked when it was tied, and never for these.


def test_a_code_is_not_taken_twice_by_the_same_browser(
    staff: Callable[..., Any], stranger: Any, line: LocalLogin
) -> None:
    tie(staff("editor"), line)
    back = line.authorise(stranger.get("/sign-in/line").location)

    assert stranger.client.get(back).location == "/staff"
    stranger.post("/sign-out")
    assert stranger.client.get(back).location == "/staff/sign-in"


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"aud": "9999999999"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"sub": ""},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_token_made_for_something_else_is_refused(
    staff: Callable[..., Any], stranger: Any, line: LocalLogin, changes: dict[str, Any]
) -> None:
    tie(staff("editor"), line)
    line.changes = changes

    assert enter(stranger, line).location == "/staff/sign-in"
    assert stranger.get("").status_code == 302


def test_a_token_that_somebody_else_has_signed_is_refused(
    staff: Callable[..., Any], stranger: Any, line: LocalLogin
) -> None:
    tie(staff("editor"), line)
    line.secret = "f" * 32

    assert enter(stranger, line).location == "/staff/sign-in"


def test_a_line_that_is_out_of_order_or_a_person_who_presses_cancel_leads_back_with_words(
    staff: Callable[..., Any], stranger: Any, line: LocalLogin
) -> None:
    staff("editor")
    line.status = 500
    enter(stranger, line)
    assert "LINEでの確認ができませんでした" in stranger.get("/sign-in").text
    stranger.get("/sign-in/line")

    answer = stranger.get("/sign-in/line/back?error=ACCESS_DENIED&state=x")

    assert answer.location == "/staff/sign-in"


def test_ten_minutes_at_line_are_too_long(
    staff: Callable[..., Any], stranger: Any, line: LocalLogin, clock: FakeClock
) -> None:
    tie(staff("editor"), line)
    back = line.authorise(stranger.get("/sign-in/line").location)
    clock.advance(minutes=11)

    assert stranger.client.get(back).location == "/staff/sign-in"
