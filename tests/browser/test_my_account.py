import re
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from bot.clock import system_clock
from bot.models import StaffSession
from bot.staff import accounts

pytestmark = pytest.mark.browser
PASSWORD = "mikan to kuri no ki"


@pytest.fixture(params=[(360, 740), (1280, 800)], ids=["phone", "desktop"])
def lenient(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page that may be refused: the browser complains of every answer of 401."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, locale="ja-JP", timezone_id="Asia/Tokyo")
    yield context.new_page()
    context.close()


def fill_in(page: Page, name: str) -> None:
    page.get_by_label("名前").fill(name)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="ログイン").click()


def test_a_member_turns_codes_on_and_signs_in_with_one(
    sign_in: Callable[..., Page], is_usable: Callable[[Page], None], served: Any
) -> None:
    name = f"佐藤 {uuid.uuid4().hex[:6]}"
    page = sign_in("editor", name=name)
    page.goto(f"{served.address}/staff/my-account")
    is_usable(page)
    page.get_by_role("link", name="確認コードを使い始める").click()
    is_usable(page)
    expect(page.get_by_role("img", name="QR")).to_be_visible()
    shown = pyotp.TOTP(page.locator("#secret").inner_text().replace(" ", ""))

    page.get_by_label("確認コード").fill(shown.at(system_clock()))
    page.get_by_label("いまのパスワード").fill(PASSWORD)
    page.get_by_role("button", name="使い始める").click()
    expect(page.get_by_role("status")).to_contain_text("使い始めました")
    is_usable(page)
    page.context.clear_cookies()
    page.goto(f"{served.address}/staff/sign-in")
    is_usable(page)
    fill_in(page, name)
    expect(page.get_by_role("heading", name="確認コード")).to_be_visible()
    is_usable(page)
    # The next one, of a phone that is fast: no code is taken twice, and a step may end between filling in and pressing.
    page.get_by_label("確認コード").fill(shown.at(system_clock() + timedelta(seconds=30)))
    page.get_by_role("button", name="ログイン").click()

    page.wait_for_url(f"{served.address}/staff")
    page.goto(f"{served.address}/staff/my-account")
    page.get_by_role("button", name="ほかの端末をすべてログアウトさせる").click()
    expect(page.get_by_text("ほかにログイン中の端末はありません")).to_be_visible()
    page.locator("#line-old").fill(PASSWORD)
    page.get_by_role("button", name="LINEの登録を始める").click()
    expect(page.get_by_label("送る文")).to_have_value(re.compile(r"^スタッフ登録 [A-Z2-9]{8}$"))
    is_usable(page)


def test_a_form_sent_after_the_session_ended_is_sent_with_one_button_after_signing_in(
    lenient: Page, is_usable: Callable[[Page], None], served: Any
) -> None:
    page, name, newcomer = lenient, f"田中 {uuid.uuid4().hex[:6]}", f"新人 {uuid.uuid4().hex[:6]}"
    with served.database() as sessions, sessions.begin() as session:
        account, _ = accounts.invite(session, name, role="owner", by=None, now=system_clock())
        accounts.take_up(session, account, PASSWORD, system_clock())
    page.goto(f"{served.address}/staff/accounts")
    fill_in(page, name)
    page.get_by_label("名前").fill(newcomer)
    with served.database() as sessions, sessions.begin() as session:
        session.query(StaffSession).filter_by(account_id=account.id).update({"ended_at": system_clock()})

    page.get_by_role("button", name="招待リンクを作る").click()
    expect(page.get_by_text("入力された内容は残っています")).to_be_visible()
    is_usable(page)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="ログイン").click()
    expect(page.get_by_text("まだ受け付けていません")).to_be_visible()
    is_usable(page)
    page.get_by_role("button", name="この内容で続ける").click()

    expect(page.get_by_role("heading", name="への招待リンク")).to_contain_text(newcomer)
    page.goto(f"{served.address}/staff/audit?kind=account")
    is_usable(page)
    page.goto(f"{served.address}/staff/no-such-page")
    expect(page.get_by_role("heading", name="画面が見つかりません")).to_be_visible()
    is_usable(page)
