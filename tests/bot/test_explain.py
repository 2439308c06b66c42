from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot import broadcasts, db, explain, reminders
from bot.app import Knowledge
from bot.delivery import decisions, gate, outbox, verdict
from bot.delivery.messenger import Reason as LineReason
from bot.delivery.sender import Sender
from bot.models import OutboxMessage, Person
from bot.models.outbox import Purpose
from tests.fakes import FakeClock, FakeMessenger

TOKYO = ZoneInfo("Asia/Tokyo")
MORNING, NIGHT = "routine/morning-stretch", "routine/bedtime-breathing"
TITLE = "朝のストレッチと深呼吸:"
HELLO = [{"type": "text", "text": "秘密のことば"}]
WEDNESDAY = date(2026, 4, 1)


def tokyo(clock: str, day: int = 1) -> datetime:
    return datetime.fromisoformat(f"2026-04-{day:02}T{clock}:00").replace(tzinfo=TOKYO)


@pytest.fixture
def anna(sessions: db.Sessions) -> Person:
    with sessions.begin() as session:
        person = Person(line_user_id="U1", created_at=tokyo("00:00"), last_seen_at=tokyo("00:00"))
        session.add(person)
    return person


@pytest.fixture
def set_up(sessions: db.Sessions, anna: Person) -> Callable[..., None]:
    """Turn a routine on, or change it."""

    def set_up(now: datetime, routine_id: str = MORNING, **wished: Any) -> None:
        with sessions.begin() as session:
            person = session.get_one(Person, anna.id)
            reminders.turn_on(
                session, person, routine_id=routine_id, default_time="07:00", zone=TOKYO, now=now, **wished
            )

    return set_up


@pytest.fixture
def tell(sessions: db.Sessions, anna: Person, knowledge: Knowledge) -> Callable[..., list[str]]:
    """What staff are told about a day."""

    def tell(now: datetime, routine_id: str | None = None, day: date = WEDNESDAY) -> list[str]:
        with sessions() as session:
            asked = explain.Question(session.get_one(Person, anna.id), day, TOKYO, now)
            found = explain.find(session, asked, routine_id)
            return [explain.say(knowledge.library, asked, one) for one in found]

    return tell


@pytest.fixture
def send(sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger) -> Callable[[datetime], None]:
    """Send all that is due at a moment."""
    sender = Sender(sessions, clock, messenger, pause=lambda _seconds: None)

    def send(now: datetime) -> None:
        clock.now = now
        while sender.send_one():
            pass

    return send


def put(sessions: db.Sessions, due_at: datetime, purpose: Purpose = "reminder", **more: Any) -> None:
    about = {"routine_id": MORNING, "day": WEDNESDAY} if purpose in ("reminder", "snooze") else {}
    with sessions.begin() as session:
        outbox.add_multicast(
            session, to=["U0", "U1"], payload=HELLO, purpose=purpose, now=due_at, due_at=due_at, **about, **more
        )


def test_what_was_sent_is_told_with_its_time_and_lines_name_for_the_request(
    sessions: db.Sessions, set_up: Callable[..., None], send: Callable[..., None], tell: Callable[..., list[str]]
) -> None:
    set_up(tokyo("06:00"))
    put(sessions, tokyo("07:00"))
    put(sessions, tokyo("07:30"), "snooze")
    send(tokyo("07:31"))
    with sessions.begin() as session:
        session.execute(sa.update(OutboxMessage).values(request_id="request-1"))

    assert tell(tokyo("12:00")) == [
        f"07:00 {TITLE} 07:31に送りました（accepted、request-1）。",
        "07:30 朝のストレッチと深呼吸（あとで）: 07:31に送りました（accepted、request-1）。",
    ]


def test_what_the_gate_dropped_is_told_with_its_reason_and_never_what_it_said(
    sessions: db.Sessions, set_up: Callable[..., None], send: Callable[..., None], tell: Callable[..., list[str]]
) -> None:
    set_up(tokyo("06:00"), days=["mon"])
    put(sessions, tokyo("07:00"))
    send(tokyo("07:00"))

    assert tell(tokyo("12:00")) == [f"07:00 {TITLE} 送っていません。 設定にない曜日です。"]


