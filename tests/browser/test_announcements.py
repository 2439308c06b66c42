import re
from collections.abc import Callable
from secrets import token_hex
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from bot.clock import system_clock
from bot.models import Broadcast, Person, PersonTag

pytestmark = [pytest.mark.browser, pytest.mark.long]
expect.set_options(timeout=20_000)  # As patient as the pages are: others may share the machine.


def test_an_announcement_is_written_tried_sent_and_answered(
    served: Any,
    sign_in: Callable[..., Page],
    is_usable: Callable[[Page], None],
    request: pytest.FixtureRequest,
) -> None:
    name = request.node.callspec.id
    page = sign_in("owner")
    friend = become_a_friend(served, page, tag=f"試し {name}")

    # Written, with a word that the check finds and a better one that it knows.
    if page.get_by_role("button", name="メニューを開く").is_visible():
        page.get_by_role("button", name="メニューを開く").click()
    page.get_by_role("link", name="お知らせ", exact=True).click()
    is_usable(page)
    page.get_by_role("link", name="新しいお知らせを書く").click()
    page.get_by_text("カード", exact=True).click()
    page.get_by_label("見出し").fill(f"年末年始のお休み {name}")
    page.get_by_label("本文").fill("12月30日(金)から1月3日までお休みします。")
    page.get_by_label("ボタン1の文字").fill("予約する")
    page.get_by_label("押すと").first.select_option("言葉を送る")
    page.get_by_label("ページか言葉").first.fill("予約したい")
    page.get_by_role("button", name="この言いかえにする").click()
    expect(page.get_by_label("本文")).to_have_value(re.compile(r"^12月30日\([^金]\)から"))
    shown = page.frame_locator("#preview")
    expect(shown.get_by_text(f"年末年始のお休み {name}")).to_be_visible()
    expect(shown.get_by_role("button", name="予約する")).to_be_visible()

    # To one person, also if it is night now.
    page.get_by_label("条件に合う人だけ").check()
    page.get_by_role("group", name="次のタグのどれかがある").get_by_text(f"試し {name}").click()
    expect(page.locator("#people")).to_have_text("1")
    page.get_by_label("急ぎ：夜間でも届ける").check()
    is_usable(page)
    page.get_by_role("button", name="下書きを保存して、次へ").click()

    # Tried, sent, taken back, sent again.
    is_usable(page)
    page.get_by_role("button", name="見え方を確認しました").click()
    is_usable(page)
    page.get_by_role("button", name="今すぐ配信する").click()
    expect(page.locator("#seconds")).to_have_text(re.compile("^2[0-9]$"))
    is_usable(page)
    page.get_by_role("button", name="取り消す").click()
    expect(page.get_by_text("下書きに戻しました。まだ配信されていません。")).to_be_visible()
    page.get_by_role("button", name="今すぐ配信する").click()
    expect(page.locator("#seconds")).to_be_visible()
    with served.database() as sessions, sessions.begin() as session:
        session.execute(sa.update(Broadcast).where(Broadcast.state == "scheduled").values(send_at=system_clock()))
    expect(page.get_by_role("heading", name="配信が終わりました")).to_be_visible(timeout=60_000)
    expect(page.locator("#accepted")).to_have_text("1")
    is_usable(page)

    # The client sees it, and taps.
    log = friend.get_by_role("log")
    expect(log).to_contain_text(f"年末年始のお休み {name}")
    friend.get_by_role("button", name="予約する").last.click()
    expect(log).to_contain_text("予約したい")
    expect(friend.locator(".item.person ~ .item.bot").last).to_be_visible()
    page.reload()
    expect(page.get_by_role("row", name=re.compile("予約する"))).to_contain_text("1人")
    with page.expect_download() as download:
        page.get_by_role("link", name="1人ずつの一覧（CSV）").click()
    assert download.value.suggested_filename.endswith(".csv")


def test_a_picture_is_chosen_and_a_file_that_is_none_is_refused_in_words(
    served: Any, sign_in: Callable[..., Page], is_usable: Callable[[Page], None]
) -> None:
    page = sign_in("editor")
    page.goto(f"{served.address}/staff/announcements/new")
    page.get_by_text("写真", exact=True).first.click()
    # The browser reports the refusal in its console; the words on the page are what matters.
    page.get_by_label("新しい写真を追加").set_input_files(
        {"name": "photo.png", "mimeType": "image/png", "buffer": picture()}
    )
    expect(page.locator("#pictures input:checked")).to_have_count(1)
    page.get_by_label("写真の説明").fill("夏の営業時間")
    expect(page.frame_locator("#preview").locator("img")).to_be_visible()
    is_usable(page)


