"""The page's endpoints act as one person's phone, for this machine only."""

import threading

import pytest

USER = "U" + "a" * 32
CHAT = f"/chat/{USER}"


@pytest.fixture
def page(app):
    return app.test_client()


def test_the_first_visit_adds_the_bot_as_a_friend(page, platform):
    news = page.post(f"{CHAT}/enter", json={"name": "Alice"}).get_json()
    page.post(f"{CHAT}/enter", json={"name": "Bob"})

    assert [event["type"] for event in platform.events] == ["follow"]
    assert (news["name"], news["friend"]) == ("Alice", True)
    assert news["items"][0]["messages"] == [{"type": "notice", "notice": "followed"}]


def test_each_act_becomes_an_event(page, platform):
    page.post(f"{CHAT}/enter", json={"name": "Alice"})
    said = page.post(f"{CHAT}/say", json={"text": "hi"}).get_json()
    page.post(f"{CHAT}/sticker", json={"packageId": "446", "stickerId": "1988", "keywords": ["x"]})
    page.post(f"{CHAT}/image", json={})
    page.post(f"{CHAT}/location", json={"latitude": 1, "longitude": 2, "title": "x", "address": "y"})
    page.post(f"{CHAT}/postback", json={"data": "a=1", "displayText": "A", "params": {"date": "2026-01-01"}})
    page.post(f"{CHAT}/unsend", json={"messageId": said["items"][-1]["id"]})
    page.post(f"{CHAT}/block", json={})
    assert page.post(f"{CHAT}/say", json={"text": "hi"}).status_code == 409
    page.post(f"{CHAT}/unblock", json={})
    page.post(f"{CHAT}/rename", json={"name": "Carol"})

    assert [event["type"] for event in platform.events] == [
        *("follow", "message", "message", "message", "message", "postback", "unsend", "unfollow", "follow"),
    ]
    assert platform.events[5]["postback"] == {"data": "a=1", "params": {"date": "2026-01-01"}}
    assert platform.chat(USER).name == "Carol"


def test_a_poll_gives_what_is_new_and_what_has_changed(page, platform, bot):
    bot.hold = threading.Event()  # What it has taken is read, and when that is belongs to the test.
    page.post(f"{CHAT}/enter", json={"name": "Alice"})
    said = page.post(f"{CHAT}/say", json={"text": "hi"}).get_json()
    since = said["revision"]
    platform.arrived(platform.events[-1])

    news = page.get(f"{CHAT}/timeline?since={since}").get_json()

    assert [(item["id"], item["read"]) for item in news["items"]] == [(said["items"][-1]["id"], True)]
    assert page.get(f"{CHAT}/timeline?since={news['revision']}").get_json()["items"] == []


@pytest.mark.parametrize(
    ("act", "given"),
    [
        ("say", {"text": " "}),
        ("say", {"text": "x" * 5001}),
        ("say", {"text": 5}),
        ("say", []),
        ("sticker", {"packageId": "1"}),
        ("sticker", {"packageId": "1", "stickerId": "1", "keywords": [1]}),
        ("postback", {"data": "x", "params": {"date": 1}}),
        ("location", {"latitude": 91, "longitude": 0, "title": "x", "address": "x"}),
    ],
)
def test_wrong_input_is_refused(page, act, given):
    assert page.post(f"{CHAT}/{act}", json=given).status_code == 400


def test_other_web_sites_are_kept_out(page, app):
    assert page.post(f"{CHAT}/say", data='{"text":"hi"}', content_type="text/plain").status_code == 415
    for host, status in (
        ("evil.example", 403),
        ("[", 403),
        ("127.0.0.1.evil.example", 403),
        ("localhost:8000", 200),
        ("[::1]:8000", 200),
    ):
        assert page.get("/", headers={"Host": host}).status_code == status
    # Whoever comes from another machine can say that they asked for this one.
    assert page.get("/", headers={"Host": "localhost"}, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 403
    app.config["SIMULATOR_HOSTS"] = None
    assert page.get("/", headers={"Host": "tunnel.example"}).status_code == 200


def test_unknown_people_and_acts_are_not_found(page):
    assert page.get("/chat/somebody/timeline").status_code == 404
    assert page.post(f"{CHAT}/dance", json={}).status_code == 404


def test_the_page_works_below_any_path_and_allows_nothing_foreign(page):
    response = page.get("/", environ_overrides={"SCRIPT_NAME": "/simulator"})

    assert 'data-base="/simulator/"' in response.text
    assert 'src="/simulator/static/main.js"' in response.text
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]


def test_a_poll_brings_the_notes_on_a_message(page, platform):
    page.post(f"{CHAT}/enter", json={"name": "Alice"})
    said = page.post(f"{CHAT}/say", json={"text": "hi"}).get_json()
    message_id = said["items"][-1]["id"]
    assert said["items"][-1]["notes"] == []

    platform.annotate(USER, message_id, ["one", "two"])

    news = page.get(f"{CHAT}/timeline?since={said['revision']}").get_json()
    assert [(item["id"], item["notes"]) for item in news["items"]] == [(message_id, ["one", "two"])]


def test_who_else_there_is_is_told_the_newest_first(page, platform):
    page.post(f"{CHAT}/enter", json={"name": "Alice"})
    page.post(f"/chat/{'U' + 'b' * 32}/enter", json={"name": "<b>Bob</b>"})
    platform.group("C" + "a" * 32).invite_bot([USER])
    page.get(f"/chat/{'U' + 'c' * 32}/timeline")  # Looked at, but nobody has come in there.

    names = [one["name"] for one in page.get("/people").get_json()["people"]]
    assert names == ["<b>Bob</b>", "Alice"]


def test_the_page_says_that_nobody_answers_while_there_is_no_webhook(page, platform):
    assert page.get(f"{CHAT}/timeline").get_json()["failing"] is False
    platform.webhook_url = ""
    assert page.get(f"{CHAT}/timeline").get_json()["failing"] is True
