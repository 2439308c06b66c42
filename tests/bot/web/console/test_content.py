import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app import App
from bot.heard import Heard
from bot.library.schema import Exercise, Routine
from bot.models import AuditEntry, Closure, InboxEvent, Person
from bot.teaching import edits, evidence, phrasings
from tests.fakes import FakeClock

ACCESS = "faq/access"


def fields(page: Any) -> dict[str, Any]:
    """What a browser would send of the entry's form."""
    form = page.text.split('id="entry"')[1].split("</form>")[0]
    given: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrf_token" and ("checkbox" not in tag or "checked" in tag):
            given.setdefault(name[1], []).append(value[1] if value else "")
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\s*(.*?)</textarea>', form, re.DOTALL):
        given.setdefault(name, []).append(text)
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = [option for option in re.findall(r"<option[^>]*>", options) if " selected" in option]
        given.setdefault(name, []).extend(re.findall(r'value="([^"]*)"', "".join(chosen)))
    return given


def change(desk: Any, id: str, *, how: str = "publish", **changes: object) -> Any:
    path = f"/content/entry/{id}"
    return desk.post(path, fields(desk.get(path)) | changes | {how: "y"}, follow_redirects=True)


def said(app: App, text: str) -> list[dict[str, Any]]:
    app.lessons.hear()
    return app.ask(app.mind.current, text)


def answer(app: App, text: str) -> str:
    return "\n".join(Heard(tuple(said(app, text))).texts)


def test_an_answer_that_is_edited_is_said_and_undone_again(app: App, staff: Callable[..., Any]) -> None:
    editor = staff("editor")
    before = answer(app, "駐車場はありますか")

    page = change(editor, ACCESS, answer="裏に3台とめられます。")

    assert "公開しました" in page.text
    assert "裏に3台とめられます。" in answer(app, "駐車場はありますか")
    with app.sessions() as session:
        row = edits.current(session, ACCESS)
        assert row is not None
        # Nothing but the answer has changed on the way through the form.
        files = app.mind.current.shelf
        assert edits.check(session, files, ACCESS, row.body)
        assert set(row.body) >= {"title", "label", "phrasings", "related", "origin"}

    page = editor.post(f"/content/edits/{row.id}/undo", follow_redirects=True)

    assert "元に戻しました" in page.text
    assert answer(app, "駐車場はありますか") == before
    with app.sessions() as session:
        assert {entry.action for entry in session.query(AuditEntry)} >= {"content.publish", "content.undo"}


@pytest.mark.parametrize(
    "id",
    [
        ACCESS,
        "article/back-heat-muscle",
        "term/dit",
        "routine/morning-stretch",
        "exercise/bird-dog",
        "practice",
        "message/menu_title",
    ],
)
def test_a_form_that_is_sent_as_it_came_changes_nothing(app: App, staff: Callable[..., Any], id: str) -> None:
    before = app.mind.current.library

    page = change(staff("editor"), id)
    app.lessons.hear()

    assert "公開しました" in page.text, page.text
    after = app.mind.current.library
    assert after.entries.get(id) == before.entries.get(id)
    assert (dict(after.entries), after.practice, after.messages) == (
        dict(before.entries),
        before.practice,
        before.messages,
    )


def test_what_does_not_fit_is_kept_as_a_draft_and_says_in_japanese_what_to_mend(
    app: App, staff: Callable[..., Any]
) -> None:
    page = change(staff("editor"), ACCESS, label="とても長いボタンの名前" * 3, answer="$nani です")

    assert "このままでは公開できません" in page.text
    assert "ボタンの名前</strong>：長すぎます。20文字までにしてください。" in page.text
    assert "とても長いボタンの名前" in page.text
    assert answer(app, "駐車場はありますか") != ""
    with app.sessions() as session:
        assert edits.current(session, ACCESS) is None


def test_who_was_slower_sees_both(app: App, staff: Callable[..., Any]) -> None:
    one, two = staff("editor", name="さとう"), staff("editor", name="たなか")
    change(two, ACCESS, how="draft", answer="たなかの文")
    change(one, ACCESS, answer="さとうの文")

    page = change(two, ACCESS, answer="たなかの文")

    assert "別の版が公開されました" in page.text
    assert "さとうの文" in page.text
    assert "たなかの文" in page.text
    assert "さとうの文" in answer(app, "駐車場はありますか")

    number = re.search(r"/content/edits/(\d+)/rebase", page.text)
    assert number is not None
    two.post(f"/content/edits/{number[1]}/rebase")
    change(two, ACCESS)

    assert "たなかの文" in answer(app, "駐車場はありますか")


