import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from bot.broadcasts import states
from bot.staff import rights
from bot.web.console import door

ROOT = Path(__file__).resolve().parents[4]
BY_THE_CLOCK = {"broadcast.begin", "broadcast.miss", "broadcast.finish"}
ROLES = ("viewer", "editor", "owner")


def routes(pages: Flask) -> list[tuple[str, str, str]]:
    """Every page of the console: its name, a method, and an address that has numbers where it wants some."""
    return [
        (rule.endpoint.rpartition(".")[2], method, re.sub(r"<[^>]+>", "1", rule.rule))
        for rule in pages.url_map.iter_rules()
        if rule.endpoint.startswith("console.")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def test_every_page_says_which_right_it_needs_and_every_right_named_is_of_a_page(pages: Flask) -> None:
    names = {name for name, _, _ in routes(pages)}

    assert names == door.OPEN | set(door.NEEDED), "name the page in bot/web/console/door.py"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_page_lets_in_only_those_who_have_its_right(
    pages: Flask, stranger: Any, staff: Callable[..., Any]
) -> None:
    held = {"viewer": {"read"}, "editor": {"read", "texts", "edit"}, "owner": {"read", "texts", "edit", "send", "own"}}
    found = {}
    wanted = {}
    for role in ROLES:
        desk = staff(role)
        for name, method, path in routes(pages):
            if name in door.OPEN or name in ("sign_out", "my_session_end"):
                continue
            answer = desk.get(path[6:]) if method == "GET" else desk.post(path[6:])
            found[role, name, method] = answer.status_code != 403
            wanted[role, name, method] = door.NEEDED[name] in held[role]
    for name, method, path in routes(pages):
        if name not in door.OPEN:
            answer = stranger.get(path[6:]) if method == "GET" else stranger.post(path[6:])
            found["stranger", name, method] = not (answer.status_code == 302 and "/sign-in" in answer.location)
            wanted["stranger", name, method] = False

    assert found == wanted


def test_a_viewer_never_has_the_right_to_send_even_if_it_was_ticked(app: Any, staff: Callable[..., Any]) -> None:
    from bot.staff import accounts

    staff("viewer")
    with app.sessions.begin() as session:
        account = accounts.find(session, "viewer")
        assert account is not None
        account.may_send = True

        assert rights.of(account) == {"read"}


def test_nothing_of_the_console_comes_from_elsewhere_or_is_kept_by_others(staff: Callable[..., Any]) -> None:
    page = staff("owner").get("")

    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    assert not re.findall(r'(?:src|href)="https?://', page.text)


def test_every_word_that_python_names_is_written_in_the_templates() -> None:
    written = (ROOT / "bot/web/templates/console/words.html").read_text(encoding="utf-8")
    named = set()
    for path in (ROOT / "bot/web/console").glob("*.py"):
        source = path.read_text(encoding="utf-8")
        named |= set(re.findall(r'flash\("([\w-]+)"', source))
        named |= set(re.findall(r'_failed\([^,\n]+, "([\w-]+)"', source))
        named |= set(re.findall(r'return (?:None, )?"([\w-]+)"\n', source))
        named |= set(re.findall(r'(?:InputRequired|message=)\(?"([\w-]+)"', source))
    domain = [*(ROOT / "bot/staff").glob("*.py"), *(ROOT / "bot/talks").glob("*.py")]
    for path in [
        *domain,
        ROOT / "bot/programmes.py",
        ROOT / "bot/teaching/edits.py",
        ROOT / "bot/teaching/closures.py",
    ]:
        errors = r'(?:Account|Talk|Programme|Edit|Closure)Error\("([\w-]+)"'
        named |= set(re.findall(errors, path.read_text(encoding="utf-8")))

    assert {key for key in named if f'"{key}":' not in written} == set()


def test_every_change_in_the_log_is_told_in_words() -> None:
    words = (ROOT / "bot/web/templates/console/actions.html").read_text(encoding="utf-8")
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py")]
    done = {action for source in sources for action in re.findall(r'action="([\w.-]+)"', source)}
    moves = {f"broadcast.{move.replace('_', '-')}" for move in states.MOVES} - BY_THE_CLOCK

    assert {action for action in done | moves if f'"{action}":' not in words} == set()
    assert {action.partition(".")[0] for action in done if f'"{action.partition(".")[0]}":' not in words} == set()


def test_nothing_in_the_words_that_pages_share_has_the_name_of_something_else() -> None:
    words = (ROOT / "bot/web/templates/console/words.html").read_text(encoding="utf-8")
    names = re.findall(r"^\{% (?:set|macro) (\w+)", words, re.MULTILINE)
    said = words[words.index("{% set said") :].partition("} %}")[0]
    keys = re.findall(r'^  "([\w-]+)":', said, re.MULTILINE)

    assert sorted(names) == sorted(set(names))
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_sign_that_postgresql_does_not_take_is_no_error_of_ours(pages: Flask, staff: Callable[..., Any]) -> None:
    owner, stranger = staff("owner"), pages.test_client()

    for path in ("/pictures/u/%00.png", "/pictures/%00.png", "/go/%00", "/static/%00", "/staff/invitation/%00"):
        assert stranger.get(path).status_code == 400
    for path in ("/staff/people?q=%00", "/staff/people?tag=%00", "/staff/audit?kind=%00", "/staff/content/entry/%00"):
        assert owner.client.get(path).status_code == 400
    assert owner.post("/sign-in", {"account": "a\0b", "password": "c"}).status_code == 400
    assert owner.post("/accounts", {"account": "a\0b", "role": "viewer"}).status_code == 400
