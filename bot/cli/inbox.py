"""Commands about events that were given up: inbox list, retry, drop. Never what they said."""

import click

from bot.cli import database


@click.group()
def inbox() -> None:
    """Look at the events that could not be answered, and open them again or drop them."""


@inbox.command("list")
@click.pass_context
def list_(context: click.Context) -> None:
    """List the events given up: number, kind, when it came, tries. Never what it said."""
    from bot.delivery import inbox as letters  # The database, which other commands do not need.

    _, sessions = database.opened(context)
    with sessions() as session:
        found = letters.dead(session)
        for row in found:
            erased = " (erased: from a group or taken back)" if letters.is_erased(row) else ""
            click.echo(f"{row.id} {row.kind or '-'} {row.received_at:%Y-%m-%d %H:%M} UTC, tries {row.attempts}{erased}")
    click.echo(f"{len(found)} given up")


def _choice(context: click.Context, ids: tuple[int, ...], everything: bool) -> None:
    if bool(ids) == everything:
        raise SystemExit("name events by the numbers that `inbox list` shows, or give --all")


@inbox.command()
@click.argument("ids", nargs=-1, type=click.IntRange(1, 2**31 - 1))
@click.option("--all", "everything", is_flag=True, help="All that were given up.")
@click.pass_context
def retry(context: click.Context, ids: tuple[int, ...], everything: bool) -> None:
    """Answer events again that were given up; a running worker does it.

    Their reply tokens are dead: what they change is changed, but only an answer that is worth a counted message is sent.
    """
    from bot.clock import system_clock
    from bot.delivery import inbox as letters  # As above.

    _choice(context, ids, everything)
    _, sessions = database.opened(context)
    with sessions.begin() as session:
        done = letters.reopen(session, None if everything else ids, system_clock())
    _report(ids, done, "opened again")


@inbox.command()
@click.argument("ids", nargs=-1, type=click.IntRange(1, 2**31 - 1))
@click.option("--all", "everything", is_flag=True, help="All that were given up.")
@click.pass_context
def drop(context: click.Context, ids: tuple[int, ...], everything: bool) -> None:
    """Mark events that were given up as dropped: they are listed no more."""
    from bot.clock import system_clock
    from bot.delivery import inbox as letters  # As above.

    _choice(context, ids, everything)
    _, sessions = database.opened(context)
    with sessions.begin() as session:
        done = letters.drop(session, None if everything else ids, system_clock())
    _report(ids, done, "dropped")


def _report(ids: tuple[int, ...], done: list[int], word: str) -> None:
    click.echo(f"{len(done)} {word}")
    missed = sorted(set(ids) - set(done))
    if missed:
        raise SystemExit(f"not given up, or erased: {', '.join(map(str, missed))}")
