"""The command that shows staff what people chose when they were not understood: content evidence."""

from typing import TYPE_CHECKING

import click

from bot.cli import database

if TYPE_CHECKING:
    from bot.teaching.evidence import Waiting


@click.command()
@click.option("--drop", type=click.IntRange(min=1), metavar="NUMBER", help="Take this text off the list.")
@click.pass_context
def evidence(context: click.Context, drop: int | None) -> None:
    """List the messages that were asked back or not understood, with what the people then chose.

    These are the people's own words: show them to staff only. `content teach ID TEXT` takes a text off the list.
    """
    from bot.clock import system_clock
    from bot.teaching import evidence as found  # The database, which other commands do not need.

    _, sessions = database.opened(context)
    if drop is not None:
        try:
            with sessions.begin() as session:
                count = found.drop(session, drop, now=system_clock())
        except found.EvidenceError as error:
            raise SystemExit(str(error)) from None
        click.echo(f"dropped: {drop} ({count} messages)")
        return
    with sessions() as session:
        waiting = found.waiting(session)
    for one in waiting:
        click.echo(_line(one))
    click.echo(f"{len(waiting)} texts wait")


def _line(one: "Waiting") -> str:
    times = f" ×{one.times}" if one.times > 1 else ""
    said = [f"picked {id}{_count(count)}" for id, count in one.picked]
    if one.declined:
        said.append(f"said none{_count(one.declined)}")
    if not one.offered:
        said.append("not understood")
    else:
        said.append(f"of {', '.join(one.offered)}" if said else f"nothing picked of {', '.join(one.offered)}")
    return f"{one.number}  {database.shown(one.text)}{times}  {'; '.join(said)}"


def _count(count: int) -> str:
    return f" ({count})" if count > 1 else ""
