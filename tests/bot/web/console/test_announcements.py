import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot import broadcasts
from bot.app import App
from bot.delivery.sender import Sender
from bot.models import AuditEntry, Broadcast, Person, PersonTag, StaffAccount
from bot.staff import accounts
from tests.fakes import FakeClock, FakeMessenger

TEXT = "12月30日から1月3日までお休みします。"


@pytest.fixture
def people(app: App) -> list[str]:
    """Five friends of the practice, two of whom bear a tag; LINE ids."""
    now = app.clock()
    with app.sessions.begin() as session:
        for number in range(5):
            person = Person(
                line_user_id=f"U{number:032x}",
                created_at=now,
                last_seen_at=now,
                followed_at=now,
                offered=[],
                step_data={},
                display_name=f"=山田{number}",
            )
            session.add(person)
            session.flush()
            if number < 2:
                session.add(PersonTag(person_id=person.id, tag="産後ケア"))
    return [f"U{number:032x}" for number in range(5)]


@pytest.fixture
def owner(staff: Callable[..., Any]) -> Any:
    """An owner, who may send."""
    return staff("owner")


def write(desk: Any, text: str = TEXT, **more: Any) -> str:
    """Save a new announcement; the address of its page."""
    answer = desk.post("/announcements/new", {"kind": "text", "text": text, "to": "everybody", "do": "save"} | more)
    assert answer.status_code == 302, answer.text
    return str(answer.location).removeprefix("/staff")


def pass_time(app: App, clock: FakeClock, messenger: FakeMessenger, **length: float) -> None:
    """Let time pass, and the worker do what it does."""
    clock.advance(**length)
    sender = Sender(app.sessions, clock, messenger, pause=lambda seconds: clock.advance(seconds=seconds))
    for _ in range(3):
        for tick in app.ticks:
            tick(clock())
        while sender.send_one():
            pass


def stored(app: App) -> Broadcast:
    with app.sessions() as session:
        return session.scalars(sa.select(Broadcast).order_by(Broadcast.id.desc()).limit(1)).one()


def test_one_is_written_tested_sent_and_told_of(
    app: App, owner: Any, people: list[str], clock: FakeClock, messenger: FakeMessenger
) -> None:
    page = write(owner)
    assert "上の手順が終わると" in owner.get(page).text

    assert owner.post(f"{page}/schedule", {"when": "now"}).status_code == 409
    assert owner.post(f"{page}/test").status_code == 302
    assert "今すぐ配信する" in owner.get(page).text
    assert owner.post(f"{page}/schedule", {"when": "now"}).status_code == 302
    assert "あと <span" in owner.get(page).text
    pass_time(app, clock, messenger, seconds=31)

    assert [(sent.kind, sent.to, sent.texts) for sent in messenger.sent] == [("multicast", tuple(people), [TEXT])]
    assert owner.get(f"{page}/progress").json == {
        "state": "sent",
        "seconds": None,
        "planned": 5,
        "accepted": 5,
        "waiting": 0,
        "left_out": 0,
    }
    assert "配信が終わりました" in owner.get(page).text
    assert "配信済み" in owner.get("/announcements").text


def test_whoever_has_tied_their_line_gets_a_test_of_their_own_and_nobody_else_does(
    app: App, owner: Any, people: list[str], clock: FakeClock, messenger: FakeMessenger
) -> None:
    with app.sessions.begin() as session:
        session.execute(sa.update(StaffAccount).values(line_user_id="U" + "f" * 32))
    page = write(owner)

    owner.post(f"{page}/test")
    pass_time(app, clock, messenger, seconds=1)

    assert [(sent.kind, sent.to) for sent in messenger.sent] == [("push", ("U" + "f" * 32,))]
    assert "この内容で確認しました" in owner.get(page).text


def test_a_change_wants_a_new_test(owner: Any, people: list[str]) -> None:
    page = write(owner)
    owner.post(f"{page}/test")
    owner.post(f"{page}/edit", typed(owner, page) | {"text": TEXT + "新年は4日からです。"})

    assert owner.post(f"{page}/schedule", {"when": "now"}).status_code == 409
    assert "試し送りがまだです" in owner.post(f"{page}/schedule", {"when": "now"}).text


