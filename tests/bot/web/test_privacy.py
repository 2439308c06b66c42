"""The page about people's data: the pack's words and no others, whatever stands in them."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from bot import db
from bot.app import Knowledge
from bot.library.library import Library
from bot.settings import DEFAULT_CONTENT
from bot.web import create
from tests.fakes import FakeClock


@pytest.fixture
def library(knowledge: Knowledge) -> Library:
    return knowledge.library


Open = Callable[[Library], FlaskClient]


@pytest.fixture
def opened(clock: FakeClock) -> Open:
    def open_with(library: Library) -> FlaskClient:
        app = create(
            channel_secret="x" * 32,
            sessions=db.connect("sqlite://"),
            clock=clock,
            pictures=DEFAULT_CONTENT / "pictures",
            wake=lambda: None,
            library=lambda: library,
        )
        return app.test_client()

    return open_with


def test_the_page_tells_what_is_kept_how_long_who_sees_it_and_how_it_is_erased(opened: Open, library: Library) -> None:
    page = opened(library).get("/privacy")

    text = page.get_data(as_text=True)
    for words in ("せなか整体院（見本）", "90日", "データを消して", "わたしのデータ", "00-0000-0000", "2026年11月22日"):
        assert words in text
    assert "$" not in text.replace("$$", "")
    assert 'name="viewport"' in text
    assert "<script" not in text
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]


def test_another_length_of_keeping_is_said_wherever_it_is_said(opened: Open, library: Library) -> None:
    assert library.privacy is not None
    longer = replace(library, privacy=library.privacy.model_copy(update={"keep_days": 365}))

    text = opened(longer).get("/privacy").get_data(as_text=True)
    assert "365日" in text
    assert "90日" not in text


def test_words_are_words_and_never_run(opened: Open, library: Library) -> None:
    assert library.privacy is not None
    part = library.privacy.parts[0].model_copy(update={"title": "<script>1</script>", "text": "a\n\n<img src=x>"})
    odd = replace(library, privacy=library.privacy.model_copy(update={"parts": (part,)}))

    text = opened(odd).get("/privacy").get_data(as_text=True)
    assert "<script>" not in text
    assert "<img" not in text
    assert "<p>&lt;img src=x&gt;</p>" in text


def test_a_pack_that_says_nothing_has_no_such_page(opened: Open, library: Library) -> None:
    assert opened(replace(library, privacy=None)).get("/privacy").status_code == 404