def test_a_question_that_staff_add_is_answered_and_can_be_tried_before(app: App, staff: Callable[..., Any]) -> None:
    editor = staff("editor")
    place = editor.post("/content", {"kind": "faq"}).location.removeprefix("/staff/content/entry/")
    page = change(
        editor,
        place,
        how="draft",
        title="犬と一緒に行けますか",
        label="ペット",
        answer="ペットはご遠慮ください。",
        phrasings="\n".join(f"犬{n}匹をつれて行けますか" for n in range(5)),
    )
    assert "下書きを保存しました" in page.text
    number = re.search(r"/content/edits/(\d+)/try", page.text)
    assert number is not None

    asked = f"/content/edits/{number[1]}/card?text=犬2匹をつれて行けますか&which="

    assert "ペットはご遠慮ください。" in card(editor.get(asked + "then"))
    assert "ペットはご遠慮ください。" not in card(editor.get(asked + "now"))
    assert "ペットはご遠慮ください。" not in answer(app, "犬2匹をつれて行けますか")
    assert "犬と一緒に行けますか" in editor.get("/content?only=edited").text

    change(editor, place)

    assert "ペットはご遠慮ください。" in answer(app, "犬2匹をつれて行けますか")


def test_the_steps_of_a_routine_are_moved_added_and_taken_out_without_a_script(
    app: App, staff: Callable[..., Any]
) -> None:
    editor, path = staff("editor"), "/content/entry/routine/morning-stretch"
    first, second, third, last = app.library.entry("routine/morning-stretch").steps  # type: ignore[attr-defined]
    given = fields(editor.get(path)) | {"intro": "さあ、はじめましょう。", "default_time": "6:45"}

    for button in ("steps down 0", "steps remove 2", "steps add"):
        page = editor.post(path, given | {"parts": button})
        assert page.status_code == 200
        given = fields(page)
    assert [text.strip() for text in given["intro"]] == ["さあ、はじめましょう。"]
    assert given["steps"] == [second, first, last, ""]
    given["steps"][3] = "exercise/bird-dog"
    page = editor.post(path, given | {"publish": "y"}, follow_redirects=True)

    assert "公開しました" in page.text, page.text
    app.lessons.hear()
    routine = app.library.entry("routine/morning-stretch")
    assert isinstance(routine, Routine)
    assert routine.steps == (second, first, last, "exercise/bird-dog")
    assert (routine.default_time, routine.intro) == ("06:45", "さあ、はじめましょう。")
    assert third not in routine.steps


def test_an_exercise_is_worded_anew_and_whom_it_is_not_for_stays(app: App, staff: Callable[..., Any]) -> None:
    editor = staff("editor")
    before = app.library.entry("exercise/bird-dog")
    assert isinstance(before, Exercise)
    assert "すすめない運動です：膝" in editor.get("/content/entry/exercise/bird-dog").text

    page = change(
        editor,
        "exercise/bird-dog",
        steps=["四つ這いになります。", " ", "手と足を伸ばします。"],
        count="左右5回",
        cautions="息を止めません。\n\n痛いときは休みます。",
        hold_seconds="10",
        avoid_if="",
    )

    assert "公開しました" in page.text, page.text
    assert "左右5回" in answer(app, "バードドッグのやり方")
    after = app.library.entry("exercise/bird-dog")
    assert isinstance(after, Exercise)
    assert after.steps == ("四つ這いになります。", "手と足を伸ばします。")
    assert after.cautions == ("息を止めません。", "痛いときは休みます。")
    assert (after.hold_seconds, after.avoid_if, after.tips) == (10, before.avoid_if, before.tips)


