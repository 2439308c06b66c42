from collections.abc import Callable
from typing import Any

import pytest

from bot.app import App
from bot.staff import accounts
from bot.web.console import browsers

PASSWORD = "mikan to kuri no ki"
NEXT = "suika to momo no ki"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("user_agent", "system", "browser"),
    [
        (IPHONE, "iPhone", "Safari"),
        (f"{IPHONE} Line/15.0.0", "iPhone", "LINE"),
        (IPHONE.replace("Version/18.0", "CriOS/130.0"), "iPhone", "Chrome"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36",
            "Windows",
            "Chrome",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Windows", "Edge"),
        (
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36",
            "Android",
            "Chrome",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14.0; rv:130.0) Gecko/20100101 Firefox/130.0", "Mac", "Firefox"),
        ("curl/8.0", None, None),
    ],
)
def test_a_browser_is_called_as_people_call_it(user_agent: str, system: str | None, browser: str | None) -> None:
    assert browsers.describe(user_agent) == (system, browser)


def test_the_list_says_which_browser_it_is_and_which_one_is_this(staff: Callable[..., Any], stranger: Any) -> None:
    staff("owner")
    stranger.post("/sign-in", {"account": "owner", "password": PASSWORD}, headers={"User-Agent": IPHONE})

    page = stranger.get("/my-account").text

    assert "iPhoneのSafari" in page
    assert page.count("この端末") == 1


def test_a_new_password_signs_all_other_browsers_out(staff: Callable[..., Any], stranger: Any) -> None:
    here, there = staff("owner"), staff("owner")

    answer = here.post("/my-account/password", {"old_password": PASSWORD, "new_password": NEXT}, follow_redirects=True)

    assert "パスワードを変更しました" in answer.text
    assert there.get("").status_code == 302
    assert here.get("").status_code == 200
    assert stranger.post("/sign-in", {"account": "owner", "password": PASSWORD}).status_code == 401
    assert stranger.post("/sign-in", {"account": "owner", "password": NEXT}).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("wrong horse battery", NEXT, "いまのパスワードが違います"),
        ("", NEXT, "入力してください"),
        (PASSWORD, "short", "12文字以上"),
        (PASSWORD, "owner owner owner", "名前を含むもの"),
    ],
)
def test_a_password_is_not_changed_without_the_old_one_or_to_a_bad_one(
    staff: Callable[..., Any], stranger: Any, old: str, new: str, said: str
) -> None:
    here = staff("owner")

    answer = here.post("/my-account/password", {"old_password": old, "new_password": new}, follow_redirects=True)

    assert said in answer.text
    assert stranger.post("/sign-in", {"account": "owner", "password": PASSWORD}).status_code == 302


def test_all_other_browsers_are_signed_out_at_once(staff: Callable[..., Any]) -> None:
    here, there, elsewhere = staff("owner"), staff("owner"), staff("owner")

    here.post("/my-account/sessions/end-others")

    assert [desk.get("").status_code for desk in (here, there, elsewhere)] == [200, 302, 302]


def test_nobody_ends_the_session_of_somebody_else(staff: Callable[..., Any]) -> None:
    editor, owner = staff("editor"), staff("owner")
    for id in range(1, 5):
        owner.post(f"/my-account/sessions/{id}/end")

    assert editor.get("").status_code == 200


def test_a_member_ties_their_line_with_a_code_from_their_page(app: App, staff: Callable[..., Any]) -> None:
    from bot.staff import ties

    editor = staff("editor")
    assert (
        "いまのパスワードが違います"
        in editor.post("/my-account/line", {"old_password": "wrong horse battery"}, follow_redirects=True).text
    )
    page = editor.post("/my-account/line", {"old_password": PASSWORD}).text
    sentence = page.split('id="sentence"')[1].split('value="')[1].split('"')[0]
    word, code = sentence.split()
    assert word == "スタッフ登録"
    with app.sessions.begin() as session:
        assert ties.tie(session, code, "U" + "a" * 32, app.clock())

    assert "登録済み" in editor.get("/my-account").text
    editor.post("/my-account/line/untie")
    assert "未登録" in editor.get("/my-account").text
    with app.sessions() as session:
        account = accounts.find(session, "editor")
    assert account is not None
    assert account.line_user_id is None
