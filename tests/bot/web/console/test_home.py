from collections.abc import Callable
from typing import Any

from bot.app import App
from bot.models import Broadcast, Person, StaffRequest
from bot.staff import emergency
from tests.fakes import NOON


def test_a_day_on_which_nothing_is_to_do_says_so(staff: Callable[..., Any]) -> None:
    assert "いま、することはありません" in staff("viewer").get("").text


def test_what_waits_for_somebody_is_counted(staff: Callable[..., Any], app: App) -> None:
    with app.sessions.begin() as session:
        session.add(Person(line_user_id="U1", created_at=NOON, last_seen_at=NOON))
        session.flush()
        session.add(StaffRequest(person_id=1, reason="asked", created_at=NOON))
        session.add(Broadcast(created_at=NOON, state="overdue", send_at=NOON))

    page = staff("viewer").get("").text

    assert "スタッフの返事を待っているお客様" in page
    assert "予定の時刻を過ぎたお知らせ" in page
    assert "新しいお客様 1人" in page


def test_somebody_who_asked_twice_waits_once(staff: Callable[..., Any], app: App) -> None:
    with app.sessions.begin() as session:
        session.add(Person(line_user_id="U1", created_at=NOON, last_seen_at=NOON))
        session.flush()
        session.add_all(StaffRequest(person_id=1, reason=reason, created_at=NOON) for reason in ("asked", "safety"))

    page = staff("editor").get("").text

    assert "1件を見る" in page
    assert "2件を見る" not in page


def test_whoever_may_send_stops_the_house_and_lets_it_go_on(staff: Callable[..., Any], app: App) -> None:
    owner = staff("owner")

    assert "すべての配信を止めています" in owner.post("/stop", follow_redirects=True).text
    with app.sessions() as session:
        stopped = emergency.stopped(session)
        assert stopped is not None
        assert stopped.account_id is not None
    assert "配信を再開しました" in owner.post("/go-on", follow_redirects=True).text
    assert "すべての配信を止めた" in owner.get("/audit").text