def test_for_thirty_seconds_it_can_be_taken_back(
    app: App, owner: Any, people: list[str], clock: FakeClock, messenger: FakeMessenger
) -> None:
    page = write(owner)
    owner.post(f"{page}/test")
    owner.post(f"{page}/schedule", {"when": "now"})
    pass_time(app, clock, messenger, seconds=29)
    assert owner.get(f"{page}/progress").json["seconds"] == 1

    owner.post(f"{page}/take-back")
    pass_time(app, clock, messenger, minutes=5)

    assert messenger.sent == []
    assert stored(app).state == "draft"


@pytest.mark.parametrize("asked", ["progress", "preview", ""])
def test_what_a_button_says_is_not_lost_to_an_answer_that_comes_late(owner: Any, people: list[str], asked: str) -> None:
    page = write(owner)
    owner.post(f"{page}/test")
    owner.post(f"{page}/schedule", {"when": "now"})
    owner.get(page)

    late = owner.get(f"{page}/{asked}".removesuffix("/"))
    owner.post(f"{page}/take-back")
    for cookie in late.headers.getlist("Set-Cookie"):
        name, _, value = cookie.partition(";")[0].partition("=")
        owner.client.set_cookie(name, value)

    assert "下書きに戻しました。" in owner.get(page).text


def test_it_goes_at_the_chosen_day_and_hour_of_the_practice(
    app: App, owner: Any, people: list[str], clock: FakeClock, messenger: FakeMessenger
) -> None:
    page = write(owner)
    owner.post(f"{page}/test")

    answer = owner.post(f"{page}/schedule", {"when": "then", "day": "2026-04-02", "time": "09:30"})

    assert answer.status_code == 302
    assert stored(app).send_at == datetime.fromisoformat("2026-04-02T09:30:00+09:00")
    assert "2026年4月2日 09:30" in owner.get(page).text
    assert owner.get(f"{page}/progress").json["seconds"] is None


@pytest.mark.parametrize(("day", "time"), [("2026-03-01", "09:30"), ("", ""), ("tomorrow", "25:00")])
def test_a_day_that_is_over_or_none_is_refused_and_stays_typed(
    owner: Any, people: list[str], day: str, time: str
) -> None:
    page = write(owner)
    owner.post(f"{page}/test")

    answer = owner.post(f"{page}/schedule", {"when": "then", "day": day, "time": time})

    assert answer.status_code == 409
    assert "これからの日時を選んでください" in answer.text


def test_one_on_its_way_is_paused_resumed_and_stopped(
    app: App, owner: Any, people: list[str], clock: FakeClock, messenger: FakeMessenger
) -> None:
    clock.now = datetime.fromisoformat("2026-04-01T23:30:00+09:00")  # At night, so it waits for the morning.
    page = write(owner)
    owner.post(f"{page}/test")
    assert "夜間なので" in owner.get(page).text
    owner.post(f"{page}/schedule", {"when": "now"})
    pass_time(app, clock, messenger, seconds=31)
    assert "一時停止する" in owner.get(page).text

    owner.post(f"{page}/pause")
    assert "配信を再開する" in owner.get(page).text
    pass_time(app, clock, messenger, hours=8)
    assert messenger.sent == []
    owner.post(f"{page}/resume")
    owner.post(f"{page}/stop")
    pass_time(app, clock, messenger, hours=1)

    assert messenger.sent == []
    assert stored(app).state == "stopped"
    assert "途中で中止した：5人" in owner.get(page).text
    with app.sessions() as session:
        noted = set(session.scalars(sa.select(AuditEntry.action).where(AuditEntry.subject == "broadcast 1")))
    assert {"broadcast.create", "broadcast.pause", "broadcast.resume", "broadcast.stop"} <= noted


def test_one_that_the_month_has_no_room_for_is_refused_with_the_figures(
    app: App, owner: Any, people: list[str], messenger: FakeMessenger
) -> None:
    messenger.month_limit, messenger.used = 10, 7
    for tick in app.ticks:
        tick(app.clock())
    page = write(owner)
    owner.post(f"{page}/test")

    shown = owner.get(page).text
    answer = owner.post(f"{page}/schedule", {"when": "now"})

    assert "5人に送るには、あと2通足りません（送れるのは3通まで）" in shown
    assert "今すぐ配信する" not in shown
    assert answer.status_code == 409
    assert "あと2通足りません" in answer.text