def test_a_button_that_opens_nothing_is_refused_beside_its_field_and_what_was_typed_stays(
    app: App, staff: Callable[..., Any]
) -> None:
    editor = staff("editor")
    typed = {"links-label": ["電話", "地図"], "links-url": ["tel:$phone", "地図はこちら"]}

    page = change(editor, ACCESS, **typed)

    row = page.text.split('id="links-1"')[1].split("</li>")[0]
    assert "https:// か tel: で始まるアドレス" in row
    assert 'value="地図はこちら"' in row
    assert "アドレス" not in page.text.split('id="links-0"')[1].split("</li>")[0]

    page = change(editor, ACCESS, **typed | {"links-url": ["tel:$phone", "https://maps.example.jp/senaka"]})

    assert "公開しました" in page.text, page.text
    assert "https://maps.example.jp/senaka" in json.dumps(said(app, "駐車場はありますか"))
    change(editor, ACCESS, **{"links-label": [], "links-url": []})
    assert "https://maps.example.jp/senaka" not in json.dumps(said(app, "駐車場はありますか"))


def test_facts_in_an_answer_are_said_to_be_changed_among_the_facts(staff: Callable[..., Any]) -> None:
    editor = staff("editor")
    page = editor.get(f"/content/entry/{ACCESS}").text

    assert 'href="/staff/content/entry/practice#parking"' in page
    assert 'id="parking"' in editor.get("/content/entry/practice").text
    assert "#parking" not in editor.get("/content/entry/term/dit").text


def test_hours_and_prices_of_the_form_are_answered_at_once(app: App, staff: Callable[..., Any]) -> None:
    editor = staff("editor")
    given = fields(editor.get("/content/entry/practice"))
    given |= {"open-mon": ["9:00", "15:00"], "close-mon": ["12:00", "19:00"]}
    given["price-name"][0], given["price-yen"][0], given["price-minutes"][0] = "はじめて", "4,400円", ""

    page = editor.post("/content/entry/practice", given | {"publish": "y"}, follow_redirects=True)

    assert "公開しました" in page.text, page.text
    assert "月 09:00〜12:00" in answer(app, "営業時間")
    assert "月 15:00〜19:00" in answer(app, "営業時間")
    assert "はじめて：4,400円" in answer(app, "料金を教えて")


