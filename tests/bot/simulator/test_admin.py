"""The strings behind a simulated LINE: people act, answers go wrong, the book is read."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.simulator import admin
from bot.simulator.platform import Platform
from tests.bot.simulator.conftest import TOKEN

WHO = "U" + "a" * 32
Ask = Callable[..., Any]


@pytest.fixture
def client(app: Flask, platform: Platform) -> FlaskClient:
    app.register_blueprint(admin.build_blueprint(platform))
    return app.test_client()


@pytest.fixture
def push(client: FlaskClient) -> Callable[[], int]:
    def send() -> int:
        body = {"to": WHO, "messages": [{"type": "text", "text": "hello"}]}
        headers = {"Authorization": f"Bearer {TOKEN}", "X-Line-Retry-Key": "0" * 8 + "-0000-0000-0000-" + "0" * 12}
        return client.post("/v2/bot/message/push", json=body, headers=headers).status_code

    return send


def test_people_act_and_the_events_are_told(client: FlaskClient) -> None:
    acts = [{"user": WHO, "act": "enter", "name": "Aya"}, {"user": WHO, "act": "say", "text": "hello"}]

    events = client.post("/admin/acts", json=acts).json

    assert [event["type"] for event in events] == ["follow", "message"]
    assert client.get("/admin/events").json == events


def test_what_goes_wrong_is_told_and_what_was_taken_stands_in_the_book(
    client: FlaskClient, push: Callable[[], int]
) -> None:
    client.post("/admin/acts", json=[{"user": WHO, "act": "enter", "name": "Aya"}])
    faults = [{"outcome": 500}, {"outcome": 500, "taken": True}]

    assert client.post("/admin/faults", json={"push": faults}).json == {"push": 2}
    assert [push(), push(), push()] == [500, 500, 409]

    [send] = client.get("/admin/book").json
    assert (send["endpoint"], send["recipients"], send["retry_key"][:8]) == ("push", [WHO], "0" * 8)
    assert [one["status"] for one in client.get("/admin/traffic").json] == [500, 500, 409]


def test_faults_end_and_a_month_may_be_over(client: FlaskClient, push: Callable[[], int]) -> None:
    client.post("/admin/acts", json=[{"user": WHO, "act": "enter", "name": "Aya"}])
    client.post("/admin/faults", json={"push": [{"outcome": 500}]})
    client.delete("/admin/faults")
    client.put("/admin/settings", json={"monthly_limit": 0})

    assert push() == 429
    client.put("/admin/settings", json={"monthly_limit": None})
    assert push() == 200


@pytest.mark.parametrize(
    ("method", "path", "given"),
    [
        ("POST", "acts", {"user": WHO}),
        ("POST", "acts", [{"user": WHO, "act": "fly"}]),
        ("POST", "faults", {"push": [{"outcome": "boredom"}]}),
        ("PUT", "settings", {"weather": "fine"}),
    ],
)
def test_what_nobody_can_do_is_refused(client: FlaskClient, method: str, path: str, given: object) -> None:
    assert client.open(f"/admin/{path}", method=method, json=given).status_code == 400
