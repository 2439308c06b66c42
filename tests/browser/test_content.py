import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.clock import system_clock
from bot.teaching import edits, trial_runs
from bot.web.console.trying import name_of
from tests.browser.conftest import Served

pytestmark = [pytest.mark.browser, pytest.mark.long]
ACCESS = "faq/access"
MOST_ASKED = 15
"""How often the chat is asked until it has taken up what staff have changed; each time takes a second or more."""


def address(page: Page, path: str) -> str:
    return re.sub(r"/staff.*$", path, page.url)


def comes_to_say(chat: Page, wanted: str, *, is_there: bool = True) -> bool:
    """Whether the answer to one question comes to hold *wanted*, or not to hold it."""
    rows = chat.locator("#log > .item")
    for _ in range(MOST_ASKED):
        before = rows.count()
        chat.locator("#text").fill("駐車場はありますか")
        chat.locator("#send").click()
        expect(rows).not_to_have_count(before)
        chat.wait_for_function(
            "before => [...document.querySelectorAll('#log > .item')].slice(before).some(item => /アクセス|行き方/.test(item.innerText))",
            arg=before + 1,
        )
        said = "\n".join(rows.nth(place).inner_text() for place in range(before + 1, rows.count()))
        if (wanted in said) == is_there:
            return True
        chat.wait_for_timeout(1000)
    return False


def test_the_answer_about_parking_is_edited_said_in_the_chat_and_taken_back(
    sign_in: Callable[..., Page], is_usable: Callable[[Page], None], request: pytest.FixtureRequest
) -> None:
    page = sign_in("editor")
    wanted = f"裏に{len(request.node.callspec.id)}台とめられます。"
    chat = page.context.new_page()
    chat.goto(address(page, "/simulator/"))
    expect(chat.locator("#log > .item").first).to_be_visible()

    page.goto(address(page, "/staff/content"))
    is_usable(page)
    page.get_by_label("さがす").fill("駐車場")
    page.get_by_role("button", name="さがす").click()
    page.locator("a.list-group-item", has_text="駐車場").first.click()
    is_usable(page)
    page.get_by_label("答え").fill(wanted)
    page.get_by_role("button", name="下書きに保存").click()
    page.get_by_role("link", name="下書きを試す").click()
    page.get_by_label("メッセージ").fill("駐車場はありますか")
    page.get_by_role("button", name="送ってみる").click()
    expect(page.frame_locator("iframe[title=公開したあとの返事]").locator("#talk")).to_contain_text(wanted)
    expect(page.frame_locator("iframe[title=いまの返事]").locator("#talk")).not_to_contain_text(wanted)
    is_usable(page)
    page.get_by_role("link", name="項目に戻る").click()
    page.get_by_role("button", name="公開する").click()
    expect(page.get_by_role("status")).to_contain_text("公開しました")
    is_usable(page)

    assert comes_to_say(chat, wanted)

    page.get_by_role("button", name="1つ前に戻す").click()
    expect(page.get_by_role("status")).to_contain_text("元に戻しました")

    assert comes_to_say(chat, wanted, is_there=False)


def test_the_steps_of_a_routine_are_put_in_another_order_with_what_was_typed_kept(
    sign_in: Callable[..., Page], is_usable: Callable[[Page], None]
) -> None:
    page = sign_in("editor")
    page.goto(address(page, "/staff/content?kind=routine"))
    page.locator("a.list-group-item").first.click()
    is_usable(page)
    steps = page.get_by_role("combobox", name=re.compile("手順"))
    first, second = steps.nth(0).input_value(), steps.nth(1).input_value()
    before = steps.count()
    page.get_by_label("はじめの言葉").fill("さあ、はじめましょう。")

    page.get_by_role("button", name="1番目を下へ").click()
    expect(steps.nth(0)).to_have_value(second)
    expect(steps.nth(1)).to_have_value(first)
    expect(steps.nth(1)).to_be_in_viewport()
    page.get_by_role("button", name="手順を足す").click()
    expect(steps).to_have_count(before + 1)
    is_usable(page)
    steps.last.select_option(label="バードドッグ")
    expect(page.get_by_label("はじめの言葉")).to_have_value("さあ、はじめましょう。")
    page.get_by_role("button", name="公開する").click()

    expect(page.get_by_role("status")).to_contain_text("公開しました")
    assert [steps.nth(place).input_value() for place in (0, 1, before)] == [second, first, "exercise/bird-dog"]
    page.get_by_role("button", name="1つ前に戻す").click()
    expect(page.get_by_role("status")).to_contain_text("元に戻しました")


