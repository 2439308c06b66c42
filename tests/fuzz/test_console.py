"""Every page and every form of the console with what no browser would send: nobody gets an error of ours for it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from bot.app import App
from bot.broadcasts import drafts
from bot.broadcasts.content import TextContent
from tests.fuzz.conftest import FEW

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(
    {
        *("q", "page", "tab", "before", "day", "from", "to", "since", "next", "text", "which", "label-0", "what-0"),
        *(
            name
            for path in (ROOT / "bot/web/templates").rglob("*.html")
            for name in re.findall(r'\bname="([a-z_-]+)"', path.read_text(encoding="utf-8"))
        ),
    }
    - {"csrf_token", "viewport"}
)
ENDS_THE_WALK = {"sign_out", "my_session_end", "my_sessions_end", "account_remove", "account_change", "my_password"}
values = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["0", "1", "-1", "2026-02-30", "9999-12-31", "0001-01-01", "24:00", "١٢", "1e9", "card", "image"]),
    st.sampled_from(
        ["true", "\x00", "\ud800", "{{7*7}}", "=1+1", "%", "../..", "//evil.example", "https://[", "😀" * 50]
    ),
    st.integers().map(str),
)
forms = st.dictionaries(st.sampled_from(NAMES), values, max_size=12)


@pytest.fixture
def owner(app: App, pages: Flask, staff: Callable[..., Any]) -> Any:
    """Somebody who may do everything, in a house with one of each; what goes wrong is raised."""
    pages.config["PROPAGATE_EXCEPTIONS"] = True
    with app.sessions.begin() as session:
        drafts.create(session, by=None, now=app.clock(), content=TextContent(text="お知らせ"))
    return staff("owner")


def paths(pages: Flask, method: str) -> list[str]:
    """The addresses of all pages of the console with the numbers and names of nobody, and of the first of each."""
    found = []
    with pages.test_request_context():
        for rule in pages.url_map.iter_rules():
            if method not in (rule.methods or ()) or not rule.endpoint.startswith("console."):
                continue
            if rule.endpoint.rpartition(".")[2] in ENDS_THE_WALK:
                continue
            for value in ("1", "77"):
                given_values = dict.fromkeys(rule.arguments, value) | dict(rule.defaults or {})
                found.append(str(pages.url_map.bind("localhost").build(rule.endpoint, given_values)))
    return sorted(set(found))


def test_no_question_to_a_page_is_an_error_of_ours(
    pages: Flask, owner: Any, rounds: Callable[[], Iterator[int]]
) -> None:
    addresses = paths(pages, "GET")

    @FEW
    @given(path=st.sampled_from(addresses), asked=forms)
    def ask(path: str, asked: dict[str, str]) -> None:
        query = {name: value.encode("utf-8", "surrogatepass") for name, value in asked.items()}
        assert owner.client.get(path, query_string=query).status_code < 500

    for _ in rounds():
        ask()
        for path in addresses:
            assert owner.client.get(path).status_code < 500


def test_no_form_is_an_error_of_ours(pages: Flask, owner: Any, rounds: Callable[[], Iterator[int]]) -> None:
    addresses = paths(pages, "POST")
    token = owner.get("/sign-in").text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]

    def sent(path: str, form: dict[str, str]) -> int:
        data = {name: value.encode("utf-8", "replace").decode() for name, value in form.items()}
        return int(owner.client.post(path, data={**data, "csrf_token": token}).status_code)

    @FEW
    @given(path=st.sampled_from(addresses), form=forms)
    def send(path: str, form: dict[str, str]) -> None:
        assert sent(path, form) < 500

    for _ in rounds():
        send()
        for path in addresses:
            assert sent(path, {}) < 500


def test_no_draft_of_an_announcement_is_an_error_of_ours(owner: Any, rounds: Callable[[], Iterator[int]]) -> None:
    token = owner.get("/sign-in").text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    fields = {
        "kind": st.sampled_from(["text", "card", "image", "?"]),
        "to": st.sampled_from(["everybody", "some", "line", ""]),
        "do": st.sampled_from(["save", "rewrite:text:0:3", "segment", "join", "theirs:text", "keep"]),
        **dict.fromkeys(
            ("text", "title", "alt", "picture_id", "label-0", "does-0", "what-0", "tags", "routine", "before")
            + (
                "seen_within_days",
                "unseen_for_days",
                "joined_since",
                "done_this_week",
                "without_people",
                "segment_name",
            ),
            values,
        ),
    }

    @FEW
    @given(path=st.sampled_from(["new", "look", "1/edit"]), form=st.fixed_dictionaries({}, optional=fields))
    def write(path: str, form: dict[str, str]) -> None:
        data = {name: value.encode("utf-8", "replace").decode() for name, value in form.items()}
        answer = owner.client.post(f"/staff/announcements/{path}", data={**data, "csrf_token": token, "version": "1"})
        assert answer.status_code < 500
        if answer.status_code == 302:
            assert owner.client.get(answer.location).status_code < 500
            assert owner.client.get("/staff/announcements/preview/1").status_code < 500

    for _ in rounds():
        write()
