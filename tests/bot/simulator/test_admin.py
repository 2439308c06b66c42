"""The strings behind a simulated LINE: people act, answers go wrong, the book is read."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.simulator import admin
from bot.simulator.courier import Courier
from bot.simulator.platform import Platform
from tests.bot.simulator.conftest import TOKEN, Bot, Call

WHO = "U" + "a" * 32
GROUP = "C" + "a" * 32
ENTER = {"user": WHO, "act": "enter", "name": "Aya"}


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
    events = client.post("/admin/acts", json=[ENTER, {"user": WHO, "act": "say", "text": "hello"}]).json

    assert [event["type"] for event in events] == ["follow", "message"]
    assert client.get("/admin/events").json == events


@pytest.mark.parametrize(
    ("act", "kind", "found"),
    [
        ({"act": "say", "text": "hi", "quotedMessageId": "1"}, "message", {"text": "hi", "quotedMessageId": "1"}),
        ({"act": "sticker", "packageId": "446", "stickerId": "1988"}, "message", {"packageId": "446"}),
        ({"act": "image"}, "message", {"type": "image"}),
        ({"act": "video", "duration": 5}, "message", {"type": "video", "duration": 5}),
        ({"act": "audio"}, "message", {"type": "audio", "duration": 3000}),
        ({"act": "file", "name": "x.txt", "content": "aGk="}, "message", {"fileName": "x.txt", "fileSize": 2}),
        ({"act": "location", "latitude": 1, "longitude": 2, "title": "x", "address": "y"}, "message", {"title": "x"}),
        ({"act": "postback", "data": "a=1", "params": {"date": "2026-01-01"}}, "postback", {"data": "a=1"}),
        ({"act": "switch", "alias": "b", "data": "tab"}, "postback", {"data": "tab"}),
        ({"act": "block"}, "unfollow", None),
        ({"act": "event", "type": "beacon", "properties": {"beacon": {"hwid": "1"}}}, "beacon", {"hwid": "1"}),
    ],
    ids=lambda value: value.get("act", "") if isinstance(value, dict) else "",
)
def test_every_act_becomes_its_event(client: FlaskClient, act: dict[str, Any], kind: str, found: Any) -> None:
    client.post("/admin/acts", json=[ENTER])
    [event] = client.post("/admin/acts", json=[act | {"user": WHO}]).json

    assert event["type"] == kind
    assert event["source"] == {"type": "user", "userId": WHO}
    assert found is None or event[kind].items() >= found.items()


def test_what_was_sent_can_be_had_as_it_was(client: FlaskClient, call: Call) -> None:
    act = {"user": WHO, "act": "image", "content": "aGk=", "contentType": "image/webp"}
    [event] = client.post("/admin/acts", json=[act]).json
    got = call(f"message/{event['message']['id']}/content", method="GET")

    assert (got.content_type, got.content) == ("image/webp", b"hi")


def test_a_group_has_its_own_acts(client: FlaskClient) -> None:
    acts = [
        {"group": GROUP, "act": "invite", "members": [WHO]},
        {"group": GROUP, "act": "say", "user": WHO, "text": "@Senaka hi"},
        {"group": "R" + "a" * 32, "act": "invite", "members": []},
    ]
    joined, said, room = client.post("/admin/acts", json=acts).json
    edit = {"group": GROUP, "act": "edit", "user": WHO, "messageId": said["message"]["id"], "text": "bye"}
    edited, left = client.post("/admin/acts", json=[edit, {"group": GROUP, "act": "remove"}]).json

    assert [one["type"] for one in (joined, said, edited, left)] == ["join", "message", "messageEdited", "leave"]
    assert said["source"] == {"type": "group", "groupId": GROUP, "userId": WHO}
    assert said["message"]["mention"]["mentionees"][0]["isSelf"]
    assert room["source"] == {"type": "room", "roomId": "R" + "a" * 32}


def test_what_goes_wrong_is_told_and_what_was_taken_stands_in_the_book(
    client: FlaskClient, push: Callable[[], int]
) -> None:
    client.post("/admin/acts", json=[ENTER])
    faults = [{"outcome": 500}, {"outcome": 500, "taken": True}]

    assert client.post("/admin/faults", json={"push": faults}).json == {"push": 2}
    assert [push(), push(), push()] == [500, 500, 409]

    [send] = client.get("/admin/book").json
    assert (send["endpoint"], send["recipients"], send["retry_key"][:8]) == ("push", [WHO], "0" * 8)
    assert [one["status"] for one in client.get("/admin/traffic").json] == [500, 500, 409]
    assert client.get("/admin/book?after=1").json == []


def test_faults_end_and_a_month_may_be_over(client: FlaskClient, push: Callable[[], int]) -> None:
    client.post("/admin/acts", json=[ENTER])
    client.post("/admin/faults", json={"push": [{"outcome": 500}]})
    client.delete("/admin/faults")
    client.put("/admin/settings", json={"monthly_limit": 0})

    assert push() == 429
    client.put("/admin/settings", json={"monthly_limit": None})
    assert push() == 200


def test_who_waits_for_a_send_is_told_as_soon_as_there_is_one(
    client: FlaskClient, app: Flask, push: Callable[[], int]
) -> None:
    client.post("/admin/acts", json=[ENTER])
    heard: list[Any] = []
    waiting = threading.Thread(target=lambda: heard.append(app.test_client().get("/admin/book?wait=30").json))
    waiting.start()
    push()
    waiting.join(20)

    assert [[send["endpoint"] for send in book] for book in heard] == [["push"]]


def test_the_talk_is_told_as_the_phone_shows_it(client: FlaskClient, push: Callable[[], int]) -> None:
    client.post("/admin/acts", json=[ENTER])
    push()
    talk = client.get(f"/admin/talks/{WHO}").json

    assert (talk["name"], talk["friend"], talk["blocked"]) == ("Aya", True, False)
    assert [item["from"] for item in talk["items"]] == ["notice", "bot"]
    assert client.get(f"/admin/talks/U{'b' * 32}").status_code == 404


def test_settings_are_told_and_changed(client: FlaskClient, platform: Platform, bot: Bot, courier: Courier) -> None:
    before = client.get("/admin/settings").json
    assert (before["webhook"], before["monthly_limit"], before["standby"]) == (bot.url, 200, False)
    changes = {"verified": True, "bot_name": "Echo", "latency": 0.0, "silence": 1, "standby": True, "webhook": ""}

    assert client.put("/admin/settings", json=changes).json == before | changes | {"silence": 1.0}
    client.post("/admin/acts", json=[ENTER])
    courier.wait()
    assert bot.events == []


def test_after_a_reset_nothing_is_known_but_what_was_set_up(
    client: FlaskClient, platform: Platform, push: Callable[[], int], bot: Bot
) -> None:
    client.post("/admin/acts", json=[ENTER])
    client.put("/admin/troubles", json={"error": "on"})
    client.post("/admin/faults", json={"reply": [{"outcome": 500}]})
    epoch = client.get("/panel").json["epoch"]

    assert client.post("/admin/reset").json == {}
    assert (client.get("/admin/events").json, client.get("/admin/book").json) == ([], [])
    assert client.get(f"/admin/talks/{WHO}").status_code == 404
    assert client.get("/panel").json["epoch"] != epoch
    assert (platform.faults, platform.troubles.as_json()) == ({}, {})
    assert client.get("/admin/settings").json["webhook"] == bot.url
    client.post("/admin/acts", json=[ENTER])
    assert push() == 200


def test_the_routes_tell_about_themselves(client: FlaskClient) -> None:
    told = client.get("/admin").json

    assert {"method": "GET", "path": "/healthz", "does": "Whether the simulator answers."} in told["routes"]
    assert "POST /v2/bot/message/push" in told["endpoints"]
    assert client.get("/healthz").json == {"ok": True}


@pytest.mark.parametrize(
    ("method", "path", "given", "why"),
    [
        ("POST", "acts", {"user": WHO}, "array"),
        ("POST", "acts", [ENTER, {"user": WHO, "act": "fly"}], "[1].act: must be one of enter"),
        ("POST", "acts", ["say"], "[0].an act"),
        ("POST", "acts", [{"user": "Aya", "act": "say", "text": "x"}], "user: must be of the form"),
        ("POST", "acts", [{"user": WHO, "act": "say", "text": " "}], "text: must be"),
        ("POST", "acts", [{"user": WHO, "act": "image", "content": "?"}], "content: must be Base64"),
        ("POST", "acts", [{"user": WHO, "act": "video", "duration": "long"}], "duration"),
        ("POST", "acts", [{"group": WHO, "act": "invite", "members": []}], "group: must be of the form"),
        ("POST", "faults", {"push": [{"outcome": "boredom"}]}, "boredom"),
        ("POST", "faults", {"push": [{"outcome": 200}]}, "from 400"),
        ("POST", "faults", {"push": {"outcome": 500}}, "list"),
        ("POST", "faults", {"pull": [{"outcome": 500}]}, "pull: must be one of"),
        ("PUT", "troubles", {"weather": "on"}, "weather"),
        ("PUT", "settings", {"weather": "fine"}, "weather"),
        ("PUT", "settings", {"monthly_limit": True}, "monthly_limit"),
        ("PUT", "settings", [], "object"),
    ],
)
def test_what_nobody_can_do_is_refused_with_the_reason(
    client: FlaskClient, method: str, path: str, given: object, why: str
) -> None:
    refused = client.open(f"/admin/{path}", method=method, json=given)

    assert refused.status_code == 400
    assert why in refused.json["message"]


def test_what_is_no_json_is_refused_and_so_are_pages_of_other_sites(client: FlaskClient) -> None:
    broken = client.post("/admin/acts", data="[{]", content_type="application/json")
    assert (broken.status_code, "not JSON" in broken.json["message"]) == (400, True)
    assert client.post("/admin/acts", data="[]").status_code == 415
    assert client.post("/admin/reset", headers={"Origin": "https://evil.example"}).status_code == 403
    client.post("/admin/acts", json=[ENTER, {"user": WHO, "act": "block"}])
    assert client.post("/admin/acts", json=[{"user": WHO, "act": "say", "text": "x"}]).status_code == 409
