"""The panel tells what went to and fro, with ids and counts and never a token."""

import json

from flask import Flask

from bot.simulator.courier import Courier
from bot.simulator.phone import Phone
from bot.simulator.platform import Platform
from tests.bot.simulator.conftest import TOKEN, Call

MESSAGES = [{"type": "text", "text": "hello\nagain"}, {"type": "sticker", "packageId": "1", "stickerId": "1"}]


def test_requests_and_events_are_told_in_their_order_with_what_they_cost(
    app: Flask, platform: Platform, person: Phone, courier: Courier, call: Call
) -> None:
    page = app.test_client()
    courier.wait()
    start = page.get("/panel").get_json()["traffic"][-1]["number"]
    said = person.say("hi")
    courier.wait()
    platform.annotate(person.user_id, said["message"]["id"], ["taken for a greeting"])
    call("message/reply", {"replyToken": said["replyToken"], "messages": MESSAGES})
    call("message/push", {"to": person.user_id, "messages": MESSAGES})
    call("message/push", {"to": "U" + "9" * 32, "messages": MESSAGES})

    news = page.get(f"/panel?since={start}").get_json()
    event, meaning, reply, push, refused = news["traffic"]
    assert (event["way"], event["kind"], event["reason"], event["preview"]) == ("event", "message", "OK", ["hi"])
    assert (meaning["way"], meaning["notes"]) == ("meaning", ["taken for a greeting"])
    assert [(one["endpoint"], one["status"], one["counted"]) for one in (reply, push, refused)] == [
        ("reply", 200, 0),
        ("push", 200, 1),
        ("push", 400, 0),
    ]
    assert (push["to"], push["preview"]) == ([person.user_id], ["hello", "sticker"])
    assert (news["used"], news["limit"]) == (1, 200)
    told = json.dumps(news)
    assert TOKEN not in told
    assert said["replyToken"] not in told


def test_a_page_asks_only_for_what_is_new(app: Flask, call: Call) -> None:
    page = app.test_client()
    call("info", method="GET")
    last = page.get("/panel").get_json()["traffic"][-1]["number"]

    assert page.get(f"/panel?since={last}").get_json()["traffic"] == []
    assert page.get("/panel/held/U1").get_json() == {"held": None}
