"""Where the bot lives in the simulator's process, the page winds its clock and tells how it stands."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from bot.simulator.app import create_app
from bot.simulator.courier import Courier
from bot.simulator.platform import Platform

USER = "U" + "a" * 32


class FakeHouse:
    """A house that notes what it is asked for, and refuses what it is told to refuse."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.refusal: str | None = None

    def time(self) -> dict[str, object]:
        return {"ahead": 600, "until": None, "canWind": True}

    def wind(self, step: str, user_id: str) -> str | None:
        self.asked.append((step, user_id))
        return self.refusal

    def start_over(self) -> str | None:
        self.asked.append(("start-over",))
        return self.refusal

    def held_back(self, user_id: str) -> list[dict[str, str]]:
        return [{"day": "2026-04-01", "says": f"nothing for {user_id}"}]


@pytest.fixture
def house() -> FakeHouse:
    return FakeHouse()


@pytest.fixture
def page(platform: Platform, courier: Courier, house: FakeHouse) -> Iterator[FlaskClient]:
    with create_app(platform, courier, house).test_client() as client:
        yield client


def test_the_clock_is_wound_by_the_steps_that_there_are(page: FlaskClient, house: FakeHouse) -> None:
    assert page.post("/house/wind", json={"step": "week", "user": USER}).status_code == 202
    assert page.post("/house/wind", json={"step": "year", "user": USER}).status_code == 400
    assert page.post("/house/wind", data='{"step":"week"}', content_type="text/plain").status_code == 415
    assert page.post("/house/start-over", json={}).status_code == 202

    assert house.asked == [("week", USER), ("start-over",)]


def test_what_cannot_be_is_refused_with_its_reason(page: FlaskClient, house: FakeHouse) -> None:
    house.refusal = "busy"
    refused = page.post("/house/wind", json={"step": "week", "user": USER})

    assert (refused.status_code, refused.get_json()) == (409, {"refusal": "busy"})


def test_news_tell_how_the_clock_stands_and_elsewhere_that_there_is_none(
    page: FlaskClient, platform: Platform, courier: Courier
) -> None:
    assert page.get(f"/chat/{USER}/timeline").get_json()["clock"] == {"ahead": 600, "until": None, "canWind": True}

    alone = create_app(platform, courier).test_client()
    assert alone.get(f"/chat/{USER}/timeline").get_json()["clock"] is None
    assert alone.post("/house/wind", json={"step": "week", "user": USER}).status_code == 404


def test_the_page_tells_what_was_held_back(page: FlaskClient) -> None:
    told = page.get(f"/panel/held/{USER}").get_json()

    assert told == {"held": [{"day": "2026-04-01", "says": f"nothing for {USER}"}]}
