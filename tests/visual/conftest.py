"""A stage for messages: the chat page with a script of our own in place of its program, letters from a package, no network."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import noto_cjk_sans_jp_bold
import noto_cjk_sans_jp_regular
import pytest
from flask import Response, request
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, Route
from werkzeug.serving import make_server

from bot.library.gallery import Gallery
from bot.settings import DEFAULT_CONTENT
from bot.simulator.app import create_app
from bot.simulator.platform import Platform
from tests.fakes import FakeClock

HERE = Path(__file__).parent
WIDTHS = {"phone": 360, "desktop": 1280}
GALLERY = Gallery(DEFAULT_CONTENT / "pictures")
AT = round(datetime.fromisoformat("2026-11-20T10:00:00+09:00").timestamp() * 1000)
Json = dict[str, Any]


@dataclass(frozen=True)
class Stage:
    """The page on which messages are shown, and what is seen there."""

    page: Page

    def show(self, *messages: Json) -> None:
        """Show these messages of the bot, and nothing else."""
        self.page.evaluate("([messages, at]) => stage.show(messages, at)", [list(messages), AT])

    def show_flex(self, container: Json) -> None:
        """Show one Flex message."""
        self.show({"type": "flex", "altText": "カード", "contents": container})

    def facts(self, path: str, names: list[str]) -> Json:
        """What is asked of the component at *path*."""
        found: Json = self.page.evaluate("([path, names]) => stage.facts(path, names)", [path, names])
        return found

    def run_over(self) -> list[str]:
        """The words that do not fit their places."""
        found: list[str] = self.page.evaluate("stage.runOver()")
        return found

    def picture(self, selector: str = ".row") -> bytes:
        """What is seen of an element, as PNG."""
        return self.page.locator(selector).first.screenshot(animations="disabled")


@dataclass
class Shop:
    """The simulator's page, with the stage's script in place of its own; besides, whatever else lies at a path."""

    address: str
    files: dict[str, tuple[bytes, str]]
    """Path -> what is there, and its type."""


@pytest.fixture(scope="session")
def shop() -> Iterator[Shop]:
    """Serves the stage's page. Letters are too large to be handed to the browser piece by piece."""
    platform = Platform("a-secret", "a-token", FakeClock(), bot_name="みなと整体院")
    app = create_app(platform, SimpleNamespace(is_failing=False))  # type: ignore[arg-type]
    files = {
        "/static/main.js": ((HERE / "stage.js").read_bytes(), "text/javascript"),
        "/fonts/400.otf": (noto_cjk_sans_jp_regular.FONT_PATH.read_bytes(), "font/otf"),
        "/fonts/700.otf": (noto_cjk_sans_jp_bold.FONT_PATH.read_bytes(), "font/otf"),
    }

    @app.before_request
    def give() -> Response | None:
        found = files.get(request.path)
        return Response(found[0], content_type=found[1]) if found is not None else None

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Shop(f"http://127.0.0.1:{server.server_port}/", files)
    server.shutdown()
    thread.join()
    server.server_close()


def give_picture(route: Route) -> None:
    """Answer for every other host: ``pictures.example`` has the pack's drawings, and a picture of any size."""
    path = Path(urlsplit(route.request.url).path)
    if urlsplit(route.request.url).hostname != "pictures.example":
        route.abort()
    elif path.parent.name == "gallery":
        route.fulfill(body=GALLERY.draw(path.stem, 460), content_type="image/png")
    elif re.fullmatch(r"\d+x\d+", path.stem):
        route.fulfill(body=_painted(*map(int, path.stem.split("x"))), content_type="image/png")
    else:
        route.fulfill(status=404)


def _painted(width: int, height: int) -> bytes:
    """Four fields of a colour each and a disc, so that a picture that is cut, turned or pressed is another."""
    picture = Image.new("RGB", (width, height), "#2c9a80")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((width / 2, 0, width, height / 2), fill="#f2c14e")
    draw.rectangle((0, height / 2, width / 2, height), fill="#d9e6ee")
    draw.rectangle((width / 2, height / 2, width, height), fill="#a9486b")
    radius = min(width, height) / 4
    middle = (width / 2 - radius, height / 2 - radius, width / 2 + radius, height / 2 + radius)
    draw.ellipse(middle, fill="#ffffff")
    written = BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


@pytest.fixture(scope="session")
def open_stage(browser: Browser, shop: Shop) -> Iterator[Callable[[str], Stage]]:
    """Opens the stage on a ``phone`` or on a ``desktop``; each is opened once and used again."""
    stages: dict[str, Stage] = {}

    def open(size: str) -> Stage:
        if size not in stages:
            context = browser.new_context(
                viewport={"width": WIDTHS[size], "height": 900},
                locale="ja-JP",
                timezone_id="Asia/Tokyo",
                reduced_motion="reduce",
                bypass_csp=True,
            )
            page = context.new_page()
            page.route(lambda address: not address.startswith(shop.address), give_picture)
            page.goto(shop.address)
            page.add_style_tag(path=HERE / "stage.css")
            page.locator("body[data-ready]").wait_for(timeout=30_000)
            stages[size] = Stage(page)
        return stages[size]

    yield open
    for stage in stages.values():
        stage.page.context.close()


@pytest.fixture
def stage(open_stage: Callable[[str], Stage]) -> Stage:
    """The page of a phone."""
    return open_stage("phone")