def test_what_never_became_a_message_is_told_from_its_decision(
    sessions: db.Sessions, anna: Person, set_up: Callable[..., None], tell: Callable[..., list[str]]
) -> None:
    set_up(tokyo("06:00"))
    with sessions.begin() as session:
        about: dict[str, Any] = {
            "routine_id": MORNING,
            "day": WEDNESDAY,
            "due_at": tokyo("07:00"),
            "now": tokyo("09:00"),
        }
        decisions.drop(session, anna.id, purpose="reminder", reason="too-late", **about)
        decisions.drop(session, anna.id, purpose="summary", reason="stopped", due_at=tokyo("20:00"), now=tokyo("20:00"))

    assert tell(tokyo("21:00")) == [
        f"07:00 {TITLE} 送っていません。 予定の時刻から時間がたちすぎました。",
        "20:00 週のまとめ: 送っていません。 ご本人が止めています。",
    ]
    assert tell(tokyo("21:00"), day=WEDNESDAY + timedelta(days=1), routine_id=NIGHT) == [
        "就寝前の深呼吸: 送っていません。 この日はまだオンになっていません。"
    ]


Change = Callable[[Any, Person], object]


@pytest.mark.parametrize(
    ("change", "at", "told"),
    [
        (None, None, "記録がありません。その時刻に、送るプログラムが動いていなかったかもしれません。"),
        (lambda *who: reminders.stop(*who, MORNING, tokyo("06:30")), None, "ご本人が止めています。"),
        (lambda *who: reminders.stop(*who, MORNING, tokyo("09:00")), None, "記録がありません。"),
        (
            lambda *who: reminders.pause(*who, routine_id=None, until=tokyo("06:00", 3), now=tokyo("06:30")),
            None,
            "お休み中です。",
        ),
        (
            lambda *who: reminders.pause(*who, routine_id=None, until=tokyo("06:00", 3), now=tokyo("06:30")),
            tokyo("12:00", 20),
            "お休み中です。",
        ),
    ],
    ids=["nothing", "stopped", "stopped later", "paused", "paused once"],
)
def test_where_nothing_was_stored_the_settings_of_that_day_tell(
    sessions: db.Sessions,
    anna: Person,
    set_up: Callable[..., None],
    tell: Callable[..., list[str]],
    change: Change | None,
    at: datetime | None,
    told: str,
) -> None:
    set_up(tokyo("05:00"))
    if change is not None:
        with sessions.begin() as session:
            change(session, session.get_one(Person, anna.id))
            session.execute(sa.text("DELETE FROM decisions"))  # As if nobody had looked for what is due.

    [line] = tell(at or tokyo("12:00"))

    assert line.startswith(f"07:00 {TITLE} 送っていません。 {told}")


def test_what_was_set_after_its_time_is_told_so_and_counts_from_the_next_day(
    set_up: Callable[..., None], tell: Callable[..., list[str]]
) -> None:
    set_up(tokyo("12:00"))
    assert tell(tokyo("13:00")) == [f"07:00 {TITLE} 送っていません。 この時刻を過ぎてから設定されました。"]

    set_up(tokyo("14:00"), time="13:30")
    assert tell(tokyo("15:00")) == [f"13:30 {TITLE} 送っていません。 この時刻を過ぎてから設定されました。"]
    assert tell(tokyo("15:00"), day=WEDNESDAY + timedelta(days=1)) == [f"13:30 {TITLE} 13:30に送る予定です。"]


def test_yesterdays_settings_tell_of_yesterday(set_up: Callable[..., None], tell: Callable[..., list[str]]) -> None:
    set_up(tokyo("05:00"), days=["mon"])
    set_up(tokyo("12:00", 2), days=["wed"], time="08:00")

    assert tell(tokyo("13:00", 2)) == [f"07:00 {TITLE} 送っていません。 設定にない曜日です。"]


