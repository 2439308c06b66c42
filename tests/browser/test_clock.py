"""The clock of the simulator's page: wound on, everything comes when it is due; and all can be begun anew."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE_MS, Served, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A program whose clock nobody else goes by."""
    with serving(tmp_path_factory.mktemp("wound")) as found:
        yield found


@pytest.fixture
def page(page: Page, served: Served) -> Page:
    """The chat page, on which somebody new has asked for a reminder every morning, with the clock's buttons open."""
    page.goto(f"{served.address}/simulator/")
    expect(page.get_by_role("log")).to_contain_text("はじめまして", timeout=PATIENCE_MS)
    page.get_by_role("textbox").fill("毎朝6時半にストレッチ教えて")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("次のお知らせ", timeout=PATIENCE_MS)
    page.get_by_role("button", name=re.compile(r"時計を\s?進める")).click()
    return page


def test_a_week_is_wound_and_the_morning_stretch_arrives_each_day_at_its_minute(
    page: Page, is_usable: Callable[[Page], None]
) -> None:
    page.get_by_role("button", name="+1週間").click()
    expect(page.get_by_text("進めました。")).to_be_visible(timeout=PATIENCE_MS)
    rings = page.locator(".item.bot").filter(has_text="朝のストレッチと深呼吸").locator(".meta time", has_text="6:30")
    # On three days; on the fourth, because nobody reacted, the question whether it suits.
    expect(rings).to_have_count(4, timeout=PATIENCE_MS)

    moments = [datetime.fromisoformat(str(ring.get_attribute("datetime"))) for ring in rings.all()]
    assert moments == [moments[0] + timedelta(days=day) for day in range(4)]
    expect(page.locator("#clock-ahead")).to_contain_text("日先")
    is_usable(page)


def test_the_panel_shows_what_a_reminder_cost_and_what_goes_wrong_on_purpose(
    page: Page, is_usable: Callable[[Page], None]
) -> None:
    page.get_by_role("button", name="LINEとのやりとり").click()
    panel = page.get_by_role("complementary", name="LINEとのやりとり")
    expect(panel).to_contain_text("毎朝6時半にストレッチ教えて", timeout=PATIENCE_MS)
    expect(panel).to_contain_text("確かさ")
    panel.get_by_text("送られなかったもの").click()
    expect(panel.locator("#desk-held")).to_contain_text("に送る予定です。", timeout=PATIENCE_MS)
    panel.get_by_text("故障を試す").click()
    panel.get_by_role("button", name="500 エラー 次の1回").click()
    expect(page.locator("#troubles")).to_contain_text("500 エラー（次の1回）")
    is_usable(page)
    panel.get_by_role("button", name="閉じる").click()

    page.get_by_role("button", name="次のリマインダーまで").click()
    expect(page.locator("#troubles")).to_be_hidden(timeout=PATIENCE_MS)
    page.get_by_role("button", name="+10分").click()
    page.get_by_role("button", name="LINEとのやりとり").click()
    failed, again = (panel.locator(".request").filter(has_text="プッシュ").filter(has_text=of) for of in ("500", "1通"))
    expect(failed.first).to_contain_text("朝のストレッチ", timeout=PATIENCE_MS)
    expect(again.first).to_contain_text("朝のストレッチ", timeout=PATIENCE_MS)
    expect(panel.locator("#desk-used")).to_contain_text("/ 200通")


def test_begun_anew_nobody_is_there_and_the_clock_is_right_again(page: Page) -> None:
    page.get_by_role("button", name="あすの朝 07:00").click()
    expect(page.locator("#clock-now")).to_contain_text("7:00", timeout=PATIENCE_MS)
    page.get_by_role("button", name="最初からやり直す").click()
    page.get_by_role("button", name="消して始める").click()

    expect(page.locator("#clock-ahead")).to_be_hidden(timeout=PATIENCE_MS)
    expect(page.get_by_role("log")).not_to_contain_text("毎朝6時半", timeout=PATIENCE_MS)
    expect(page.get_by_role("log")).to_contain_text("はじめまして", timeout=PATIENCE_MS)