def test_a_picture_arrives_in_the_simulator_without_a_public_address(
    served: Any, sign_in: Callable[..., Page], is_usable: Callable[[Page], None], request: pytest.FixtureRequest
) -> None:
    tag = f"写真 {request.node.callspec.id}"
    page = sign_in("owner")
    friend = become_a_friend(served, page, tag=tag)
    page.goto(f"{served.address}/staff/announcements/new")
    page.get_by_text("カード", exact=True).click()
    page.get_by_label("見出し").fill(tag)
    page.get_by_label("新しい写真を追加").set_input_files(
        {"name": "photo.png", "mimeType": "image/png", "buffer": picture()}
    )
    expect(page.locator("#pictures input:checked")).to_have_count(1)
    page.get_by_label("ボタン1の文字").fill("ページ")
    page.get_by_label("ページか言葉").first.fill("https://nobody-has-this-name.jp/")
    page.get_by_label("条件に合う人だけ").check()
    page.get_by_role("group", name="次のタグのどれかがある").get_by_text(tag).click()
    page.get_by_label("急ぎ：夜間でも届ける").check()
    expect(page.get_by_text("写真はまだ送れません")).to_have_count(0)
    page.get_by_role("button", name="下書きを保存して、次へ").click()
    expect(page.get_by_text("試し送りのときに確かめます")).to_be_visible()

    # Back leads to what was saved, not to another empty form.
    page.go_back()
    expect(page.get_by_label("見出し")).to_have_value(tag)
    expect(page.get_by_role("heading", name="お知らせを書き直す")).to_be_visible()
    is_usable(page)
    page.get_by_role("button", name="下書きを保存して、次へ").click()
    with served.database() as sessions, sessions() as session:
        count = sa.select(sa.func.count()).select_from(Broadcast).where(Broadcast.text.startswith(tag))
        assert session.scalar(count) == 1

    # The link is opened: with a network the name is not found, without one nobody can say.
    page.get_by_role("button", name="見え方を確認しました").click()
    expect(page.get_by_text("リンク1件を、")).to_be_visible()
    is_usable(page)
    page.get_by_role("button", name="今すぐ配信する").click()
    expect(page.locator("#seconds")).to_be_visible()
    with served.database() as sessions, sessions.begin() as session:
        session.execute(sa.update(Broadcast).where(Broadcast.state == "scheduled").values(send_at=system_clock()))
    expect(page.get_by_role("heading", name="配信が終わりました")).to_be_visible(timeout=60_000)

    shown = friend.locator(".item.bot", has_text=tag).locator("img").first
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 320


def test_without_a_script_everything_is_there_all_the_same(served: Any, sign_in: Callable[..., Page]) -> None:
    page = sign_in("owner")
    plain = page.context.browser
    assert plain is not None
    context = plain.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    still = context.new_page()
    still.goto(f"{served.address}/staff/announcements/new")
    still.get_by_label("本文").fill("あすは臨時休業します。")
    still.get_by_role("button", name="見え方を更新する").click()
    expect(still.get_by_label("本文")).to_have_value("あすは臨時休業します。")
    still.get_by_role("button", name="下書きを保存して、次へ").click()
    still.get_by_role("button", name="見え方を確認しました").click()

    expect(still.get_by_text("この内容で確認しました。")).to_be_visible()
    context.close()


def become_a_friend(served: Any, page: Page, *, tag: str) -> Page:
    """Somebody follows the bot in the simulator and is given a tag by staff; the page of their phone."""
    user = f"U{token_hex(16)}"
    friend = page.context.new_page()
    friend.goto(f"{served.address}/simulator/?user={user}")
    expect(friend.get_by_role("log")).to_contain_text("はじめまして", timeout=20_000)
    with served.database() as sessions, sessions.begin() as session:
        person = session.scalars(sa.select(Person).where(Person.line_user_id == user)).one()
        session.add(PersonTag(person_id=person.id, tag=tag))
    page.bring_to_front()
    return friend


def picture() -> bytes:
    from io import BytesIO

    from PIL import Image

    written = BytesIO()
    Image.new("RGB", (320, 200), "teal").save(written, "PNG")
    return written.getvalue()
