from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_a_viewer_looks_at_the_day_and_at_the_figures(
    sign_in: Callable[..., Page], is_usable: Callable[[Page], None]
) -> None:
    page = sign_in("viewer")
    is_usable(page)
    if page.get_by_role("button", name="メニューを開く").is_visible():
        page.get_by_role("button", name="メニューを開く").click()

    page.get_by_role("link", name="ようす").click()
    is_usable(page)
    page.get_by_role("link", name="90日間").click()
    page.get_by_role("link", name="お客様（累計）").click()
    is_usable(page)

    expect(page.get_by_role("heading", name="お客様（累計）")).to_be_visible()


def test_an_owner_stops_every_push_and_lets_them_go_on(
    sign_in: Callable[..., Page], is_usable: Callable[[Page], None]
) -> None:
    page = sign_in("owner")

    page.get_by_text("すべての配信を止める").click()
    page.get_by_role("button", name="いますぐ止める").click()
    is_usable(page)
    expect(page.get_by_role("heading", name="すべての配信を止めています")).to_be_visible()
    page.get_by_role("button", name="配信を再開する").click()

    expect(page.get_by_text("配信を再開しました")).to_be_visible()