@pytest.mark.parametrize(
    ("phone", "dialled"),
    [
        ("０３−１２３４−５６７８", "03-1234-5678"),
        ("03-1234-5678（代表）", "03-1234-5678"),
        ("代表 03(1234)5678", "0312345678"),
        ("+81 3 1234 5678", "+81312345678"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_telephone_number_is_shown_as_written_and_dialled_as_a_phone_can(
    app: App, staff: Callable[..., Any], phone: str, dialled: str
) -> None:
    assert "公開しました" in change(staff("editor"), "practice", phone=phone).text

    for asked in ("電話番号を教えて", "スタッフと話したい"):
        # LINE refuses a whole message for an address that it cannot open.
        heard = Heard(tuple(said(app, asked)))
        assert f"tel:{dialled}" in [action.get("uri") for action in heard.actions], asked
    assert phone in answer(app, "電話番号を教えて")


@pytest.mark.parametrize("phone", ["abc", "なし", "0"])
def test_what_is_no_telephone_number_is_not_published(app: App, staff: Callable[..., Any], phone: str) -> None:
    page = change(staff("editor"), "practice", phone=phone)

    assert "電話番号を入力してください。例：03-1234-5678" in page.text
    assert app.library.practice.phone == "00-0000-0000"


def test_quiet_hours_and_quick_texts_are_facts_and_what_costs_is_the_owners(
    app: App, staff: Callable[..., Any]
) -> None:
    owner, editor = staff("owner"), staff("editor")
    assert "公開しました" in change(owner, "practice", monthly_limit="150通", reserve="20", approval="y").text

    page = change(
        editor, "practice", quick_texts="少々お待ちください。\n承りました。", quiet_from="21:30", monthly_limit="9999"
    )

    assert "公開しました" in page.text, page.text
    assert 'name="monthly_limit"' not in editor.get("/content/entry/practice").text
    app.lessons.hear()
    practice = app.library.practice
    assert practice.staff.quick_texts == ("少々お待ちください。", "承りました。")
    assert (practice.pushes.quiet_from, practice.pushes.monthly_limit, practice.pushes.reserve) == ("21:30", 150, 20)
    assert practice.announcements.approval
    assert practice.staff.calls == ("asked", "safety")  # As the file has them.


def test_days_off_are_told_until_they_are_over(app: App, staff: Callable[..., Any], clock: FakeClock) -> None:
    editor = staff("editor")

    page = editor.post(
        "/closed-days", {"first": "2026-04-03", "last": "2026-04-04", "note": "研修"}, follow_redirects=True
    )

    assert "4/3(金)〜4/4(土)は臨時休業です（研修）。" in page.text
    assert "臨時休業のお知らせです" in page.text
    assert "4/3(金)〜4/4(土)は臨時休業です" in answer(app, "営業時間")
    clock.advance(days=4)
    assert "臨時休業" not in answer(app, "営業時間")

    editor = staff("editor")
    with app.sessions() as session:
        ids = [row.id for row in session.query(Closure)]
    for id in ids:
        assert editor.post(f"/closed-days/{id}/remove").status_code == 302
    assert editor.post(f"/closed-days/{ids[0]}/remove").status_code == 404
    assert editor.post("/closed-days", {"first": "2026-04-01"}).status_code == 400


def test_what_was_not_understood_is_settled_by_one_tap(app: App, staff: Callable[..., Any]) -> None:
    texts = ["まつぼっくり割引ありますか", "まつぼっくり割引ってありますか？", "きりんの話", "ぞうの話をしたい気分"]
    with app.sessions.begin() as session:
        person = Person(line_user_id="U1", created_at=app.clock(), last_seen_at=app.clock(), offered=[], step_data={})
        session.add(person)
        session.flush()
        for number, text in enumerate(texts):
            _wrote(app, session, person, f"e{number}", text)
    editor = staff("editor")
    page = editor.get("/not-understood").text
    assert page.count('class="card mb-3"') == 3  # Two of them are one matter.
    numbers = {text: _number(app, text) for text in texts}

    editor.post("/not-understood", {"number": [numbers[texts[0]], numbers[texts[1]]], "as": "faq/price"})
    editor.post("/not-understood", {"number": numbers[texts[2]], "as": "none"})
    made = editor.post("/not-understood", {"number": numbers[texts[3]], "as": "new"}, follow_redirects=True)

    assert texts[3] in made.text
    assert "いまはありません" in editor.get("/not-understood").text
    with app.sessions() as session:
        taught = {row.text: row.entry_id for row in phrasings.all_of(session)}
    assert taught == {texts[0]: "faq/price", texts[1]: "faq/price", texts[2]: None}
    assert "料金" in answer(app, texts[0])


def test_whoever_may_not_edit_reads_and_finds_no_form(staff: Callable[..., Any]) -> None:
    viewer = staff("viewer")
    page = viewer.get(f"/content/entry/{ACCESS}").text

    assert "アクセス" in page
    assert 'id="entry"' not in page
    assert viewer.get("/not-understood").status_code == 403


@pytest.mark.parametrize("id", ["safety/emergency", "command/menu", "check/back-heat"])
def test_what_is_not_for_the_page_says_why(staff: Callable[..., Any], id: str) -> None:
    editor = staff("editor")
    page = editor.get(f"/content/entry/{id}")

    assert 'id="entry"' not in page.text
    assert "わざと画面では変更できない" in page.text or "いまは見るだけ" in page.text
    assert editor.post(f"/content/entry/{id}", {"title": "x"}).status_code == 404


def _wrote(app: App, session: Any, person: Person, id: str, text: str) -> None:
    import json

    now = app.clock()
    session.add(
        InboxEvent(
            webhook_event_id=id,
            kind="message",
            raw=json.dumps({"message": {"type": "text", "text": text}}),
            received_at=now,
            occurred_at=now,
            next_try_at=now,
        )
    )
    session.flush()
    evidence.keep(session, person, event_id=id, now=now)


def _number(app: App, text: str) -> str:
    with app.sessions() as session:
        return str(next(one.number for one in evidence.waiting(session) if one.text == text))


def card(page: Any) -> str:
    """What the messages of a page say that shows a client's phone."""
    found = re.search(r'id="messages">(.*?)</script>', page.text, re.DOTALL)
    assert found is not None
    return json.dumps(json.loads(found[1]), ensure_ascii=False)


def in_force(app: App) -> Any:
    app.lessons.hear()
    return app.library.practice


def draft_of(app: App, id: str) -> int:
    with app.sessions() as session:
        return edits.drafts(session, id)[0].id


def test_what_owners_decided_is_not_undone_by_those_whom_it_binds(app: App, staff: Callable[..., Any]) -> None:
    owner, editor = staff("owner"), staff("editor")
    change(editor, "practice", how="draft", phone="03-0000-0000")  # From before there was such a decision.
    older = draft_of(app, "practice")
    change(owner, "practice", monthly_limit="150", approval="y")
    with app.sessions() as session:
        row = edits.current(session, "practice")
        assert row is not None

    for data in ({}, {"to_file": "y"}):
        page = editor.post(f"/content/edits/{row.id}/undo", data, follow_redirects=True)
        assert "オーナーだけができます" in page.text
    editor.post(f"/content/edits/{older}/rebase")
    assert "オーナーだけができます" in editor.post(f"/content/edits/{older}/publish", follow_redirects=True).text
    change(editor, "practice", remove="y")
    assert in_force(app).announcements.approval
    assert in_force(app).pushes.monthly_limit == 150

    # Kept once more, the draft has what is in force, and may go.
    assert "公開しました" in change(editor, "practice", based_on=str(row.id), phone="03-0000-0000").text
    assert in_force(app).phone == "03-0000-0000"
    assert in_force(app).announcements.approval
    assert in_force(app).pushes.monthly_limit == 150


def test_a_draft_is_published_and_thrown_away_by_its_writer_alone(app: App, staff: Callable[..., Any]) -> None:
    writer, other = staff("editor", name="さとう"), staff("owner", name="たなか")
    change(writer, ACCESS, how="draft", answer="まだ途中の文です。")
    draft = draft_of(app, ACCESS)

    asked = {
        what: other.post(f"/content/edits/{draft}/{what}").status_code for what in ("publish", "discard", "rebase")
    }

    assert asked == {"publish": 404, "discard": 404, "rebase": 404}
    assert draft_of(app, ACCESS) == draft


def test_a_draft_that_is_thrown_away_stands_in_the_log(app: App, staff: Callable[..., Any]) -> None:
    owner = staff("owner")
    change(owner, ACCESS, how="draft", answer="まだ途中の文です。")
    draft = draft_of(app, ACCESS)

    assert owner.post(f"/content/edits/{draft}/discard").status_code == 302

    with app.sessions() as session:
        noted = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "content.discard")).one()
    assert (noted.subject, noted.before, noted.account_id is not None) == (ACCESS, {"edit": draft}, True)
    assert "内容の下書きを捨てた" in owner.get("/audit?kind=content").text
    # Once gone it can be thrown away by nobody.
    assert owner.post(f"/content/edits/{draft}/discard").status_code == 404


def test_drafts_which_may_hold_what_clients_wrote_are_not_listed_to_who_may_not_read_that(
    app: App, staff: Callable[..., Any]
) -> None:
    editor, viewer = staff("editor"), staff("viewer")
    editor.post("/content", {"kind": "faq", "phrasing": "山田ですが予約を変えたいです"})

    assert "山田ですが" in editor.get("/content").text
    for asked in ("", "?q=山田", "?only=edited"):
        assert "山田ですが" not in viewer.get(f"/content{asked}").text


@pytest.mark.parametrize("number", ["9" * 5000, "٣", "-1", "x"])
def test_a_number_that_no_row_can_have_is_nobodys(staff: Callable[..., Any], number: str) -> None:
    editor = staff("editor")

    assert editor.post("/not-understood", {"number": number, "as": "drop"}).status_code == 302
    parts = fields(editor.get(f"/content/entry/{ACCESS}")) | {"parts": f"related remove {number}"}
    assert editor.post(f"/content/entry/{ACCESS}", parts).status_code == 200
    for asked in ("seen_within_days", "unseen_for_days", "done_this_week"):
        look = {"kind": "text", "text": "お知らせ", "to": "some", asked: "1" + number}
        assert editor.post("/announcements/look", look).status_code == 200
        assert editor.post("/announcements/look", look | {asked: "000001" + number}).status_code == 200
