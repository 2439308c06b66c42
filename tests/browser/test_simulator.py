"""What a newcomer sees: one command, a page, and the right card for three sentences."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE_MS, Served

pytestmark = pytest.mark.browser


@pytest.fixture
def page(page: Page, served: Served) -> Page:
    """The chat page, on which somebody new has just become a friend."""
    page.goto(f"{served.address}/simulator/")
    return page


def test_a_newcomer_is_welcomed_and_gets_the_right_card_for_three_sentences(page: Page) -> None:
    log = page.get_by_role("log")
    expect(log).to_contain_text("はじめまして", timeout=PATIENCE_MS)

    for said, heading, detail in [
        ("背中だけ熱いのはなぜ?", "なぜ背中だけ暑くなる", "読み物"),
        ("タオルローイングのやり方", "タオルローイング", "10回×2セット"),
        ("毎朝6時半にストレッチ教えて", "朝のストレッチと深呼吸", "06:30"),
    ]:
        page.get_by_role("textbox").fill(said)
        page.keyboard.press("Enter")
        expect(log).to_contain_text(heading, timeout=PATIENCE_MS)
        expect(log).to_contain_text(detail, timeout=PATIENCE_MS)


def test_a_message_tells_why_it_was_answered_as_it_was(page: Page) -> None:
    page.get_by_role("textbox").fill("予約したい")
    page.keyboard.press("Enter")
    why = page.locator(".notes summary")
    expect(why).to_have_text("なぜ？", timeout=PATIENCE_MS)
    why.click()

    expect(page.locator(".notes")).to_contain_text("答え「予約したい」（確かさ 100 %）")
    expect(page.locator(".notes")).to_contain_text("「予約したい」と同じ")


def test_a_tapped_button_answers_and_nothing_is_wider_than_the_page(page: Page) -> None:
    expect(page.get_by_role("log")).to_contain_text("はじめまして", timeout=PATIENCE_MS)
    page.get_by_role("textbox").fill("メニュー")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="記事を読む").last.click(timeout=PATIENCE_MS)

    expect(page.get_by_role("log")).to_contain_text("自律神経と東洋医学の視点", timeout=PATIENCE_MS)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_record_is_drawn_as_a_calendar_and_bars_that_fit_the_page(page: Page) -> None:
    log = page.get_by_role("log")
    expect(log).to_contain_text("はじめまして", timeout=PATIENCE_MS)
    for said in ("ストレッチできた", "記録見せて"):
        page.get_by_role("textbox").fill(said)
        page.keyboard.press("Enter")
        expect(log).to_contain_text("連続", timeout=PATIENCE_MS)
    expect(log).to_contain_text("連続記録は1日です", timeout=PATIENCE_MS)

    card = page.locator(".fx-bubble").last
    squares = card.locator(".fx-horizontal").filter(has_text=re.compile(r"^[\d\s]+$"))
    assert {len(week.locator("> *").all()) for week in squares.all()} == {7}
    # One day of seven, as long as that.
    bar = card.locator(".fx-vertical > .fx-vertical[style*='width: 14%']").first
    inner, whole = bar.bounding_box(), bar.locator("..").bounding_box()
    assert inner is not None
    assert whole is not None
    assert abs(inner["width"] / whole["width"] - 0.14) < 0.02
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_movement_is_shown_by_its_picture_which_has_words(page: Page) -> None:
    expect(page.get_by_role("log")).to_contain_text("はじめまして", timeout=PATIENCE_MS)
    page.get_by_role("textbox").fill("バードドッグのやり方")
    page.keyboard.press("Enter")

    picture = page.get_by_role("img", name="四つ這いから、右腕を前へ")
    expect(picture).to_be_visible(timeout=PATIENCE_MS)
    page.wait_for_function("picture => picture.naturalWidth === 1024", arg=picture.element_handle())


def test_what_can_be_sent_is_left_by_the_keyboard(page: Page) -> None:
    plus = page.get_by_role("button", name="送るものを選ぶ")
    plus.press("Enter")
    expect(page.get_by_role("button", name="スタンプ")).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.locator("#panel")).to_be_hidden()
    expect(plus).to_be_focused()


def test_letters_that_turn_the_direction_make_no_other_address(page: Page) -> None:
    page.get_by_role("textbox").fill("\u202e https://example.com/abc")
    page.keyboard.press("Enter")

    link = page.locator(".item.person a")
    expect(link).to_have_attribute("href", "https://example.com/abc")
    expect(link).to_have_css("unicode-bidi", "isolate")


def test_the_menu_shows_as_soon_as_the_bot_has_brought_it(page: Page) -> None:
    expect(page.locator(".richmenu-bar")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("button", name="場所・行き方")).to_be_visible()
