"""The chat page in a real browser: a talk, hostile content, the keyboard, a lost connection."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

USER = "U" + "b" * 32
HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="ja-JP")
    page = context.new_page()
    page.set_default_timeout(10_000)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{url}/?user={USER}")
    expect(page.get_by_text("友だちに追加しました")).to_be_visible()
    yield page
    context.close()
    assert problems == []


@pytest.fixture
def push(call):
    def push(*messages):
        answer = call("message/push", {"to": USER, "messages": list(messages)})
        assert answer.status == 200, answer.body

    return push


def quick(*labels):
    actions = [{"type": "message", "label": label, "text": label} for label in labels]
    return {"items": [{"type": "action", "action": action} for action in actions]}


def test_a_talk(page, push, platform):
    push({"type": "text", "text": "こんにちは", "quickReply": quick("はい", "いいえ")})
    page.get_by_role("button", name="いいえ").click()

    expect(page.locator(".item.person .bubble")).to_have_text("いいえ")
    expect(page.locator("#quick button")).to_have_count(0)
    expect(page.get_by_text("既読")).to_be_visible()
    assert platform.events[-1]["message"]["text"] == "いいえ"


def test_hostile_content_is_only_text(page, push):
    def action(**more):
        return {"type": "uri", "label": HOSTILE[:40], "uri": "https://example.com/", **more}

    push(
        {"type": "text", "text": HOSTILE + " javascript:alert(1) https://example.com/?a=<b>"},
        {
            "type": "flex",
            "altText": HOSTILE,
            "contents": {
                "type": "bubble",
                "body": {
                    "type": "box",
                    "layout": "vertical",
                    "contents": [{"type": "text", "text": HOSTILE}, {"type": "button", "action": action()}],
                },
            },
        },
        {
            "type": "template",
            "altText": HOSTILE,
            "template": {"type": "buttons", "text": HOSTILE, "actions": [action(label=HOSTILE[:20])]},
        },
        {"type": "text", "text": "x", "sender": {"name": "<b>x</b>"}},
    )

    expect(page.locator(".bubble").first).to_contain_text("<script>")
    expect(page.locator(".fx-text")).to_have_text(HOSTILE)
    expect(page.locator(".bubble a")).to_have_attribute("href", "https://example.com/?a=")
    assert page.locator(".log script, .log img, .log b").count() == 0
    assert page.evaluate("window.hacked") is None


def test_hostile_content_is_only_text_in_the_panel_too(page, push):
    push({"type": "text", "text": HOSTILE})
    page.get_by_role("button", name="LINEとのやりとり").click()

    expect(page.locator("#desk-traffic .said").first).to_have_text(HOSTILE[:60])
    assert page.locator("#desk script, #desk img").count() == 0
    assert page.evaluate("window.hacked") is None


def test_the_panel_is_left_by_the_keyboard(page):
    page.get_by_role("button", name="LINEとのやりとり").press("Enter")
    expect(page.locator("#desk-title")).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.locator("#desk")).to_be_hidden()
    expect(page.get_by_role("button", name="LINEとのやりとり")).to_be_focused()


def test_the_page_opens_no_script_address_even_if_the_platform_sent_one(page, platform):
    # Put past the checks of the platform, straight into the talk.
    bad = {"type": "uri", "label": "開く", "uri": "javascript:window.hacked=1"}
    message = {"type": "template", "template": {"type": "buttons", "text": "x", "actions": [bad]}}
    platform.chat(USER).add("bot", [message], platform.clock())
    page.get_by_role("button", name="開く").click()

    expect(page.get_by_text("このリンクは開けません。")).to_be_visible()
    assert page.evaluate("window.hacked") is None


def test_a_link_opens_beside_the_page(page, push):
    page.context.route("https://example.com/**", lambda route: route.fulfill(body="ok"))
    uri = {"type": "uri", "label": "開く", "uri": "https://example.com/"}
    push({"type": "template", "altText": "x", "template": {"type": "buttons", "text": "x", "actions": [uri]}})
    with page.expect_popup() as opened:
        page.get_by_role("button", name="開く").click()

    assert opened.value.evaluate("window.opener") is None


def test_enter_sends_but_not_while_characters_are_being_chosen(page, platform):
    field = page.get_by_label("メッセージ", exact=True)
    field.fill("よやく")
    for more in ({"isComposing": True}, {"keyCode": 229}):
        event = {"key": "Enter", "bubbles": True, "cancelable": True, **more}
        field.evaluate(f"(field) => field.dispatchEvent(new KeyboardEvent('keydown', {json.dumps(event)}))")
    expect(field).to_have_value("よやく")
    field.press("Shift+Enter")
    field.press_sequentially("です")
    field.press("Enter")

    expect(page.locator(".item.person .bubble")).to_have_text("よやく\nです", use_inner_text=True)
    expect(field).to_have_value("")
    assert [event["type"] for event in platform.events] == ["follow", "message"]


def test_a_date_is_chosen_in_a_dialog(page, push, platform):
    picker = {"type": "datetimepicker", "label": "日時", "data": "when", "mode": "datetime", "max": "2030-01-01T00:00"}
    push({"type": "template", "altText": "x", "template": {"type": "buttons", "text": "x", "actions": [picker]}})
    page.get_by_role("button", name="日時").click()
    page.locator("#dialog-input").fill("2026-11-02T10:30")
    with page.expect_response(re.compile("/postback")):
        page.get_by_role("button", name="決定").click()

    assert platform.events[-1]["postback"] == {"data": "when", "params": {"datetime": "2026-11-02T10:30"}}


def test_blocking_and_a_new_person(page, push, platform):
    page.get_by_role("button", name="メニュー").click()
    page.get_by_role("menuitem", name="ブロック").click()
    page.get_by_role("button", name="ブロックする").click()
    expect(page.get_by_label("メッセージ", exact=True)).to_be_hidden()
    push({"type": "text", "text": "届かない"})
    page.get_by_role("button", name="ブロック解除").click()
    expect(page.get_by_text("ブロックを解除しました")).to_be_visible()
    assert page.get_by_text("届かない").count() == 0

    page.get_by_role("button", name="メニュー").click()
    page.get_by_role("menuitem", name="人を追加").click()
    page.locator("#dialog-input").fill("花子")
    page.get_by_role("button", name="追加する", exact=True).click()
    expect(page.get_by_text("ブロックを解除しました")).to_have_count(0)
    expect(page.get_by_text("友だちに追加しました")).to_be_visible()
    assert [event["type"] for event in platform.events] == ["follow", "unfollow", "follow", "follow"]
    assert platform.events[-1]["source"]["userId"] != USER

    page.get_by_role("button", name="話している人").click()
    expect(page.locator("#person-name")).to_have_text("花子")
    page.get_by_role("menuitem", name="ゲスト").click()
    expect(page.get_by_text("ブロックを解除しました")).to_be_visible()
    expect(page.locator("#person-name")).to_have_text("ゲスト")


def test_two_people_talk_side_by_side_on_a_wide_screen(page, push, platform):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("button", name="話している人").click()
    page.get_by_role("menuitem", name="もう1人を横に並べる").click()
    beside = page.frame_locator("#beside iframe")
    expect(beside.get_by_text("友だちに追加しました")).to_be_visible()
    beside.get_by_label("メッセージ", exact=True).fill("こちらです")
    beside.get_by_role("button", name="送信", exact=True).click()
    expect(beside.locator(".item.person .bubble")).to_have_text("こちらです")
    push({"type": "text", "text": "あちらへ"})

    expect(page.locator(".item.bot .bubble")).to_have_text("あちらへ")
    assert beside.get_by_text("あちらへ").count() == 0
    assert len({event["source"]["userId"] for event in platform.events}) == 2
    page.get_by_role("button", name="話している人").click()
    page.get_by_role("menuitem", name="横の画面を閉じる").click()
    expect(page.locator("#beside")).to_be_hidden()


def test_line_on_a_computer_shows_no_quick_replies(page, push):
    push({"type": "text", "text": "こんにちは", "quickReply": quick("はい", "いいえ")})
    chip = page.get_by_role("button", name="いいえ")
    expect(chip).to_be_visible()
    page.get_by_role("button", name="メニュー").click()
    page.get_by_role("menuitem", name="パソコン版LINEで見る").click()
    expect(chip).to_be_hidden()
    expect(page.get_by_text("（PC版）")).to_be_visible()

    page.get_by_role("button", name="メニュー").click()
    page.get_by_role("menuitem", name="スマートフォン版LINEで見る").click()
    expect(chip).to_be_visible()


def test_a_message_is_taken_back(page, platform):
    page.get_by_label("メッセージ", exact=True).fill("まちがい")
    page.get_by_role("button", name="送信", exact=True).click()
    page.locator(".item.person .bubble").click()
    page.get_by_role("button", name="送信を取り消す").click()
    page.get_by_role("button", name="取り消す", exact=True).click()

    expect(page.get_by_text("メッセージの送信を取り消しました")).to_be_visible()
    assert platform.events[-1]["type"] == "unsend"


def test_the_dots_show_while_the_bot_thinks(page, push, call):
    dots = page.get_by_label("入力中")
    call("chat/loading/start", {"chatId": USER})
    expect(dots).to_be_visible()
    push({"type": "text", "text": "はい"})
    expect(dots).to_be_hidden()


def test_a_lost_connection_is_told_and_mended(page, push):
    page.context.set_offline(True)
    expect(page.get_by_text("接続できません")).to_be_visible()
    page.get_by_label("メッセージ", exact=True).fill("もしもし")
    page.keyboard.press("Enter")
    expect(page.get_by_label("メッセージ", exact=True)).to_have_value("もしもし")
    page.context.set_offline(False)
    push({"type": "text", "text": "つながりました"})

    expect(page.get_by_text("つながりました")).to_be_visible()
    expect(page.get_by_text("接続できません")).to_be_hidden()


def test_nothing_is_wider_than_a_small_phone(page, push):
    bubble = {
        "type": "bubble",
        "body": {
            "type": "box",
            "layout": "horizontal",
            "contents": [{"type": "text", "text": "あ" * 200}, {"type": "text", "text": "い" * 90, "wrap": True}],
        },
    }
    push(
        {"type": "text", "text": "x" * 400},
        {"type": "flex", "altText": "x", "contents": bubble},
        {"type": "flex", "altText": "x", "contents": {"type": "carousel", "contents": [bubble, bubble]}},
    )
    expect(page.locator(".carousel")).to_be_visible()

    assert page.evaluate("document.getElementById('talk').scrollWidth <= document.getElementById('talk').clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.fixture
def say(page, platform):
    """Says something on the page, and lays notes beside it as a bot would."""

    def say(text, *notes):
        page.get_by_label("メッセージ", exact=True).fill(text)
        with page.expect_response(re.compile("/say")):
            page.keyboard.press("Enter")
        message_id = platform.events[-1]["message"]["id"]
        platform.annotate(USER, message_id, notes)
        return message_id

    return say


def test_notes_open_by_mouse_and_keyboard_and_stay_open_when_the_message_changes(page, say, platform):
    message_id = say("予約", HOSTILE, "「予約」から")
    toggle = page.locator(".notes summary")
    expect(toggle).to_have_text("なぜ？")
    expect(page.get_by_text("「予約」から")).to_be_hidden()
    toggle.click()
    expect(page.locator(".notes li")).to_have_text([HOSTILE, "「予約」から"])
    expect(page.get_by_text("「予約」から")).to_be_visible()

    toggle.press("Enter")
    expect(page.get_by_text("「予約」から")).to_be_hidden()
    toggle.press("Space")
    platform.annotate(USER, message_id, ["別の理由"])
    expect(page.get_by_text("別の理由")).to_be_visible()
    expect(toggle).to_be_focused()
    assert page.evaluate("window.hacked") is None


def test_notes_keep_the_talk_where_it_is(page, say, push):
    push({"type": "text", "text": "こんにちは\n" * 30})
    say("予約", *["長い理由" * 12] * 8)
    push({"type": "text", "text": "はい"})
    expect(page.get_by_text("はい", exact=True)).to_be_visible()
    toggle = page.locator(".notes summary")
    before = toggle.bounding_box()

    toggle.click()
    expect(page.locator(".notes ul")).to_be_in_viewport()
    # Two frames: in the first one sizes are observed, in the second the page has answered to them.
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    list_, dock, after = (page.locator(place).bounding_box() for place in (".notes ul", ".dock", ".notes summary"))
    moved = before["y"] - after["y"]
    # At most as far as it takes to read the notes, never on to the end of the talk.
    assert moved >= 0
    assert moved == 0 or list_["y"] + list_["height"] >= dock["y"] - 2
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_toggle_of_notes_is_large_enough_for_a_finger(page, say):
    say("予約", "理由")
    toggle = page.locator(".notes summary")
    expect(toggle).to_be_visible()

    hit = """(toggle) => {
      const box = toggle.getBoundingClientRect(), at = (x, y) => document.elementFromPoint(x, y) === toggle;
      const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
      const reach = (dx, dy) => { let far = 0; while (at(x + dx * far, y + dy * far)) far += 1; return far - 1; };
      return [reach(1, 0) + reach(-1, 0), reach(0, 1) + reach(0, -1)];
    }"""
    assert min(toggle.evaluate(hit)) >= 43  # 44 pixels, of which the last one is not inside.


def test_notes_can_be_switched_off_for_good(page, say):
    say("予約", "理由")
    expect(page.locator(".notes")).to_be_visible()
    page.get_by_role("button", name="メニュー").click()
    page.get_by_role("menuitem", name="理由を隠す").click()
    expect(page.locator(".notes")).to_be_hidden()
    page.reload()
    expect(page.get_by_text("予約", exact=True)).to_be_visible()
    expect(page.locator(".notes")).to_be_hidden()

    page.get_by_role("button", name="メニュー").click()
    page.get_by_role("menuitem", name="理由を表示").click()
    expect(page.locator(".notes")).to_be_visible()


def test_a_message_without_notes_has_no_toggle(page, say):
    say("予約")
    expect(page.get_by_text("既読")).to_be_visible()

    expect(page.locator(".notes")).to_have_count(0)
