"""The rich menu on the chat page of a phone: folded and unfolded, tapped, its tabs switched."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bot.library.loader import load
from bot.line import richmenu
from bot.line.menu_wire import MenuWire
from bot.settings import DEFAULT_CONTENT

pytestmark = pytest.mark.browser
USER = "U" + "b" * 32


@pytest.fixture
def published(url: str) -> None:
    library = load(DEFAULT_CONTENT)
    assert library.richmenu is not None
    with MenuWire("an-access-token", url) as wire:
        richmenu.publish(wire, richmenu.wanted(DEFAULT_CONTENT, library.richmenu), lambda line: None)


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="ja-JP", has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{url}/?user={USER}")
    expect(page.get_by_text("友だちに追加しました")).to_be_visible()
    yield page
    context.close()
    assert problems == []


@pytest.mark.usefixtures("published")
def test_a_tapped_field_shows_its_words_and_tells_the_bot(page, platform):
    page.get_by_role("button", name="寝る前の呼吸").tap()

    expect(page.locator(".item.person .bubble")).to_have_text("寝る前の呼吸")
    assert platform.events[-1]["postback"] == {"data": "open routine/bedtime-breathing"}


@pytest.mark.usefixtures("published")
def test_a_tapped_tab_shows_the_other_fields_and_nothing_in_the_talk(page, platform):
    expect(page.get_by_role("button", name="背中の熱チェック")).to_be_visible()
    with page.expect_response("**/switch*"):
        page.get_by_role("button", name="わたし", exact=True).tap()

    expect(page.get_by_role("button", name="今日のルーティン")).to_be_visible()
    expect(page.get_by_role("button", name="背中の熱チェック")).to_have_count(0)
    expect(page.get_by_role("button", name="わたし", exact=True)).to_have_attribute("aria-current", "true")
    expect(page.locator(".item.person")).to_have_count(0)
    assert platform.events[-1]["postback"]["params"] == {"newRichMenuAliasId": "senaka-me", "status": "SUCCESS"}


@pytest.mark.usefixtures("published")
def test_the_bar_folds_the_menu_and_so_does_the_keyboard(page):
    bar = page.locator(".richmenu-bar")
    expect(bar).to_have_text("メニュー")
    expect(bar).to_have_attribute("aria-expanded", "true")
    page.get_by_role("textbox").tap()

    expect(page.locator(".richmenu-picture")).to_be_hidden()
    bar.tap()
    expect(page.locator(".richmenu-picture")).to_be_visible()


@pytest.mark.usefixtures("published")
def test_the_fields_are_where_they_are_drawn_and_everybody_can_use_them(page):
    picture = page.locator(".richmenu-picture").bounding_box()
    field = page.get_by_role("button", name="使い方").bounding_box()

    assert field["x"] + field["width"] == pytest.approx(picture["x"] + picture["width"], abs=1)
    assert field["y"] + field["height"] == pytest.approx(picture["y"] + picture["height"], abs=1)
    assert page.locator(".richmenu-picture img").evaluate("image => image.complete && image.naturalWidth") == 2500
    assert picture["width"] / picture["height"] == pytest.approx(2500 / 1686, abs=0.02)
    found = Axe().run(page, context="#richmenu").response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_without_a_menu_there_is_no_bar(page):
    expect(page.locator(".richmenu")).to_be_hidden()


@pytest.mark.usefixtures("published")
def test_line_on_a_computer_shows_no_menu(page):
    expect(page.locator(".richmenu")).to_be_visible()
    page.evaluate("localStorage.setItem('simulator.device', 'pc')")
    page.reload()

    expect(page.get_by_text("友だちに追加しました")).to_be_visible()
    expect(page.locator(".richmenu-bar")).to_have_count(1)
    expect(page.locator(".richmenu")).to_be_hidden()