def test_one_whose_time_passed_asks_for_a_decision(
    app: App, owner: Any, people: list[str], clock: FakeClock, messenger: FakeMessenger
) -> None:
    page = write(owner)
    owner.post(f"{page}/test")
    owner.post(f"{page}/schedule", {"when": "then", "day": "2026-04-01", "time": "13:00"})
    pass_time(app, clock, messenger, hours=5)  # Nothing ran.

    assert messenger.sent == []
    assert "確認が必要" in owner.get("/announcements").text
    assert "配信できませんでした" in owner.get(page).text
    assert owner.post(f"{page}/confirm").status_code == 302
    pass_time(app, clock, messenger, seconds=31)
    assert len(messenger.sent) == 1


def test_only_those_who_meet_the_conditions_get_it_and_the_conditions_are_kept_by_name(
    app: App, owner: Any, people: list[str], clock: FakeClock, messenger: FakeMessenger
) -> None:
    page = write(owner, to="some", tags="産後ケア", segment_name="産後の方")
    assert "タグ「産後ケア」がある" in owner.get(page).text
    chosen = owner.post("/announcements/new", {"kind": "text", "text": TEXT, "do": "segment", "segment": "1"}).text
    assert re.search(r'value="産後ケア" id="tags-1" checked', chosen)
    assert TEXT in chosen

    owner.post(f"{page}/test")
    owner.post(f"{page}/schedule", {"when": "now"})
    pass_time(app, clock, messenger, seconds=31)

    assert [sent.to for sent in messenger.sent] == [tuple(people[:2])]
    assert owner.post("/announcements/segments/1/remove").status_code == 302
    assert "産後の方" not in owner.get("/announcements").text


def test_while_somebody_types_the_page_is_told_what_is_typed_as_it_stands(owner: Any, people: list[str]) -> None:
    answer = owner.post(
        "/announcements/look",
        {"kind": "text", "text": "腰痛が必ず治ります。<b>", "to": "some", "tags": "産後ケア", "id": "0"},
    )

    assert answer.json["people"] == 2
    assert answer.json["messages"] == [{"type": "text", "text": "腰痛が必ず治ります。<b>"}]
    assert "このままでは送れません" in answer.json["warnings"]
    assert "根拠" in answer.json["warnings"]


def test_words_that_must_not_go_out_do_not_go_out(owner: Any, people: list[str]) -> None:
    page = write(owner, "腰痛が必ず治ります。")
    owner.post(f"{page}/test")

    answer = owner.post(f"{page}/schedule", {"when": "now"})

    assert answer.status_code == 409
    assert "このままでは送れない表現があります" in answer.text


def test_the_words_of_the_check_are_taken_over_by_a_button(owner: Any) -> None:
    said = {"kind": "text", "text": "4月10日(木)はお休みです。"}
    do = re.findall(r'value="(rewrite:[^"]+)"', owner.post("/announcements/look", said).json["warnings"])

    page = owner.post("/announcements/new", said | {"do": do[0]})

    assert page.status_code == 200
    assert "4月10日(金)はお休みです。</textarea>" in page.text


def typed(desk: Any, page: str) -> dict[str, str]:
    """What the page of an announcement holds when somebody opens it to write."""
    shown = desk.get(f"{page}/edit").text
    before = re.search(r'name="before" value="([^"]*)"', shown)
    version = re.search(r'name="version" value="(\d+)"', shown)
    assert before is not None
    assert version is not None
    return {
        "before": before[1].replace("&#34;", '"').replace("&amp;", "&"),
        "version": version[1],
        "kind": "text",
        "to": "everybody",
        "do": "save",
        "text": TEXT,
    }


def test_of_two_who_write_at_once_the_second_is_told_and_nothing_typed_is_lost(
    staff: Callable[..., Any], owner: Any
) -> None:
    page = write(owner)
    editor = staff("editor", name="suzuki")
    mine, theirs = typed(owner, page), typed(editor, page)
    editor.post(f"{page}/edit", theirs | {"text": "鈴木の文です。", "in_opening_hours": "y"})

    answer = owner.post(f"{page}/edit", mine | {"text": "佐藤の文です。"})

    assert answer.status_code == 409
    assert "suzukiさんが4/1 12:00に、このお知らせを変えました" in answer.text
    assert "相手だけが変えたところは、下の画面に取り込みました：営業時間だけ" in answer.text
    assert "鈴木の文です。" in answer.text
    assert "佐藤の文です。</textarea>" in answer.text
    again = {"version": version_in(answer.text), "before": "{}", "in_opening_hours": "y"}
    joined = owner.post(f"{page}/edit", mine | again | {"text": "佐藤の文です。", "do": "join"})
    assert "鈴木の文です。\n\n佐藤の文です。</textarea>" in joined.text
    taken = owner.post(f"{page}/edit", mine | again | {"text": "佐藤の文です。", "do": "theirs:text"})
    assert "鈴木の文です。</textarea>" in taken.text
    assert owner.post(f"{page}/edit", mine | again | {"text": "佐藤の文です。"}).status_code == 302
    assert "佐藤の文です。" in owner.get(f"{page}/preview").text


