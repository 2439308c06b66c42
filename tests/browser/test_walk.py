"""A client's first week on the chat page: friend, self-check, reminder, done on some days, the week in figures."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PATIENCE_MS, Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("page", [(360, 740)], indirect=True, ids=["phone"])]

DONE_ON = (1, 2, 4, 6)
"""The days, of seven, on which the client does what the reminder says."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A program whose clock nobody else goes by."""
    with serving(tmp_path_factory.mktemp("walk")) as found:
        yield found


@pytest.fixture
def log(page: Page) -> Locator:
    """The talk."""
    return page.get_by_role("log")


def say(page: Page, text: str) -> Locator:
    """Say something; what the bot answers."""
    answers = page.locator(".item.bot")
    before = answers.count()
    page.get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")
    expect(answers).not_to_have_count(before, timeout=PATIENCE_MS)
    return answers.last


def test_a_first_week_from_self_check_to_the_week_in_figures(page: Page, served: Served, log: Locator) -> None:
    page.goto(f"{served.address}/simulator/")
    expect(log).to_contain_text("友だちに追加しました")
    expect(log).to_contain_text("はじめまして")

    # The self-check, answered in one's own words, ends with what to read and what to do.
    expect(say(page, "背中の熱のセルフチェック")).to_contain_text("1/3")
    expect(say(page, "ごはん食べたあとかな")).to_contain_text("2/3")
    expect(say(page, "先週くらいから")).to_contain_text("3/3")
    ending = say(page, "べつにないよ")
    expect(ending).to_contain_text("診断ではありません")
    page.get_by_role("button", name="毎日12:30にお知らせ").last.click()
    expect(log).to_contain_text("次のお知らせ", timeout=PATIENCE_MS)
    expect(log.locator(".item.bot").last).to_contain_text("12:30")
    say(page, "毎週のまとめを受け取りたい")
    page.get_by_role("button", name="毎週まとめを受け取る").last.click()
    expect(log).to_contain_text("毎週日曜日の20:00に", timeout=PATIENCE_MS)

    # A week, from one reminder to the next.
    page.get_by_role("button", name=re.compile(r"時計を\s?進める")).click()
    on = page.get_by_role("button", name="次のリマインダーまで")
    rings = log.locator(".item.bot", has=page.get_by_role("button", name="今日はお休み"))
    for day in range(1, 8):
        expect(on).to_have_attribute("aria-disabled", "false", timeout=PATIENCE_MS)
        on.click()
        expect(rings).to_have_count(day, timeout=PATIENCE_MS)
        ring = rings.last
        expect(ring).to_contain_text("昼の肩甲骨回し")
        expect(ring.locator(".meta time").last).to_have_text("12:30")
        if day in DONE_ON:
            before = log.locator(".item.bot").count()
            ring.get_by_role("button", name="できた", exact=True).click()
            expect(log.locator(".item.bot")).not_to_have_count(before, timeout=PATIENCE_MS)
            expect(log.locator(".item.bot").last).to_contain_text("連続2日" if day == 2 else "連続1日")
    expect(page.locator("#clock-ahead")).to_contain_text("日")

    # By the next morning a Sunday evening has passed, and the week was summed up; then the record shows all of it.
    expect(on).to_have_attribute("aria-disabled", "false", timeout=PATIENCE_MS)
    page.get_by_role("button", name="あすの朝 07:00").click()
    expect(page.locator("#clock-now")).to_contain_text("7:00", timeout=PATIENCE_MS)
    expect(log).to_contain_text("今週のまとめ")
    record = say(page, "記録を見たい")
    expect(record).to_contain_text("できた日は合わせて4日、いちばん長い連続記録は2日です。")
    expect(record).to_contain_text("週ごとのできた日")
    expect(record.locator(".fx-bubble").last).to_contain_text("今週")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    # Nothing at all that the machine finds wanting, be it ever so small.
    assert [(one["id"], one["nodes"][0]["html"]) for one in Axe().run(page).response["violations"]] == []