def test_what_is_still_to_come_today_is_told_with_what_stands_in_its_way(
    sessions: db.Sessions, anna: Person, set_up: Callable[..., None], tell: Callable[..., list[str]]
) -> None:
    set_up(tokyo("06:00"), NIGHT, time="01:00")
    waiting = tell(tokyo("12:00"))
    with sessions.begin() as session:
        reminders.rest(session, session.get_one(Person, anna.id), routine_id=NIGHT, day=WEDNESDAY, now=tokyo("12:00"))

    assert waiting == ["4/2 01:00 就寝前の深呼吸: 4/2 01:00に送る予定です。"]
    assert tell(tokyo("12:00")) == ["4/2 01:00 就寝前の深呼吸: 送っていません。 この日は「今日はお休み」です。"]


def test_an_announcement_is_told_by_its_number(
    sessions: db.Sessions, anna: Person, send: Callable[..., None], tell: Callable[..., list[str]]
) -> None:
    def plan(text: str, send_at: datetime) -> None:
        with sessions.begin() as session:
            broadcasts.plan(session, text, HELLO, send_at=send_at, now=send_at)

    plan("朝", tokyo("09:00"))
    send(tokyo("09:00"))
    plan("昼", tokyo("12:00"))
    with sessions.begin() as session:
        session.execute(sa.update(Person).values(announcements_stopped_at=tokyo("12:30")))
    send(tokyo("13:00"))
    plan("晩", tokyo("19:00"))
    with sessions.begin() as session:
        session.execute(sa.update(Person).values(announcements_stopped_at=None))
    plan("夜", tokyo("23:00"))
    send(tokyo("23:00"))

    lines = tell(tokyo("23:30"))

    assert lines[0].startswith("09:00 お店からの案内 1: 09:00に送りました（accepted、")
    assert lines[1] == "12:00 お店からの案内 2: 送っていません。 ご本人が止めています。"
    assert (
        lines[2]
        == "19:00 お店からの案内 3: 送っていません。 記録がありません。その時刻に、送るプログラムが動いていなかったかもしれません。"
    )
    assert lines[3] == "4/2 06:00 お店からの案内 4: 4/2 06:00に送る予定です。 夜間の、送らない時間帯です。"
    assert len(lines) == 4
    assert tell(tokyo("23:30"), routine_id=MORNING) == [f"{TITLE} 送っていません。 この日はまだオンになっていません。"]


def test_an_answer_that_did_not_arrive_is_told_and_one_that_did_is_not(
    sessions: db.Sessions, anna: Person, send: Callable[..., None], tell: Callable[..., list[str]]
) -> None:
    with sessions.begin() as session:
        for token in (None, "token"):
            outbox.add_replies(
                session,
                [
                    outbox.reply(
                        reply_token=token,
                        payload=HELLO,
                        reference="event",
                        now=tokyo("10:00"),
                        expires_at=tokyo("10:01"),
                        fallback_to="U1",
                        is_worth_a_push=False,
                    )
                ],
            )
    send(tokyo("10:00"))

    assert tell(tokyo("12:00")) == ["10:00 お返事: 送っていません。 お返事に使える時間が過ぎていました。"]


def test_a_day_without_anything_has_no_lines(anna: Person, tell: Callable[..., list[str]]) -> None:
    assert tell(tokyo("12:00")) == []


def test_every_reason_has_its_words(knowledge: Knowledge) -> None:
    ours = ("suspended", "set-later", "met-later", "no-record", "gone", "nothing-done", "nobody", "forgotten")
    of_replies = (verdict.TOKEN_EXPIRED, verdict.UNDER_WAY, verdict.INTERRUPTED)

    for reason in (*get_args(gate.Reason), *get_args(LineReason), *of_replies, *ours):
        assert f"explain_why_{reason.replace('-', '_')}" in knowledge.library.messages, reason
    for purpose in get_args(Purpose):
        assert f"explain_about_{purpose}" in knowledge.library.messages
