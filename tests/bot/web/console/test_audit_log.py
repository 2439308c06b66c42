import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from bot.app import App
from bot.broadcasts import states
from bot.staff import accounts, audit

ROOT = Path(__file__).resolve().parents[4]


def note(app: App, **what: Any) -> None:
    with app.sessions.begin() as session:
        audit.note(session, now=app.clock(), **{"by": None, "subject": "account 1", **what})


def test_what_was_done_is_said_in_words_and_what_has_none_as_it_is(app: App, staff: Callable[..., Any]) -> None:
    owner = staff("owner")
    note(app, action="broom.sweep", subject="yard 7")

    page = owner.get("/audit").text

    assert "招待リンクを作った" in page
    assert "ログインした" in page
    assert "broom.sweep" in page
    assert "yard 7" in page
    assert "役割: オーナー" in page


def test_what_somebody_typed_is_said_as_typed_even_when_it_is_a_word_of_ours(
    app: App, staff: Callable[..., Any]
) -> None:
    owner = staff("owner")
    note(app, action="account.invite", after={"name": "viewer", "role": "viewer"})
    note(app, action="person.tag", subject="person 1", after={"tags": ["free", "line"]})

    page = owner.get("/audit").text

    assert "名前: viewer、役割: 閲覧" in page
    assert "タグ: free・line" in page


def test_everything_that_staff_can_do_has_words(pages: Flask) -> None:
    words: Any = pages.jinja_env.get_template("console/actions.html").module
    sources = "".join(path.read_text() for path in (ROOT / "bot").rglob("*.py"))
    done = set(re.findall(r'action="([^"]+)"', sources)) | {
        f"broadcast.{move.replace('_', '-')}" for move in states.MOVES
    }

    assert done - words.actions.keys() == set()
    assert {action.partition(".")[0] for action in done} - words.kinds.keys() == set()


def test_the_log_is_of_one_member_or_of_one_kind(app: App, staff: Callable[..., Any]) -> None:
    owner = staff("owner")
    staff("editor")
    note(app, action="closure.add", subject="2026-08-13")
    with app.sessions() as session:
        editor = accounts.find(session, "editor")
    assert editor is not None

    of_member = owner.get(f"/audit?by={editor.id}").text
    of_kind = owner.get("/audit?kind=closure").text

    assert "臨時休業を登録した" not in of_member
    assert "ログインした" in of_member
    assert "→ owner" not in of_member
    assert "臨時休業を登録した" in of_kind
    assert "ログインした" not in of_kind


def test_a_log_of_many_pages_is_read_page_by_page(app: App, staff: Callable[..., Any]) -> None:
    owner = staff("owner")
    for number in range(60):
        note(app, action="closure.add", subject=f"day {number}")

    first = owner.get("/audit?kind=closure").text
    link = first.split("もっと前を見る")[0].rpartition('href="')[2].split('"')[0].replace("&amp;", "&")
    second = owner.client.get(link).text

    assert ("day 59<" in first, "day 9<" in first, "day 9<" in second, "day 59<" in second) == (
        True,
        False,
        True,
        False,
    )
    assert "いちばん新しい記録へ" in second


def test_nothing_found_is_said(staff: Callable[..., Any]) -> None:
    assert "当てはまる記録はありません" in staff("owner").get("/audit?kind=nothing").text


def test_the_table_opens_in_a_spreadsheet_and_holds_no_formula(app: App, staff: Callable[..., Any]) -> None:
    owner = staff("owner")
    note(app, action="closure.add", subject="=HYPERLINK(1)", after={"note": "9 < 10 & <b>"})

    answer = owner.get("/audit.csv?kind=closure")
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))

    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert lines[0] == ["日時", "だれが", "何を", "対象", "前", "後"]
    told = ["コマンド", "臨時休業を登録した", "'=HYPERLINK(1)", "", "ひとこと: 9 < 10 & <b>"]
    assert [line[1:] for line in lines[1:]] == [told]


def test_an_entry_goes_by_its_title_with_its_id_behind_it(app: App, staff: Callable[..., Any]) -> None:
    owner = staff("owner")
    note(app, action="content.publish", subject="faq/access")
    note(app, action="content.publish", subject="faq/long-forgotten")
    note(app, action="reminders.pause", subject="person 1", after={"routines": ["routine/morning-stretch"]})
    named = f"{app.library.entries['faq/access'].title}（faq/access）"

    page, table = owner.get("/audit").text, owner.get("/audit.csv").data.decode("utf-8-sig")

    assert named in page
    assert named in table
    assert "→ faq/long-forgotten" in page
    routine = app.library.entries["routine/morning-stretch"].title
    assert f"ルーティン: {routine}（routine/morning-stretch）" in page