def version_in(page: str) -> str:
    return page.split('name="version" value="')[1].split('"')[0]


def test_a_risky_one_waits_for_somebody_else(
    app: App, staff: Callable[..., Any], owner: Any, people: list[str], clock: FakeClock, messenger: FakeMessenger
) -> None:
    page = write(owner, "口コミを書いてくださった方に500円引きします。")
    owner.post(f"{page}/test")
    assert "承認を頼む" in owner.get(page).text
    assert owner.post(f"{page}/submit").status_code == 302
    assert "承認する</button>" not in owner.get(page).text
    assert "自分で書いたお知らせは承認できません" in owner.post(f"{page}/approve").text

    editor = staff("editor", name="suzuki")
    assert "承認する</button>" in editor.get(page).text
    assert "承認を待っているお知らせ" in editor.get("").text
    assert editor.post(f"{page}/approve").status_code == 302
    assert "承認済み・未配信" in owner.get(page).text
    assert "承認を待っているお知らせ" not in editor.get("").text
    assert "承認されて、配信を待っているお知らせ" in editor.get("").text
    assert owner.post(f"{page}/schedule", {"when": "now"}).status_code == 302
    pass_time(app, clock, messenger, seconds=31)
    assert len(messenger.sent) == 1


def test_who_may_not_send_writes_and_who_only_reads_sees_figures_but_no_names(
    app: App, staff: Callable[..., Any], people: list[str], clock: FakeClock, messenger: FakeMessenger
) -> None:
    editor, viewer, owner = staff("editor"), staff("viewer"), staff("owner")
    page = write(editor)
    editor.post(f"{page}/test")

    assert "配信の権限がある人に頼んでください" in editor.get(page).text
    assert editor.post(f"{page}/schedule", {"when": "now"}).status_code == 403
    owner.post(f"{page}/schedule", {"when": "now"})
    pass_time(app, clock, messenger, seconds=31)
    shown = viewer.get(page).text
    assert "届いた" in shown
    assert "山田" not in shown
    assert "書き直す" not in shown
    assert viewer.get(f"{page}/report.csv").status_code == 403
    assert viewer.get(f"{page}/edit").status_code == 403


def test_the_file_tells_of_each_person_and_reckons_nothing(
    app: App, owner: Any, people: list[str], clock: FakeClock, messenger: FakeMessenger
) -> None:
    page = write(owner)
    owner.post(f"{page}/test")
    owner.post(f"{page}/schedule", {"when": "now"})
    pass_time(app, clock, messenger, seconds=31)

    file = owner.get(f"{page}/report.csv")

    assert file.data.startswith(b"\xef\xbb\xbf")
    lines = file.data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("番号,名前,結果,理由,届いた日時")
    assert lines[1].startswith("1,'=山田0,届いた,,2026-04-01 12:00")
    assert "attachment" in file.headers["Content-Disposition"]
    with app.sessions() as session:
        assert session.scalars(sa.select(AuditEntry.subject).where(AuditEntry.action == "broadcast.file")).all()


def test_urgent_is_for_owners(app: App, staff: Callable[..., Any]) -> None:
    write(staff("editor"), is_urgent="y")
    assert stored(app).is_urgent is False

    write(staff("owner"), is_urgent="y")
    assert stored(app).is_urgent is True


def test_a_draft_is_copied_and_thrown_away(app: App, owner: Any) -> None:
    page = write(owner)

    copied = owner.post(f"{page}/copy").location.removeprefix("/staff").removesuffix("/edit")
    assert TEXT in owner.get(f"{copied}/edit").text
    assert owner.post(f"{copied}/delete").status_code == 302
    assert owner.get(copied).status_code == 404
    assert owner.get(page).status_code == 200


