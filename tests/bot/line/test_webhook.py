import base64
import hmac
import json
import logging
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from linebot.v3.webhooks.models import Event

from bot import db
from bot.line import webhook
from bot.models import InboxEvent
from tests.fakes import FakeClock

SECRET = "the channel's secret"


class Bell:
    """Counts how often it was rung."""

    def __init__(self) -> None:
        self.rings = 0

    def __call__(self) -> None:
        self.rings += 1


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def client(sessions: db.Sessions, clock: FakeClock, bell: Bell) -> FlaskClient:
    app = Flask(__name__)
    app.wsgi_app = webhook.door(SECRET, sessions, clock, bell, app.wsgi_app)  # type: ignore[method-assign]
    return app.test_client()


def sign(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


def post(client: FlaskClient, body: bytes, signature: str | None = None, header: str = "x-line-signature") -> int:
    headers = {header: sign(body) if signature is None else signature}
    return client.post("/line/webhook", data=body, headers=headers, content_type="application/json").status_code


def events(*kinds: str) -> bytes:
    return json.dumps({"destination": "Ubot", "events": [event(kind, n) for n, kind in enumerate(kinds)]}).encode()


def event(kind: str, number: int = 0) -> dict[str, Any]:
    return {
        "type": kind,
        "mode": "active",
        "timestamp": 1_775_012_400_000,
        "source": {"type": "user", "userId": "U1"},
        "webhookEventId": f"event-{number}",
        "deliveryContext": {"isRedelivery": False},
    }


def kept(sessions: db.Sessions) -> list[InboxEvent]:
    with sessions() as session:
        return list(session.scalars(sa.select(InboxEvent).order_by(InboxEvent.id)))


def test_every_type_of_event_that_the_sdk_knows_is_kept_and_acknowledged(
    client: FlaskClient, sessions: db.Sessions, bell: Bell
) -> None:
    kinds = sorted(Event._Event__discriminator_value_class_map)
    assert len(kinds) >= 20

    assert post(client, events(*kinds)) == 200

    assert [row.kind for row in kept(sessions)] == kinds
    assert bell.rings == 1
    first = kept(sessions)[0]
    assert (first.chat, first.user_id, first.done_at, first.attempts) == ("U1", "U1", None, 0)
    assert json.loads(first.raw) == {**event(kinds[0]), "destination": "Ubot"}


def test_the_header_may_be_written_in_any_case(client: FlaskClient, sessions: db.Sessions) -> None:
    assert post(client, events("follow"), header="X-Line-Signature") == 200
    assert len(kept(sessions)) == 1


def test_who_forges_signatures_writes_a_line_of_the_log_a_minute(
    client: FlaskClient, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(100):
        post(client, events("follow"), "AAAA")
    assert caplog.text.count("its signature is wrong") == 1

    clock.advance(minutes=1)
    post(client, events("follow"), "AAAA")
    assert caplog.text.count("its signature is wrong") == 2
    assert "(99 more since the last such line)" in caplog.text

    clock.advance(hours=-5)
    post(client, events("follow"), "AAAA")
    assert caplog.text.count("its signature is wrong") == 3


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "AAAA",
        "not base64!",
        sign(events("follow"), "another secret"),
        sign(events("follow") + b" "),
        sign(events("follow"))[:-1],
    ],
)
def test_what_is_not_signed_by_line_is_refused_and_not_kept(
    client: FlaskClient, sessions: db.Sessions, bell: Bell, caplog: pytest.LogCaptureFixture, signature: str
) -> None:
    assert post(client, events("follow"), signature) == 400
    assert kept(sessions) == []
    assert bell.rings == 0
    assert "U1" not in caplog.text


@pytest.mark.parametrize("signature", [None, "", "日本語", sign(b"body") + "\n", "\x00", sign(b"other")])
def test_no_odd_signature_is_an_error_or_a_signature(signature: str | None) -> None:
    assert not webhook.is_signed(b"body", signature, SECRET.encode())
    assert webhook.is_signed(b"body", sign(b"body"), SECRET.encode())


def test_a_webhook_without_a_signature_is_refused(client: FlaskClient, sessions: db.Sessions) -> None:
    assert client.post("/line/webhook", data=events("follow")).status_code == 400
    assert kept(sessions) == []


