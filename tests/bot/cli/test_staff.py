from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import Result

from bot import db
from bot.clock import system_clock
from bot.models import AuditEntry, StaffAccount
from bot.staff import accounts, codes, sign_in

Run = Callable[..., Result]
PASSWORD = "mikan to kuri no ki"


def find(sessions: db.Sessions, name: str) -> StaffAccount:
    with sessions() as session:
        account = accounts.find(session, name)
    assert account is not None
    return account


def test_an_invitation_prints_a_link_that_lets_somebody_choose_a_password(run: Run, made: db.Sessions) -> None:
    said = run("staff", "invite", "佐藤", "--role", "owner")

    assert said.exit_code == 0, said.output
    base, _, token = said.output.strip().rpartition("/")
    assert base == "http://127.0.0.1:8000/staff/invitation"
    with made() as session:
        account = accounts.invited(session, token, system_clock())
    assert account is not None
    assert (account.name, account.role, account.may_send) == ("佐藤", "owner", True)


def test_the_link_begins_with_the_public_address(run: Run, surroundings: pytest.MonkeyPatch) -> None:
    surroundings.setenv("PUBLIC_URL", "https://line.example.com")

    said = run("staff", "invite", "sato", "--role", "viewer")

    assert said.output.startswith("https://line.example.com/staff/invitation/")


def test_the_list_says_who_is_active_invited_or_removed(run: Run, made: db.Sessions) -> None:
    for name, role in (("a", "owner"), ("b", "editor"), ("c", "viewer")):
        run("staff", "invite", name, "--role", role)
    with made.begin() as session:
        account = accounts.find(session, "a")
        assert account is not None
        accounts.take_up(session, account, PASSWORD, system_clock())
    assert run("staff", "remove", "c").output == "removed\n"

    told = [line.split("\t")[1:] for line in run("staff", "list").output.splitlines()]

    assert told == [
        ["a", "owner", "may send", "active"],
        ["b", "editor", "-", "invited"],
        ["c", "viewer", "-", "removed"],
    ]


def test_removing_signs_out_everywhere(run: Run, made: db.Sessions) -> None:
    run("staff", "invite", "a", "--role", "owner")
    run("staff", "invite", "b", "--role", "editor")
    with made.begin() as session:
        account = accounts.find(session, "b")
        assert account is not None
        token = sign_in.begin(session, account, browser="", address="", now=system_clock())

    run("staff", "remove", "b")

    with made() as session:
        assert sign_in.find(session, token, system_clock()) is None


def test_the_last_owner_and_unknown_names_are_refused_with_what_to_do(run: Run) -> None:
    run("staff", "invite", "a", "--role", "owner")

    last, unknown = run("staff", "remove", "a"), run("staff", "remove", "nobody")
    demoted, empty = run("staff", "invite", "a", "--role", "viewer"), run("staff", "invite", " ", "--role", "viewer")

    assert "invite another owner first" in last.output
    assert "staff list" in unknown.output
    assert "invite another owner first" in demoted.output
    assert "1 to 80 characters" in empty.output
    assert {one.exit_code for one in (last, unknown, demoted, empty)} == {1}


def test_codes_are_reset_for_whoever_lost_the_authenticator(run: Run, made: db.Sessions) -> None:
    run("staff", "invite", "a", "--role", "owner")
    with made.begin() as session:
        account = accounts.find(session, "a")
        assert account is not None
        accounts.take_up(session, account, PASSWORD, system_clock() - timedelta(minutes=1))
        account.totp_secret, account.totp_step = codes.new_secret(), 5

    said = run("staff", "reset-totp", "a")

    assert (said.exit_code, said.output) == (0, "the password is enough now\n")
    account = find(made, "a")
    assert (account.totp_secret, account.totp_step) == (None, None)
    assert accounts.is_password(account, PASSWORD)
    with made() as session:
        noted = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert noted is not None
    assert (noted.action, noted.account_id) == ("account.code-off", None)
    assert run("staff", "reset-totp", "nobody").exit_code == 1
