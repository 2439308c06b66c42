import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_an_owner_invites_somebody_who_then_comes_in(
    sign_in: Callable[..., Page], is_usable: Callable[[Page], None], request: pytest.FixtureRequest
) -> None:
    page = sign_in("owner")
    is_usable(page)
    page.goto(re.sub(r"/staff$", "/staff/accounts", page.url))
    is_usable(page)
    name = f"新人 {request.node.callspec.id}"

    page.get_by_label("名前").fill(name)
    page.get_by_role("button", name="招待リンクを作る").click()
    is_usable(page)
    link = page.get_by_label("招待リンク").input_value()
    page.context.clear_cookies()
    page.goto(link)
    is_usable(page)
    page.get_by_label("新しいパスワード").fill("suika to momo no ki")
    page.get_by_role("button", name="登録する").click()
    page.get_by_label("名前").fill(name)
    page.get_by_label("パスワード").fill("suika to momo no ki")
    page.get_by_role("button", name="ログイン").click()

    expect(page.get_by_role("heading", name="きょう", exact=True)).to_be_visible()
