"""What a newcomer sees: one command, a page, and the right card for three sentences."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_MS = 20_000
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where `python -m bot serve` says that one can chat."""
    folder = tmp_path_factory.mktemp("served")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PORT": "0",
        "DATABASE_URL": f"sqlite:///{folder}/senaka.sqlite3",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "serve"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            found = re.search(r"http://\S+/simulator/", line)
            if found:
                break
        else:
            pytest.fail("the program ended before it was ready")
        yield found[0]
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)


@pytest.fixture(params=[(360, 740), (1280, 800)], ids=["phone", "desktop"])
def page(request: pytest.FixtureRequest, address: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        width, height = request.param
        opened = browser.new_page(viewport={"width": width, "height": height})
        opened.goto(address)
        yield opened
        browser.close()


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
    expect(page.get_by_role("log")).to_contain_text("メニュー", timeout=PATIENCE_MS)
    page.get_by_role("button", name="記事を読む").last.click()

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
