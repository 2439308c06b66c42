"""Takes the pictures of README and staff guide anew: ``python -m scripts.renew_pictures``, or ``make pictures``.

The program is served on a database of its own; a browser does what a client and a member of the staff would do.
"""

import re
import tempfile
from io import BytesIO
from pathlib import Path

import noto_cjk_sans_jp_bold
import noto_cjk_sans_jp_regular
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.clock import system_clock
from bot.models import Person, PersonTag
from bot.staff import accounts
from scripts.ensure_browser import find
from tests.browser.conftest import PASSWORD, Served, serving

IMAGES = Path(__file__).parents[1] / "docs" / "images"
PATIENCE_MS = 20_000
PHONE, DESK = {"width": 360, "height": 860}, {"width": 1200, "height": 900}
SHADES = 256
"""So many colours has a picture: a third of its size, and nobody sees it."""
GAP_PX = 12
FACES = {"400": noto_cjk_sans_jp_regular.FONT_PATH, "700": noto_cjk_sans_jp_bold.FONT_PATH}
LETTERS = "".join(
    f'@font-face {{ font-family: "Pictures"; font-weight: {weight}; src: url("/pictures-letters/{weight}"); }}'
    for weight in FACES
)


def main() -> None:
    """Take all pictures."""
    expect.set_options(timeout=PATIENCE_MS)
    path = find()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        _chat(_page(browser, PHONE), served)
        _announcement(_page(browser, DESK), served)
        browser.close()
    for path in sorted(IMAGES.glob("*.png")):
        print(f"{path.name}: {path.stat().st_size // 1024} KB")


def _chat(page: Page, served: Served) -> None:
    """A first week in four pictures: welcome, an answer, a reminder, the record."""
    log = page.get_by_role("log")
    shots: list[bytes] = []
    _go(page, f"{served.address}/simulator/")
    page.get_by_role("button", name=re.compile(r"時計を\s?進める")).click()
    # A morning, whenever the pictures are taken.
    _wind(page, "あすの朝 07:00")
    page.get_by_role("button", name="最初からやり直す").evaluate(
        "button => document.getElementById('clock-face').click()"
    )
    expect(log).to_contain_text("はじめまして")
    shots.append(_shot(page, ".item"))

    page.locator(".richmenu-bar").click()
    _say(page, "背中だけ熱いのはなぜ?", "読み物")
    shots.append(_shot(page, ".item.person"))

    _say(page, "毎朝6時半にストレッチ教えて", "次のお知らせ")
    for day in range(5):
        page.locator("#clock-face").click()
        _wind(page, "次のリマインダーまで")
        page.locator("#clock-face").click()
        done = log.get_by_role("button", name="できた", exact=True)
        expect(done).to_have_count(day + 1)
        if day == 0:
            shots.append(_shot(page, ".item.bot"))
        if day != 2:
            done.last.click()
            expect(log.locator(".item.bot").last).to_contain_text("連続")
    _say(page, "記録を見たい", "週ごとのできた日")
    shots.append(_shot(page, ".item.person"))
    _save("chat", _beside([Image.open(BytesIO(shot)).convert("RGB") for shot in shots]))


def _announcement(page: Page, served: Served) -> None:
    """An announcement is written, tried, sent."""
    with served.database() as sessions, sessions.begin() as session:
        now = system_clock()
        account, _ = accounts.invite(session, "sato", role="owner", by=None, now=now)
        accounts.take_up(session, account, PASSWORD, now)
        for number in range(41):
            person = Person(line_user_id=f"U{number:032x}", created_at=now, last_seen_at=now, followed_at=now)
            session.add(person)
            session.flush()
            session.add(PersonTag(person_id=person.id, tag="産後ケア"))
    _go(page, f"{served.address}/staff/sign-in")
    page.get_by_label("名前").fill("sato")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="ログイン").click()
    page.wait_for_url(f"{served.address}/staff")

    _go(page, f"{served.address}/staff/announcements/new")
    page.get_by_label("本文").fill("12月30日(金)から1月3日までお休みします。\n新年は4日の9時からです。")
    expect(page.get_by_role("button", name="この言いかえにする")).to_be_visible()
    _keep(page, "announcement-write")

    page.get_by_text("カード", exact=True).click()
    page.get_by_label("見出し").fill("年末年始のお休み")
    page.get_by_label("本文").fill("12月30日から1月3日までお休みします。\n新年は4日の9時からです。")
    page.get_by_label("ボタン1の文字").fill("予約する")
    page.get_by_label("押すと").first.select_option("言葉を送る")
    page.get_by_label("ページか言葉").first.fill("予約したい")
    page.get_by_label("条件に合う人だけ").check()
    page.get_by_role("group", name="次のタグのどれかがある").get_by_text("産後ケア").click()
    expect(page.locator("#people")).to_have_text("41")
    page.get_by_role("button", name="下書きを保存して、次へ").click()
    page.get_by_role("button", name="見え方を確認しました").click()
    page.get_by_role("button", name="今すぐ配信する").wait_for()
    _dress(page)
    _keep(page, "announcement-steps")

    page.get_by_role("button", name="今すぐ配信する").click()
    expect(page.get_by_role("heading", name="配信が終わりました")).to_be_visible(timeout=90_000)
    _dress(page)
    _keep(page, "announcement-report")


def _page(browser: Browser, size: dict[str, int]) -> Page:
    """An empty page that can get letters of ours, whatever it forbids."""
    context = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
        reduced_motion="reduce",
        bypass_csp=True,
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.route("**/pictures-letters/*", lambda route: route.fulfill(path=str(FACES[route.request.url[-3:]])))
    return page


def _go(page: Page, address: str) -> None:
    page.goto(address)
    _dress(page)


def _dress(page: Page) -> None:
    """The same letters on every machine."""
    page.add_style_tag(
        content=LETTERS + ':is(body, button, input, textarea, select) { font-family: "Pictures" !important; }'
    )
    page.evaluate("Promise.all(['400', '700'].map((weight) => document.fonts.load(`${weight} 16px Pictures`, '肩')))")


def _say(page: Page, text: str, expected: str) -> None:
    page.get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("log").locator(".item.bot").last).to_contain_text(expected)


def _wind(page: Page, step: str) -> None:
    page.get_by_role("button", name=step).click()
    expect(page.get_by_text("進めました。")).to_be_visible()


def _shot(page: Page, of: str = "") -> bytes:
    """What is seen, from the last *of* these on (the first, of all items), with neither caret nor mouse."""
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    if of:
        place = page.locator(of).first if of == ".item" else page.locator(of).last
        place.evaluate("item => item.scrollIntoView({ block: 'start' })")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.screenshot(animations="disabled")


def _keep(page: Page, name: str) -> None:
    for frame in page.frames[1:]:
        frame.evaluate("document.fonts.ready")
    _save(name, Image.open(BytesIO(_shot(page))).convert("RGB"))


def _beside(pictures: list[Image.Image]) -> Image.Image:
    width = sum(picture.width for picture in pictures) + GAP_PX * (len(pictures) - 1)
    row = Image.new("RGB", (width, pictures[0].height), "white")
    left = 0
    for picture in pictures:
        row.paste(picture, (left, 0))
        left += picture.width + GAP_PX
    return row


def _save(name: str, picture: Image.Image) -> None:
    picture.quantize(SHADES, dither=Image.Dither.NONE).save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
