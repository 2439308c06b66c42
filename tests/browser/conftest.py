"""The program as a stranger runs it, a browser on a phone and on a desk, and staff who are signed in."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from bot import db
from bot.clock import system_clock
from bot.models.staff import Role
from bot.staff import accounts

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "mikan to kuri no ki"
PATIENCE_MS = 20_000


@dataclass(frozen=True)
class Served:
    """A running program: where its pages are, and its database."""

    address: str
    database_url: str

    @contextmanager
    def database(self) -> Iterator[db.Sessions]:
        """Sessions on the database that the program works with."""
        sessions = db.connect(self.database_url)
        try:
            yield sessions
        finally:
            db.engine_of(sessions).dispose()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`python -m bot serve` with its simulator, on a database of its own."""
    with serving(tmp_path_factory.mktemp("served")) as found:
        yield found


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """A program that nobody else looks at, with its database in *folder*."""
    database_url = f"sqlite:///{folder}/senaka.sqlite3"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PORT": "0", "DATABASE_URL": database_url}
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
            found = re.search(r"(http://\S+)/simulator/", line)
            if found:
                break
        else:
            pytest.fail("the program ended before it was ready")
        try:
            yield Served(found[1], database_url)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)


@pytest.fixture(params=[(360, 740), (1280, 800)], ids=["phone", "desktop"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """An empty page, once as wide as a phone, once as a desk; whatever it complains of fails the test."""
    width, height = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
        # A colour that is still on its way is no colour that anybody reads.
        reduced_motion="reduce",
    )
    made = context.new_page()
    made.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield made
    context.close()
    assert complaints == []


@pytest.fixture
def sign_in(served: Served, page: Page) -> Callable[..., Page]:
    """Signs the page in as somebody with a role: ``sign_in("editor")``, ``sign_in("owner", name="sato")``."""

    def enter(role: Role, *, name: str | None = None) -> Page:
        with served.database() as sessions, sessions.begin() as session:
            account = accounts.find(session, name or role)
            if account is None:
                account, _ = accounts.invite(session, name or role, role=role, by=None, now=system_clock())
                accounts.take_up(session, account, PASSWORD, system_clock())
        page.goto(f"{served.address}/staff/sign-in")
        page.get_by_label("名前").fill(name or role)
        page.get_by_label("パスワード").fill(PASSWORD)
        page.get_by_role("button", name="ログイン").click()
        page.wait_for_url(f"{served.address}/staff")
        return page

    return enter


@pytest.fixture
def is_usable() -> Callable[[Page], None]:
    """Asserts that a page can be used by everybody: axe finds nothing serious, nothing sticks out sideways."""

    def check(page: Page) -> None:
        page.wait_for_load_state()  # A click waits for the next page's first byte only.
        found = Axe().run(page).response["violations"]
        serious = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]

        assert serious == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    return check
