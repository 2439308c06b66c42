import re
import secrets
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_MS, Served

pytestmark = pytest.mark.browser

FROM_PHONE_TO_STAFF_MS = 15_000
"""A courier, a dispatcher and the next look of the open page lie in between."""


@pytest.fixture
def phone(browser: Browser, served: Served) -> Iterator[Page]:
    """The phone of somebody new, in the simulator."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="ja-JP")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{served.address}/simulator/?user=U{secrets.token_hex(16)}")
    expect(page.get_by_text("友だちに追加しました")).to_be_visible()
    expect(page.locator(".item.bot").first).to_be_visible(timeout=PATIENCE_MS)
    yield page
    context.close()


def write(phone: Page, text: str) -> None:
    phone.get_by_label("メッセージ", exact=True).fill(text)
    phone.get_by_role("button", name="送信", exact=True).click()


def test_a_client_asks_for_staff_and_talks_with_somebody_until_the_assistant_is_back(
    sign_in: Callable[..., Page], is_usable: Callable[[Page], None], phone: Page, served: Served
) -> None:
    page = sign_in("editor")
    write(phone, "スタッフと話したい")
    expect(phone.locator(".item.bot")).to_have_count(2, timeout=PATIENCE_MS)

    page.goto(f"{served.address}/staff/talks")
    is_usable(page)
    page.locator("a.list-group-item", has_text="スタッフ希望").last.click()
    expect(page.get_by_role("log")).to_contain_text("スタッフと話したい")
    is_usable(page)

    page.get_by_role("button", name="対応を始める").click()
    expect(page.get_by_text("さんが対応しています")).to_be_visible()
    page.get_by_label("返事", exact=True).fill("こんにちは、佐藤です。")
    page.get_by_role("button", name="送る", exact=True).click()
    expect(phone.get_by_text("こんにちは、佐藤です。")).to_be_visible(timeout=PATIENCE_MS)
    count = phone.locator(".item.bot").count()

    page.get_by_label("返事", exact=True).fill("書きかけの返事")
    write(phone, "きょうの5時は空いていますか")
    expect(page.get_by_role("log")).to_contain_text("きょうの5時は空いていますか", timeout=FROM_PHONE_TO_STAFF_MS)
    expect(page.get_by_text("いま送ると無料です")).to_be_visible()
    expect(page.get_by_label("返事", exact=True)).to_have_value("書きかけの返事")
    assert phone.locator(".item.bot").count() == count, "the assistant keeps silent"
    is_usable(page)

    page.get_by_role("button", name="アシスタントに戻す").click()
    expect(page.get_by_text("アシスタントが返事をしています")).to_be_visible()
    write(phone, "駐車場はありますか")
    expect(phone.locator(".item.bot")).to_have_count(count + 1, timeout=PATIENCE_MS)
    expect(page.get_by_role("log")).to_contain_text("駐車場はありますか", timeout=FROM_PHONE_TO_STAFF_MS)

    page.get_by_role("link", name=re.compile("なぜ")).last.click()
    expect(page.get_by_role("heading", name="なぜこう答えた？")).to_be_visible()
    is_usable(page)
    page.go_back()
    page.get_by_role("link", name="お客様の情報").click()
    is_usable(page)
    page.get_by_label("メモを書く").fill("右膝を気にしている")
    page.get_by_role("button", name="メモを保存する").click()
    expect(page.get_by_text("右膝を気にしている")).to_be_visible()
    page.goto(f"{served.address}/staff/people")
    is_usable(page)


def test_a_quick_text_is_put_behind_what_was_typed_and_a_person_is_deleted_after_a_second_word(
    sign_in: Callable[..., Page], is_usable: Callable[[Page], None], phone: Page, served: Served
) -> None:
    page = sign_in("editor")
    write(phone, "スタッフと話したい")
    expect(phone.locator(".item.bot")).to_have_count(2, timeout=PATIENCE_MS)
    page.goto(f"{served.address}/staff/talks?tab=all")
    page.locator("a.list-group-item").first.click()

    page.get_by_label("返事", exact=True).fill("こんにちは。")
    page.get_by_role("button", name="よく使う文").click()
    page.get_by_role("button", name=re.compile("ご予約を承りました")).click()
    expect(page.get_by_label("返事", exact=True)).to_have_value(re.compile("こんにちは。\nご予約を承りました"))

    page.get_by_role("link", name="お客様の情報").click()
    page.get_by_role("link", name="プログラムを組む").click()
    is_usable(page)
    page.get_by_label("名前（お客様に表示）").fill("肩まわり2週間")
    page.get_by_label("内容").first.select_option(index=1)
    page.get_by_role("button", name="提案を送る").click()
    expect(page.get_by_text("プログラムを提案しました")).to_be_visible()
    expect(phone.get_by_role("button", name="はじめる")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("link", name="すべて削除する").click()
    is_usable(page)
    page.get_by_label("元に戻せないことを確認しました").check()
    page.get_by_role("button", name="すべて削除する").click()
    expect(page.get_by_text("お客様の情報をすべて削除しました")).to_be_visible()
