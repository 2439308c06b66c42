from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot import alerts, db
from bot.app import Knowledge
from bot.delivery.month import Month
from bot.forecast import Forecast
from bot.models import Alert, OutboxMessage
from bot.watching import month_watch
from tests.fakes import NOON

APRIL = Month(datetime(2026, 3, 31, 15, tzinfo=UTC), datetime(2026, 4, 30, 15, tzinfo=UTC), limit=200, used=100)
FITS = Forecast({}, {}, 150, None)


def names(sessions: db.Sessions) -> list[str]:
    with sessions() as session:
        return [alert.name for alert in alerts.open(session)]


def test_a_matter_is_raised_once_until_it_is_cleared(sessions: db.Sessions, caplog: pytest.LogCaptureFixture) -> None:
    def raise_(_number: int) -> bool:
        with sessions.begin() as session:
            return alerts.raise_(session, "disk-full", {"percent": 97}, NOON)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(raise_, range(8))) == 1
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "alert disk-full: percent=97")
    ]
    with sessions.begin() as session:
        assert alerts.clear(session, "disk-full", NOON)
        assert not alerts.clear(session, "disk-full", NOON)
        assert alerts.raise_(session, "disk-full", {}, NOON)

    assert names(sessions) == ["disk-full"]


def test_each_of_staff_is_told_once_of_each_matter(sessions: db.Sessions) -> None:
    with sessions.begin() as session:
        alerts.raise_(session, "disk-full", {}, NOON)
    told = []
    for _ in range(2):
        with sessions.begin() as session:
            told.append(alerts.tell(session, ["a", "b"], lambda alert: [{"type": "text", "text": alert.name}], NOON))

    assert told == [2, 0]
    with sessions() as session:
        rows = session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)).all()
        assert [(row.recipients, row.purpose, row.priority) for row in rows] == [
            (["a"], "alert", 1),
            (["b"], "alert", 1),
        ]


def test_a_matter_is_told_in_words_and_one_without_words_by_its_name(knowledge: Knowledge) -> None:
    known = Alert(name="quota-80", facts={"used": 160, "limit": 200})
    unknown = Alert(name="roof-leaks", facts={"percent": 97})

    assert alerts.say(knowledge.library, known) == "今月の通数の80%を使いました（160 / 200通）。"
    assert alerts.say(knowledge.library, unknown) == "確認してください（roof-leaks）。percent=97"
    assert alerts.say(knowledge.library, unknown, is_over=True) == "解決しました（roof-leaks）。"


def test_the_month_is_watched(sessions: db.Sessions) -> None:
    def watch(this: Month, expected: Forecast | None = None, now: datetime = NOON) -> list[str]:
        with sessions.begin() as session:
            month_watch.watch(session, this, expected, now)
        return names(sessions)

    assert watch(APRIL, FITS) == []
    assert watch(replace(APRIL, used=159)) == []
    assert watch(replace(APRIL, used=160)) == ["quota-80"]
    assert watch(replace(APRIL, used=159)) == ["quota-80"]  # A count that wavers is no news.
    over = replace(FITS, total=230, full_on=NOON.date())
    assert watch(replace(APRIL, used=160), over) == ["quota-80", "quota-forecast"]
    assert watch(replace(APRIL, used=160), replace(FITS, total=195)) == ["quota-80", "quota-forecast"]
    assert watch(replace(APRIL, used=160), FITS) == ["quota-80"]
    everything = ["quota-80", "quota-95", "quota-full"]
    assert watch(replace(APRIL, used=200, is_full=True)) == everything
    assert watch(replace(APRIL, used=190)) == everything  # LINE is only tried again.
    assert watch(replace(APRIL, used=201, limit=5000)) == []
    assert watch(replace(APRIL, used=4900, limit=5000), over) == ["quota-80", "quota-95", "quota-forecast"]
    may = replace(APRIL, begins=APRIL.ends, ends=APRIL.ends + timedelta(days=31), used=0, limit=5000)
    assert watch(may, FITS, may.begins) == []


def test_nobody_counts_and_nothing_is_raised(sessions: db.Sessions) -> None:
    with sessions.begin() as session:
        month_watch.watch(session, replace(APRIL, limit=None, used=10_000), replace(FITS, total=20_000), NOON)

    assert names(sessions) == []