def test_the_button_of_a_row_leads_back_to_the_row_in_a_browser_without_scripts(
    sign_in: Callable[..., Page], browser: Browser
) -> None:
    page = sign_in("editor")
    plain = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state()).new_page()

    plain.goto(address(page, "/staff/content/entry/exercise/bird-dog"))
    plain.get_by_label("ねらい").fill("ふらつかないために。")
    plain.get_by_role("button", name="1番目を下へ").click()

    expect(plain.get_by_label("ねらい")).to_have_value("ふらつかないために。")
    expect(plain.locator("#steps-1")).to_be_in_viewport()
    plain.context.close()


def test_a_trial_shows_what_came_of_it_beside_what_is_being_typed(
    sign_in: Callable[..., Page], is_usable: Callable[[Page], None], served: Served
) -> None:
    page = sign_in("editor")
    page.goto(address(page, f"/staff/content/entry/{ACCESS}"))
    wordings = page.get_by_label("お客様の言い方")
    wordings.fill(f"{wordings.input_value()}\nくるまで行ってもいいっすか")
    page.get_by_role("button", name="下書きに保存").click()
    page.get_by_role("link", name="下書きを試す").click()
    is_usable(page)
    # As if another process did it: what the real child finds out takes minutes.
    with served.database() as sessions, sessions.begin() as session:
        run = trial_runs.begin(session, name_of(edits.drafts(session, ACCESS)[0]), system_clock())
        assert run is not None
    page.reload()
    expect(page.locator("#trial")).to_contain_text("調べています")
    is_usable(page)
    page.get_by_label("メッセージ").fill("どこ")
    change = {
        "text": "えっと",
        "before": {"id": None, "near": [ACCESS]},
        "after": {"id": ACCESS, "near": []},
        "step": -1,
    }
    found = {"read": 1234, "worse": 0, "better": 1, "changes": [change]}
    with served.database() as sessions, sessions.begin() as session:
        trial_runs.end(session, run, found, system_clock())

    expect(page.locator("#trial")).to_contain_text("1234の文でためしました")
    expect(page.get_by_label("メッセージ")).to_have_value("どこ")
    is_usable(page)
    page.get_by_role("link", name="項目に戻る").click()
    page.get_by_role("button", name="下書きを捨てる").click()
    expect(page.get_by_role("status")).to_contain_text("捨てました")


def test_a_day_off_is_entered_in_one_form(sign_in: Callable[..., Page], is_usable: Callable[[Page], None]) -> None:
    page = sign_in("editor")
    page.goto(address(page, "/staff/closed-days"))
    is_usable(page)

    # The pages run by the real clock, and days far ahead are refused.
    day = datetime.now(UTC).date() + timedelta(days=40)
    page.get_by_label("休む日").fill(day.isoformat())
    page.get_by_label("ひとこと").fill("大そうじのため")
    page.get_by_role("button", name="臨時休業にする").click()

    expect(page.get_by_role("status")).to_contain_text("登録しました")
    expect(page.locator("main")).to_contain_text(
        f"{day.month}/{day.day}({'月火水木金土日'[day.weekday()]})は臨時休業です（大そうじのため）。"
    )
    is_usable(page)
    page.get_by_role("button", name=f"{day.month}/{day.day}の休業を取り消す").click()
    expect(page.get_by_role("status")).to_contain_text("取り消しました")


def test_what_was_not_understood_becomes_a_new_question(
    sign_in: Callable[..., Page], is_usable: Callable[[Page], None]
) -> None:
    page = sign_in("editor")
    chat = page.context.new_page()
    chat.goto(address(page, "/simulator/"))
    expect(chat.locator("#log > .item").first).to_be_visible()
    before = chat.locator("#log > .item").count()
    chat.locator("#text").fill("ぺんぎんすいぞくかん")
    chat.locator("#send").click()
    chat.wait_for_function("before => document.querySelectorAll('#log > .item').length > before + 1", arg=before)
    expect(chat.locator("#log")).to_contain_text("言い方を変えて")

    page.goto(address(page, "/staff/not-understood"))
    expect(page.get_by_role("heading", name="ぺんぎんすいぞくかん")).to_be_visible()
    is_usable(page)
    page.get_by_text("ほかの項目・その他").first.click()
    is_usable(page)
    page.get_by_role("button", name="新しい質問を作る").first.click()

    expect(page.get_by_label("お客様の言い方")).to_have_value("ぺんぎんすいぞくかん")
    is_usable(page)
    page.get_by_role("button", name="公開する").click()
    expect(page.get_by_role("alert").first).to_contain_text("公開できません")
    page.get_by_role("button", name="下書きを捨てる").click()
