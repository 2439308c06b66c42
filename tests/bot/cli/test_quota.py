import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result

from bot import alerts, db
from bot.clock import system_clock
from bot.delivery import inbox, outbox, readings
from bot.models import InboxEvent, OutboxMessage, Person
from tests.fakes import FakeMessenger

Run = Callable[..., Result]
Change = Callable[..., None]


def says(sessions: db.Sessions, *, limit: int | None, used: int, now: datetime | None = None) -> None:
    """Let LINE have said so."""
    readings.ask(sessions, FakeMessenger(month_limit=limit, used=used), now or system_clock())


def meet(sessions: db.Sessions, count: int) -> None:
    now = system_clock()
    with sessions.begin() as session:
        for number in range(count):
            session.add(
                Person(line_user_id=f"U{number:032}", created_at=now, last_seen_at=now, offered=[], step_data={})
            )


def test_the_owner_is_told_how_far_the_month_reaches(run: Run, made: db.Sessions) -> None:
    says(made, limit=200, used=50)
    with made.begin() as session:
        outbox.add_push(session, to="U1", payload=[], purpose="summary", now=system_clock())
        session.execute(sa.update(OutboxMessage).values(outcome="accepted", settled_at=system_clock()))

    result = run("quota")

    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert "月の通数: 51 / 200通（残り149通、うち0通はお返事のために残します）" in lines[0]
    assert "  週のまとめ: 送信ずみ 1通、今月あと約0通" in lines
    assert any(line.startswith("このままなら今月は足ります（今月の見込み 51通") for line in lines)
    assert "待っているものはありません。" in lines
    assert lines[-1].startswith("LINEの数字を最後に確認した時刻: ")


def test_programs_are_told_the_same(run: Run, made: db.Sessions) -> None:
    says(made, limit=200, used=50)

    found: dict[str, Any] = json.loads(run("quota", "--json").stdout)

    assert {key: found[key] for key in ("limit", "used", "left", "reserve", "expected", "full_on", "is_full")} == {
        "limit": 200,
        "used": 50,
        "left": 150,
        "reserve": 0,
        "expected": 50,
        "full_on": None,
        "is_full": False,
    }
    assert set(found["used_by_kind"]) == {
        "reminder",
        "snooze",
        "summary",
        "announcement",
        "answer",
        "staff",
        "alert",
        "test",
    }


@pytest.mark.parametrize(("used", "code"), [(190, 0), (191, 1), (200, 1)])
def test_the_exit_code_says_that_nearly_all_is_used(run: Run, made: db.Sessions, used: int, code: int) -> None:
    says(made, limit=200, used=used)

    assert run("quota").exit_code == code
    assert run("quota", "--json").exit_code == code


def test_it_is_said_when_line_was_never_asked_or_does_not_say(run: Run, made: db.Sessions) -> None:
    assert "LINEにはまだ確認していません。こちらの記録で数えています。" in run("quota").stdout
    before = system_clock() - timedelta(hours=1)
    says(made, limit=200, used=50, now=before)
    line = FakeMessenger()
    line.does_not_tell_its_count()
    readings.ask(made, line, system_clock())

    assert "LINEに確認できていません（最後の確認 " in run("quota").stdout


def test_open_alerts_are_listed(run: Run, made: db.Sessions) -> None:
    with made.begin() as session:
        alerts.raise_(session, "quota-95", {"used": 191, "limit": 200}, system_clock())
        alerts.raise_(session, "gone", {}, system_clock())
        alerts.clear(session, "gone", system_clock())

    result = run("alerts")

    assert result.stdout.endswith(
        " quota-95 今月の通数の95%を使いました（191 / 200通）。残りはリマインドとお返事に使います。\n1 open\n"
    )
    assert result.stdout.count("\n") == 2


