"""Accounts of staff from the command line: the first owner, and the way back in for whoever is locked out."""

from typing import cast

import click

from bot.cli.database import opened

ROLES = ("owner", "editor", "viewer")


@click.group()
def staff() -> None:
    """Who may use the console."""


@staff.command()
@click.argument("name")
@click.option(
    "--role", type=click.Choice(ROLES), required=True, help="owner: all; editor: content, talks; viewer: reads."
)
@click.pass_context
def invite(context: click.Context, name: str, role: str) -> None:
    """Print a link, good once and for three days, with which NAME chooses a password.

    For somebody who has an account it takes their password and their other devices away: a way back in.
    """
    from bot import simulated
    from bot.clock import system_clock
    from bot.models.staff import Role
    from bot.staff import accounts

    settings, sessions = opened(context)
    try:
        with sessions.begin() as session:
            now = simulated.present(session, system_clock())
            _, token = accounts.invite(session, name, role=cast("Role", role), by=None, now=now)
    except accounts.AccountError as error:
        raise SystemExit(_SAID[error.problem]) from None
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    click.echo(f"{base}/staff/invitation/{token}")


@staff.command("list")
@click.pass_context
def list_(context: click.Context) -> None:
    """Show all accounts."""
    from bot.staff import accounts

    _, sessions = opened(context)
    with sessions() as session:
        for one in accounts.everyone(session):
            state = "removed" if one.removed_at else "active" if one.password_hash else "invited"
            click.echo(f"{one.id}\t{one.name}\t{one.role}\t{'may send' if one.may_send else '-'}\t{state}")


@staff.command()
@click.argument("name")
@click.pass_context
def remove(context: click.Context, name: str) -> None:
    """End the account of NAME and sign it out everywhere."""
    from bot.clock import system_clock
    from bot.staff import accounts

    _, sessions = opened(context)
    try:
        with sessions.begin() as session:
            account = accounts.find(session, name)
            if account is None:
                raise SystemExit(f"there is no account of {name}; see `python -m bot staff list`")
            accounts.remove(session, account, by=None, now=system_clock())
    except accounts.AccountError as error:
        raise SystemExit(_SAID[error.problem]) from None
    click.echo("removed")


@staff.command("reset-totp")
@click.argument("name")
@click.pass_context
def reset_totp(context: click.Context, name: str) -> None:
    """Ask NAME for no more codes: the way back in for whoever lost the authenticator but not the password."""
    from bot.clock import system_clock
    from bot.staff import accounts, codes

    _, sessions = opened(context)
    with sessions.begin() as session:
        account = accounts.find(session, name)
        if account is None:
            raise SystemExit(f"there is no account of {name}; see `python -m bot staff list`")
        codes.turn_off(session, account, by=None, now=system_clock())
    click.echo("the password is enough now")


_SAID = {
    "name-empty": "give a name of 1 to 80 characters",
    "last-owner": "nobody would be left as owner; invite another owner first",
}