def test_the_signature_is_checked_before_anything_is_read(client: FlaskClient) -> None:
    assert post(client, b"\xff not JSON", "AAAA") == 400


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[]", b"null", b'{"events": 5}', b'{"destination": "U"}', b"[" * 100_000, b"{"]
)
def test_what_is_signed_but_no_webhook_is_refused(client: FlaskClient, sessions: db.Sessions, body: bytes) -> None:
    assert post(client, body) == 400
    assert kept(sessions) == []


def test_lines_own_check_has_no_events(client: FlaskClient, sessions: db.Sessions, bell: Bell) -> None:
    assert post(client, b'{"destination":"U0","events":[]}') == 200
    assert kept(sessions) == []
    assert bell.rings == 0


def test_the_raw_body_is_what_is_signed(client: FlaskClient, sessions: db.Sessions) -> None:
    body = '{ "events" :[{"type":"message","message":{"type":"text","text":"\\u80a9 肩😀"}}], "new":1}'.encode()

    assert post(client, body) == 200
    assert json.loads(kept(sessions)[0].raw)["message"]["text"] == "肩 肩😀"


def test_odd_events_do_not_keep_out_their_neighbours(client: FlaskClient, sessions: db.Sessions) -> None:
    odd = [1, None, {}, {"type": None, "source": "U1"}, {"webhookEventId": "x" * 500}, {"timestamp": 10**30}]
    text = {"type": "message", "message": {"text": "\x00 \ud83d"}, "webhookEventId": "nul\x00"}
    body = json.dumps({"events": [*odd, text, event("follow")]}).encode()

    assert post(client, body) == 200

    assert [row.kind for row in kept(sessions)] == ["", "", "", "", "message", "follow"]


def test_an_event_that_comes_again_is_kept_once(client: FlaskClient, sessions: db.Sessions) -> None:
    assert post(client, events("follow")) == 200
    assert post(client, events("follow").replace(b"false", b"true")) == 200

    assert len(kept(sessions)) == 1


def test_more_than_a_megabyte_is_too_much(client: FlaskClient, sessions: db.Sessions) -> None:
    assert post(client, b" " * (webhook.MAX_BYTES + 1)) == 413
    assert post(client, events("follow").ljust(webhook.MAX_BYTES)) == 200
    assert len(kept(sessions)) == 1


def test_only_post_is_answered(client: FlaskClient) -> None:
    answer = client.get("/line/webhook")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("address", ["/line", "/line/", "/line/webhook/", "/LINE/webhook", "/line/webhooks", "/"])
def test_every_other_address_is_somebody_elses(client: FlaskClient, sessions: db.Sessions, address: str) -> None:
    body = events("follow")

    assert client.post(address, data=body, headers={"x-line-signature": sign(body)}).status_code == 404
    assert kept(sessions) == []


def test_its_answers_carry_what_every_answer_carries(client: FlaskClient) -> None:
    plain, by_tls = (client.get(f"{scheme}://bot.example/line/webhook").headers for scheme in ("http", "https"))

    assert plain["X-Content-Type-Options"] == "nosniff"
    assert plain["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Strict-Transport-Security" in by_tls
    assert "Strict-Transport-Security" not in plain


def test_an_event_is_not_acknowledged_when_it_cannot_be_kept(client: FlaskClient, sessions: db.Sessions) -> None:
    with sessions.begin() as session:
        session.execute(sa.text("ALTER TABLE inbox RENAME TO inbox_away"))

    assert post(client, events("follow")) == 500


def test_a_message_that_cannot_be_kept_is_not_quoted_in_the_log(
    client: FlaskClient, sessions: db.Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    with sessions.begin() as session:
        session.execute(sa.text("ALTER TABLE inbox RENAME TO inbox_away"))
    text = {**event("message"), "message": {"type": "text", "text": "himitsu"}, "replyToken": "token-1"}

    assert post(client, json.dumps({"events": [text]}).encode()) == 500

    assert "inbox" in caplog.text
    assert not [word for word in ("himitsu", "token-1", "U1") if word in caplog.text]


def test_the_log_holds_no_word_of_anybody(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    text = {**event("message"), "message": {"type": "text", "text": "ひみつ"}, "replyToken": "token-1"}
    body = json.dumps({"events": [text]}).encode()

    post(client, body)
    post(client, body, "AAAA")

    assert len(caplog.records) == 2
    assert not [word for word in ("ひみつ", "token-1", "U1", sign(body)) if word in caplog.text]


def test_the_log_names_the_events_by_line_s_ids(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    assert post(client, events("message", "follow")) == 200

    facts = [record.facts for record in caplog.records if hasattr(record, "facts")]
    assert facts == [{"events": ["event-0", "event-1"]}]