def test_a_card_with_every_field_is_kept_as_it_was_typed(app: App, owner: Any) -> None:
    write(
        owner,
        "本文\r\n二行目",
        kind="card",
        title="見出し",
        **{"label-1": "予約する", "does-1": "url", "what-1": "https://reserva.be/senaka"},
        **{"label-2": "質問する", "does-2": "say", "what-2": "質問があります"},
    )

    assert stored(app).content == {
        "kind": "card",
        "title": "見出し",
        "text": "本文\n二行目",
        "picture_id": None,
        "alt": "",
        "buttons": [
            {"label": "予約する", "url": "https://reserva.be/senaka", "say": None},
            {"label": "質問する", "url": None, "say": "質問があります"},
        ],
    }


def test_lines_own_list_is_a_choice_of_its_own_and_goes_once(
    app: App, owner: Any, people: list[str], clock: FakeClock, messenger: FakeMessenger
) -> None:
    page = write(owner, to="line")
    assert "LINEの一斉配信" in owner.get(page).text
    with app.sessions.begin() as session:
        session.execute(sa.update(Person).where(Person.id == 1).values(announcements_stopped_at=clock()))
    owner.post(f"{page}/test")
    assert "LINEの一斉配信は使えません" in owner.get(page).text
    with app.sessions.begin() as session:
        session.execute(sa.update(Person).values(announcements_stopped_at=None))

    assert owner.post(f"{page}/schedule", {"when": "now"}).status_code == 302
    pass_time(app, clock, messenger, seconds=31)

    assert [sent.kind for sent in messenger.sent] == ["broadcast"]
    assert "だれに届いたかは分かりません" in owner.get(page).text


def test_an_account_that_wrote_one_keeps_its_name_there(app: App, staff: Callable[..., Any], owner: Any) -> None:
    page = write(staff("editor", name="suzuki"))
    with app.sessions.begin() as session:
        account = accounts.find(session, "suzuki")
        assert account is not None
        accounts.remove(session, account, by=None, now=app.clock() + timedelta(hours=1))

    assert "suzukiさん" in owner.get(page).text


def test_one_from_the_command_line_is_shown_like_any_other(
    app: App, owner: Any, people: list[str], clock: FakeClock, messenger: FakeMessenger
) -> None:
    with app.sessions.begin() as session:
        broadcasts.plan(session, TEXT, [{"type": "text", "text": TEXT}], send_at=clock(), now=clock())
    pass_time(app, clock, messenger, seconds=1)

    assert "配信済み" in owner.get("/announcements").text
    assert TEXT in owner.get("/announcements/1/preview").text
    assert "配信が終わりました" in owner.get("/announcements/1").text


def drafts_of(app: App) -> list[str]:
    with app.sessions() as session:
        return list(session.scalars(sa.select(Broadcast.text).order_by(Broadcast.id)))


def begin(desk: Any) -> str:
    """Open the page for a new announcement; the address that it got."""
    answer = desk.get("/announcements/new")
    assert answer.status_code == 302
    return str(answer.location).removeprefix("/staff")


def test_back_after_saving_leads_to_the_draft_and_not_to_another_empty_form(app: App, owner: Any) -> None:
    place = begin(owner)
    assert f'action="/staff{place}"' in owner.get(place).text
    made = owner.post(place, {"kind": "text", "text": TEXT, "do": "save"}).location

    back = owner.get(place)

    assert back.location == f"{made}/edit"
    assert TEXT in owner.client.get(back.location).text
    assert drafts_of(app) == [TEXT]


def test_the_same_form_saved_twice_is_one_draft_with_what_was_typed_last(app: App, owner: Any) -> None:
    place = begin(owner)
    for text in (TEXT, TEXT, f"{TEXT}よいお年を。"):
        assert owner.post(place, {"kind": "text", "text": text, "version": "0", "do": "save"}).status_code == 302

    assert drafts_of(app) == [f"{TEXT}よいお年を。"]


def test_a_form_that_is_sent_again_does_not_overwrite_what_somebody_else_wrote_since(
    app: App, owner: Any, staff: Callable[..., Any]
) -> None:
    place = begin(owner)
    made = str(owner.post(place, {"kind": "text", "text": TEXT, "do": "save"}).location).removeprefix("/staff")
    editor = staff("editor")
    editor.post(f"{made}/edit", typed(editor, made) | {"text": "別の文です。"})

    answer = owner.post(place, {"kind": "text", "text": "三つめの文です。", "version": "0", "do": "save"})

    assert answer.status_code == 409
    assert "三つめの文です。" in answer.text
    assert drafts_of(app) == ["別の文です。"]


