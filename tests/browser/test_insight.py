from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from bot.clock import system_clock
from bot.models import Person, PersonTag, Reminder
from tests.browser.conftest import Served

pytestmark = pytest.mark.browser

LONG_TAG = "とても長いタグの名前ですがこれは四十文字までにしてください"


def test_a_viewer_looks_at_the_day_and_at_the_figures(
    sign_in: Callable[..., Page], is_usable: Callable[[Page], None]
) -> None:
    page = sign_in("viewer")
    is_usable(page)
    if page.get_by_role("button", name="メニューを開く").is_visible():
        page.get_by_role("button", name="メニューを開く").click()

    page.get_by_role("link", name="ようす").click()
    is_usable(page)
    page.get_by_role("link", name="90日間").click()
    page.get_by_role("link", name="お客様（累計）").click()
    is_usable(page)

    expect(page.get_by_role("heading", name="お客様（累計）")).to_be_visible()


def test_names_figures_and_days_stay_in_one_piece_however_long_and_small_it_all_is(
    sign_in: Callable[..., Page], is_usable: Callable[[Page], None], served: Served
) -> None:
    now = system_clock()
    with served.database() as sessions, sessions.begin() as session:
        if session.scalar(sa.select(PersonTag.id).where(PersonTag.tag == LONG_TAG)) is None:
            person = Person(line_user_id="U" + "e" * 32, created_at=now, last_seen_at=now, followed_at=now)
            session.add(person)
            session.flush()
            session.add(PersonTag(person_id=person.id, tag=LONG_TAG))
            session.add(
                Reminder(
                    person_id=person.id,
                    routine_id="routine/morning-stretch",
                    time="06:30",
                    days=["mon"],
                    zone="Asia/Tokyo",
                    next_due_at=now + timedelta(days=7),
                    created_at=now,
                )
            )
    page = sign_in("owner")
    page.goto(f"{served.address}/staff/people")
    expect(page.get_by_text(LONG_TAG).last).to_be_visible()
    is_usable(page)

    for path, text, most_lines in (
        ("insight", "朝のストレッチと深呼吸", 3),
        ("insight", "できた割合", 1),
        ("insight/people/friends", f"{now.astimezone(ZoneInfo('Asia/Tokyo')):%Y/%m/%d}", 1),
        ("insight/people/friends", "最後に話した日", 1),
    ):
        page.goto(f"{served.address}/staff/{path}")
        cell = page.get_by_role("region").get_by_text(text, exact=True).first
        lines = cell.evaluate(
            "cell => { const range = document.createRange(); range.selectNodeContents(cell);"
            " return range.getBoundingClientRect().height / parseFloat(getComputedStyle(cell).lineHeight) }"
        )
        assert lines < most_lines + 0.5, (path, text)
        is_usable(page)


def test_an_owner_stops_every_push_and_lets_them_go_on(
    sign_in: Callable[..., Page], is_usable: Callable[[Page], None]
) -> None:
    page = sign_in("owner")

    page.get_by_text("すべての配信を止める").click()
    page.get_by_role("button", name="いますぐ止める").click()
    is_usable(page)
    expect(page.get_by_role("heading", name="すべての配信を止めています")).to_be_visible()
    page.get_by_role("button", name="配信を再開する").click()

    expect(page.get_by_text("配信を再開しました")).to_be_visible()
