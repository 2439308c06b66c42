import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app import App
from bot.models import AuditEntry, Broadcast, BroadcastMove, Completion, InboxEvent, OutboxMessage, Person, Reminder
from tests.fakes import NOON, FakeClock

DAY = timedelta(days=1)


@pytest.fixture
def busy(app: App, clock: FakeClock) -> None:
    """A practice of three people: two use it, one has left."""
    with app.sessions.begin() as session:
        for number, name in enumerate(("花子", "太郎", "<b>次郎</b>")):
            session.add(
                Person(
                    line_user_id=f"U{number}",
                    display_name=name,
                    created_at=NOON - 40 * DAY if number else NOON - 2 * DAY,
                    last_seen_at=NOON - DAY if number < 2 else NOON - 40 * DAY,
                    blocked_at=NOON - DAY if number == 2 else None,
                )
            )
        session.flush()
        for number in (1, 2):
            session.add(
                Reminder(
                    person_id=number,
                    routine_id="routine/morning-stretch",
                    time="07:00",
                    days=["mon"],
                    zone="Asia/Tokyo",
                    created_at=NOON,
                )
            )
        session.add(
            OutboxMessage(
                kind="multicast",
                recipients=["U0", "U1"],
                payload=[],
                purpose="reminder",
                routine_id="routine/morning-stretch",
                day=NOON.date(),
                created_at=NOON,
                next_try_at=NOON,
                outcome="accepted",
                settled_at=NOON,
            )
        )
        session.add(Completion(person_id=1, routine_id="routine/morning-stretch", day=NOON.date(), done_at=NOON))
        for number, (text, meaning, about) in enumerate(
            [
                ("駐車場は？", "answer", "faq/hours"),
                ("車で行けますか", "answer", "faq/hours"),
                ("=cmd|' /C calc'!A0", "fallback", None),
                ("<script>alert(1)</script>", "fallback", None),
            ]
        ):
            session.add(
                InboxEvent(
                    webhook_event_id=f"E{number}",
                    kind="message",
                    user_id="U0",
                    raw=f'{{"message": {{"type": "text", "text": "{text}"}}}}',
                    received_at=NOON - timedelta(hours=1),
                    occurred_at=NOON - timedelta(hours=1),
                    next_try_at=NOON,
                    meaning=meaning,
                    about=about,
                )
            )
    assert clock() == NOON


def table(answer: Any) -> list[list[str]]:
    """The rows of a file."""
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.mark.usefixtures("busy")
def test_the_page_counts_people_routines_questions_and_what_was_not_understood(
    staff: Callable[..., Any], app: App
) -> None:
    titles = {id: entry.title for id, entry in app.library.entries.items()}
    rows = {(row[0], row[1]): row[2] for row in table(staff("viewer").get("/insight.csv"))}

    assert {of: count for (figure, of), count in rows.items() if figure == "使っている人"} == {
        "お客様（累計）": "3",
        "いま届く人": "2",
        "期間中の新しい人": "1",
        "期間中に話した人": "2",
        "期間中のブロック": "1",
    }
    assert rows["ルーティンを使う人", titles["routine/morning-stretch"]] == "2"
    assert rows["ルーティンのリマインドを送った回数", titles["routine/morning-stretch"]] == "2"
    assert rows["ルーティンができた回数", titles["routine/morning-stretch"]] == "1"
    assert rows["よく聞かれること", titles["faq/hours"]] == "2"
    assert rows["どう受けとったか", "わからなかった"] == "2"
    assert rows["届いたメッセージ", NOON.date().isoformat()] == "4"


@pytest.mark.usefixtures("busy")
def test_the_tables_are_in_the_words_of_the_pages(staff: Callable[..., Any], app: App) -> None:
    editor = staff("editor")

    [figures, people, messages] = [
        table(editor.get(path))
        for path in ("/insight.csv", "/insight/people/friends?as=csv", "/insight/messages?about=faq/hours&as=csv")
    ]

    assert figures[0] == ["数字", "対象", "件数"]
    assert people[0] == ["番号", "名前", "出会った日", "最後に話した日", "ブロック"]
    assert messages[0] == ["日時", "文章", "受けとり方", "答え"]
    assert messages[1][1:] == ["車で行けますか", "記事や質問に答えた", app.library.entries["faq/hours"].title]
    assert not re.search("[a-z]{4}", "".join(f"{of} {what}" for of, what, _ in figures))


