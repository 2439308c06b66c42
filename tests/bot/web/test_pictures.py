"""The door through which LINE and phones fetch the pack's pictures."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from bot import db
from bot.library.gallery import Gallery
from bot.settings import DEFAULT_CONTENT
from bot.web import create
from tests.fakes import FakeClock

PICTURES = DEFAULT_CONTENT / "pictures"


@pytest.fixture
def browser(sessions: db.Sessions, clock: FakeClock) -> Iterator[FlaskClient]:
    app = create(channel_secret="x" * 32, sessions=sessions, clock=clock, pictures=PICTURES, wake=lambda: None)
    with app.test_client() as client:
        yield client


def test_a_picture_is_sent_as_what_it_is_to_be_kept_for_good(browser: FlaskClient) -> None:
    path = Gallery(PICTURES).path("trapezius", 300)
    assert path is not None

    answer = browser.get(path)
    assert answer.status_code == 200
    assert answer.data.startswith(b"\x89PNG")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    [
        "trapezius.png",
        "trapezius-300.png",
        f"{'0' * 32}-trapezius-300.png",
        "trapezius.svg",
        "style.css",
        "..%2Fstyle.css",
        "%2e%2e",
    ],
)
def test_an_address_that_was_made_up_is_not_found(browser: FlaskClient, path: str) -> None:
    assert browser.get(f"/pictures/{path}").status_code == 404
