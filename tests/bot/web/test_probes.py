"""What machines ask: does the process live, can the house serve, and its figures."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from pydantic import SecretStr

from bot import db
from bot.app import Knowledge, build
from bot.logs import JsonFormatter, TextFormatter
from bot.models import Decision, InboxEvent, OutboxMessage, Person
from bot.settings import DEFAULT_CONTENT, Settings
from bot.talk import House
from bot.watching import pulse
from bot.web import create
from tests.bot.cli.conftest import made  # noqa: F401 - the database as it is after its migrations
from tests.fakes import NOON, FakeClock, FakeMessenger

TOKEN = "0123456789abcdef"
AUTHORISED = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def client(
    database_url: str,
    made: db.Sessions,  # noqa: F811
    clock: FakeClock,
    knowledge: Knowledge,
    messenger: FakeMessenger,
) -> Iterator[FlaskClient]:
    settings = Settings.model_construct(
        database_url=database_url, content_dir=DEFAULT_CONTENT, metrics_token=SecretStr(TOKEN)
    )
    app = build(settings, clock, messenger, knowledge)
    pages = create(
        channel_secret="x" * 32,
        sessions=app.sessions,
        clock=clock,
        pictures=Path(),
        wake=lambda: None,
        console=app.console(settings, lambda: None),
    )
    with made.begin() as session:
        pulse.note(session, NOON)
    with pages.test_client() as client:
        yield client
    db.engine_of(app.sessions).dispose()


def readiness(client: FlaskClient) -> tuple[int, Any]:
    answer = client.get("/readyz")
    return answer.status_code, answer.get_json()


def test_the_house_is_ready_while_a_worker_ticks(client: FlaskClient, clock: FakeClock, made: db.Sessions) -> None:  # noqa: F811
    assert readiness(client) == (200, {"status": "ready"})

    clock.advance(minutes=5)
    assert readiness(client) == (
        503,
        {"status": "not ready", "missing": {"worker": "none has looked for due work for 300 s"}},
    )
    assert client.get("/healthz").status_code == 200

    with made.begin() as session:
        pulse.note(session, clock())
    assert readiness(client)[0] == 200


def test_a_database_of_an_older_version_or_none_is_named(client: FlaskClient, made: db.Sessions) -> None:  # noqa: F811
    with made.begin() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    assert readiness(client)[1]["missing"] == {"schema": "not the newest; run: python -m bot migrate"}

    with made.begin() as session:
        session.execute(sa.text("DROP TABLE pace_buckets"))
    status, said = readiness(client)
    assert (status, list(said["missing"])) == (503, ["database"])
    assert client.get("/healthz").status_code == 200


def test_metrics_are_for_whoever_has_the_token(client: FlaskClient, clock: FakeClock, made: db.Sessions) -> None:  # noqa: F811
    def event(name: str, **more: Any) -> InboxEvent:
        at = NOON - timedelta(seconds=30)
        row = {"kind": "message", "chat": "U1", "user_id": "U1", "raw": "{}", "received_at": at, "occurred_at": at}
        return InboxEvent(webhook_event_id=name, next_try_at=at, **row, **more)

    with made.begin() as session:
        session.add_all(
            [
                event("e1", done_at=NOON, outcome="answered", meaning="answer"),
                event("e2"),
                event("e3", dead_at=NOON),
                OutboxMessage(
                    kind="reply", purpose="answer", payload=[], created_at=NOON, next_try_at=NOON, outcome="accepted",
                    settled_at=NOON, expires_at=NOON + timedelta(seconds=20), reference="e1",
                ),
                OutboxMessage(
                    kind="push", purpose="reminder", payload=[], created_at=NOON, next_try_at=NOON, outcome="accepted",
                    settled_at=NOON, due_at=NOON - timedelta(seconds=4), recipients=["U1"],
                ),
                OutboxMessage(kind="push", purpose="announcement", payload=[], created_at=NOON, next_try_at=NOON),
                Person(line_user_id="U1", created_at=NOON, last_seen_at=NOON),
            ]
        )  # fmt: skip
        session.flush()
        person = session.scalars(sa.select(Person.id)).one()
        session.add(
            Decision(person_id=person, purpose="reminder", due_at=NOON, decided_at=NOON, verb="drop", reason="paused")
        )

    client.post("/line/webhook", data=b"{}", headers={"x-line-signature": "no"})
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer no"}).status_code == 401
    said = client.get("/metrics", headers=AUTHORISED).get_data(as_text=True)

    for line in (
        "senaka_inbox_open 1.0",
        "senaka_inbox_oldest_seconds 30.0",
        "senaka_inbox_dead 1.0",
        'senaka_events_last_hour{meaning="answer",outcome="answered"} 1.0',
        'senaka_outbox_open{kind="push",purpose="announcement",state="due"} 1.0',
        'senaka_gate_last_hour{purpose="reminder",reason="paused",verb="drop"} 1.0',
        'senaka_reply_seconds{quantile="1.0"} 30.0',
        'senaka_reminder_late_seconds{quantile="0.5"} 4.0',
        "senaka_quota_used 1.0",
        "senaka_tick_age_seconds 0.0",
    ):
        assert line in said
    assert 'senaka_webhook_seconds_count{process="' in said

    # The same for some seconds, however often they are asked for.
    clock.advance(seconds=5)
    assert "senaka_tick_age_seconds 0.0" in client.get("/metrics", headers=AUTHORISED).get_data(as_text=True)
    clock.advance(seconds=5)
    assert "senaka_tick_age_seconds 10.0" in client.get("/metrics", headers=AUTHORISED).get_data(as_text=True)


def test_a_json_log_joins_webhook_reply_and_request_and_holds_nothing_that_was_said(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    secret_words = "腰がつらいタナカです"
    caplog.set_level(logging.INFO)
    visitor = house.person()

    visitor.say(secret_words)

    lines = [json.loads(JsonFormatter().format(record)) for record in caplog.records]
    sent = [line for line in lines if line.get("outcome") == "accepted"]
    assert sent
    assert sent[-1]["request"]
    assert sent[-1]["event"] in {event["webhookEventId"] for event in house.platform.events}
    everything = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    assert not any(word in everything for word in ("腰", "つらい", "タナカ"))


def test_an_exception_is_logged_by_its_type_and_place_alone() -> None:
    try:
        raise ValueError("腰がつらい")
    except ValueError:
        import sys

        record = logging.LogRecord("bot", logging.ERROR, __file__, 1, "failed", None, sys.exc_info())

    line = JsonFormatter().format(record)

    assert "腰" not in line
    assert json.loads(line)["error"] == "ValueError"
    assert "test_probes.py:" in json.loads(line)["trace"][0]
    text = TextFormatter().format(record)
    assert "腰" not in text
    assert all(word in text for word in ("failed", "ValueError", "test_probes.py:"))