@pytest.mark.parametrize(
    ("used", "arguments", "is_sent", "told"),
    [
        (10, [], True, "left this month: 20, reserve: 0, reminders and announcements to come: 0, room: 20, short: 0"),
        (28, [], False, "left this month: 2, reserve: 0, reminders and announcements to come: 0, room: 2, short: 1"),
        (28, ["--anyway"], False, "room: 2, short: 1"),
        (27, ["--anyway"], True, "room: 3, short: 0"),
    ],
)
def test_an_announcement_that_does_not_fit_is_refused_whole(
    run: Run, made: db.Sessions, used: int, arguments: list[str], is_sent: bool, told: str
) -> None:
    meet(made, 3)
    says(made, limit=30, used=used)

    dry = run("broadcast", "お知らせです。", "--dry-run", *arguments)
    result = run("broadcast", "お知らせです。", "--yes", *arguments)

    assert told in dry.stdout
    assert dry.exit_code == 0
    assert told in result.stdout
    assert result.exit_code == (0 if is_sent else 1)
    with made() as session:
        assert len(session.scalars(sa.select(OutboxMessage)).all()) == is_sent


def test_an_announcement_may_take_the_messages_of_reminders_if_it_must(run: Run, made: db.Sessions) -> None:
    meet(made, 3)
    says(made, limit=30, used=20)
    with made.begin() as session:
        outbox.add_multicast(
            session, to=[f"U{number}" for number in range(8)], payload=[], purpose="announcement", now=system_clock()
        )

    refused = run("broadcast", "お知らせです。", "--yes")
    sent = run("broadcast", "お知らせです。", "--yes", "--anyway")

    assert refused.exit_code == 1
    assert str(refused.exception) == "1 messages short; nothing was sent (--anyway takes those of reminders)"
    assert sent.exit_code == 0
    with made() as session:
        assert session.scalars(sa.select(OutboxMessage.priority).order_by(OutboxMessage.id)).all() == [2, 1]


def give_up(sessions: db.Sessions, *raw: str) -> None:
    now = system_clock()
    with sessions.begin() as session:
        for number, text in enumerate(raw, start=1):
            event = {"type": "message", "webhookEventId": f"event-{number}", "message": {"text": text}}
            inbox.receive(session, [event], now)
        session.execute(sa.update(InboxEvent).values(dead_at=now, attempts=5))


def test_what_was_given_up_is_listed_without_its_words(run: Run, made: db.Sessions) -> None:
    give_up(made, "ひみつ", "ないしょ")

    lines = run("inbox", "list").stdout.splitlines()

    assert len(lines) == 3
    assert lines[0].startswith("1 message 20")
    assert lines[0].endswith(" UTC, tries 5")
    assert lines[-1] == "2 given up"
    assert "ひみつ" not in "".join(lines)


def test_what_was_given_up_is_opened_again_or_dropped(run: Run, made: db.Sessions) -> None:
    give_up(made, "a", "b", "c")

    assert run("inbox", "retry", "1").stdout == "1 opened again\n"
    assert run("inbox", "drop", "2").stdout == "1 dropped\n"
    assert run("inbox", "list").stdout.splitlines()[-1] == "1 given up"
    missed = run("inbox", "retry", "1", "2", "99")
    assert (missed.exit_code, str(missed.exception)) == (1, "not given up, or erased: 1, 2, 99")
    assert run("inbox", "retry", "--all").stdout == "1 opened again\n"

    with made() as session:
        rows = session.scalars(sa.select(InboxEvent).order_by(InboxEvent.id)).all()
        assert [(row.attempts, row.dead_at is None, row.outcome) for row in rows] == [
            (0, True, None),
            (5, False, "dropped"),
            (0, True, None),
        ]


def test_what_was_erased_cannot_be_answered_any_more(run: Run, made: db.Sessions) -> None:
    give_up(made, "a")
    with made.begin() as session:
        session.execute(sa.update(InboxEvent).values(raw="{}"))

    assert "(erased: from a group or taken back)" in run("inbox", "list").stdout
    assert run("inbox", "retry", "--all").stdout == "0 opened again\n"
    assert run("inbox", "drop", "--all").stdout == "1 dropped\n"


@pytest.mark.parametrize("arguments", [["retry"], ["drop"], ["retry", "1", "--all"]])
def test_it_must_be_said_which_events_are_meant(run: Run, arguments: list[str]) -> None:
    result = run("inbox", *arguments)

    assert (result.exit_code, str(result.exception)[:11]) == (1, "name events")