@pytest.mark.usefixtures("busy")
def test_every_number_leads_to_its_rows(staff: Callable[..., Any]) -> None:
    editor = staff("editor")

    page = editor.get("/insight?days=28").text

    assert "/staff/insight/people/left?days=28" in page
    assert "花子" in editor.get("/insight/people/new?days=28").text
    assert "太郎" not in editor.get("/insight/people/new?days=28").text
    assert "車で行けますか" in editor.get("/insight/messages?about=faq/hours").text
    assert "太郎" in editor.get("/insight/keepers/routine/morning-stretch").text


@pytest.mark.usefixtures("busy")
def test_a_viewer_sees_numbers_but_neither_names_nor_what_was_written(staff: Callable[..., Any]) -> None:
    viewer = staff("viewer")
    seen = [
        viewer.get(path).text
        for path in (
            "/insight",
            "/insight/people/friends",
            "/insight/people/friends?as=csv",
            "/insight/messages?about=faq/hours",
            "/insight/messages?about=faq/hours&as=csv",
        )
    ]

    assert not any(word in page for page in seen for word in ("花子", "駐車場は？", "車で行けますか"))


@pytest.mark.usefixtures("busy")
def test_what_people_wrote_is_text_in_the_page_and_no_formula_in_the_file(staff: Callable[..., Any]) -> None:
    editor = staff("editor")

    page = editor.get("/insight/messages?meaning=fallback").text
    rows = table(editor.get("/insight/messages?meaning=fallback&as=csv"))

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "&lt;b&gt;次郎" in editor.get("/insight/people/left").text
    assert [row[1] for row in rows[1:]] == ["<script>alert(1)</script>", "'=cmd|' /C calc'!A0"]


def test_a_practice_without_anybody_gets_a_page_all_the_same(staff: Callable[..., Any]) -> None:
    page = staff("viewer").get("/insight?days=90")

    assert page.status_code == 200
    assert "まだいません" in page.text


def test_a_figure_that_does_not_exist_is_not_found(staff: Callable[..., Any]) -> None:
    viewer = staff("viewer")

    assert viewer.get("/insight/people/everybody").status_code == 404
    assert viewer.get("/insight/keepers/routine/none").status_code == 404
    assert viewer.get("/insight/messages").status_code == 404
    assert viewer.get("/insight?days=9999").status_code == 200


def test_an_announcement_is_shown_with_those_who_left_in_the_day_after(staff: Callable[..., Any], app: App) -> None:
    with app.sessions.begin() as session:
        session.add(Broadcast(text="年末の予約のご案内", created_at=NOON, state="sent", people_count=12, send_at=NOON))
        session.flush()
        session.add(BroadcastMove(broadcast_id=1, moved_at=NOON - 2 * DAY, state="sending"))
        for number, left_at in enumerate((NOON - 2 * DAY + timedelta(hours=3), NOON - timedelta(hours=3), None)):
            session.add(Person(line_user_id=f"U{number}", created_at=NOON, last_seen_at=NOON, blocked_at=left_at))

    page = staff("viewer").get("/insight").text

    assert "年末の予約のご案内" in page
    assert "24時間のブロック 1人" in page


@pytest.mark.usefixtures("busy")
def test_who_takes_a_file_with_names_or_texts_along_is_written_down(staff: Callable[..., Any], app: App) -> None:
    editor, viewer = staff("editor"), staff("viewer")
    for path in ("/insight/people/friends?as=csv", "/insight/messages?meaning=fallback&as=csv", "/insight.csv"):
        for desk in (editor, viewer):
            assert desk.get(path).status_code == 200

    with app.sessions() as session:
        noted = session.scalars(sa.select(AuditEntry).where(AuditEntry.subject == "insight")).all()
    assert [entry.after["file"] for entry in noted] == ["people", "messages"]  # Those of a viewer hold neither.