def test_nothing_is_kept_of_a_page_on_which_nothing_was_written(app: App, owner: Any) -> None:
    place = begin(owner)
    for kind in ("text", "image", "card"):
        answer = owner.post(place, {"kind": kind, "text": " \n", "to": "everybody", "do": "save"})

        assert answer.status_code == 400
        assert "まだ何も書かれていない" in answer.text
    assert drafts_of(app) == []


GONE, OPEN, BUSY = "https://gone.jp/a", "https://open.jp/b", "https://busy.jp/c"


def test_links_are_opened_when_it_is_tried_out_and_only_one_that_is_surely_gone_is_found(
    app: App, owner: Any, people: list[str], web_sites: dict[str, Any]
) -> None:
    web_sites |= {GONE: "dead", OPEN: "opens"}
    card = {"kind": "card", "title": "ご予約", "text": f"{OPEN} と {BUSY} もどうぞ", "label-0": "予約", "what-0": GONE}
    page = str(owner.post("/announcements/new", card | {"do": "save"}).location).removeprefix("/staff")
    before = owner.get(page).text
    assert "リンク3件が開けるかどうかは、試し送りのときに確かめます" in before
    assert "開けませんでした" not in before

    told = owner.post(f"{page}/test", follow_redirects=True).text

    assert "開けないリンクがあります" in told
    assert "リンク3件を、" in told
    assert f"<mark>{GONE}</mark>" in told
    assert "このページは開けませんでした" in told
    assert f'href="{BUSY}" target="_blank"' in told
    assert f'href="{OPEN}" target="_blank"' not in told
    assert "今すぐ配信する" in told, "a hint, which its writer may know better"
    assert f"<mark>{GONE}</mark>" in owner.get(f"{page}/edit").text


def test_a_mended_link_is_opened_by_itself_when_it_is_asked_for(
    owner: Any, people: list[str], web_sites: dict[str, Any]
) -> None:
    web_sites |= {GONE: "dead", OPEN: "opens"}
    page = write(owner, f"くわしくは {GONE} へ")
    owner.post(f"{page}/test")
    owner.post(f"{page}/edit", typed(owner, page) | {"text": f"くわしくは {OPEN} へ"})
    assert "開けませんでした" not in owner.get(page).text

    told = owner.post(f"{page}/links", follow_redirects=True).text

    assert "リンクを開いて確かめました" in told
    assert "リンク1件を、" in told


def test_without_links_nothing_is_opened_and_nothing_is_said_of_them(
    pages: Any, owner: Any, people: list[str], web_sites: dict[str, Any]
) -> None:
    page = write(owner)
    owner.post(f"{page}/test")

    assert "リンク" not in owner.get(page).text.split("試し送り")[0].split("<main")[1]


def test_what_was_typed_into_a_draft_that_somebody_threw_away_is_shown(
    app: App, owner: Any, staff: Callable[..., Any]
) -> None:
    page = write(owner)
    form = typed(owner, page)
    staff("editor").post(f"{page}/delete")

    answer = owner.post(f"{page}/edit", form | {"text": "書き直した文です。"})

    assert answer.status_code == 404
    assert "削除されています" in answer.text
    assert "書き直した文です。" in answer.text
    assert "&#34;kind&#34;" not in answer.text
    assert drafts_of(app) == []


def test_a_press_counts_for_what_was_seen_and_not_for_what_was_written_since(
    app: App, staff: Callable[..., Any], owner: Any, people: list[str]
) -> None:
    editor = staff("editor", name="suzuki")
    page = write(editor)
    editor.post(f"{page}/test")
    seen = version_in(owner.get(page).text)
    editor.post(f"{page}/edit", typed(editor, page) | {"text": "読まれていない文です。"})
    editor.post(f"{page}/test")

    answer = owner.post(f"{page}/schedule", {"when": "now", "version": seen})

    assert answer.status_code == 409
    assert stored(app).state == "draft"
    assert owner.post(f"{page}/schedule", {"when": "now", "version": version_in(answer.text)}).status_code == 302
