"""Commands about what is kept of people: data key, rotate, report. Counts and dates, never what somebody wrote."""

import click

from bot.cli import database


@click.group()
def data() -> None:
    """What is kept of people: its keys, how old it is, what goes next."""


@data.command()
def key() -> None:
    """Print a new key for DATA_KEY. Keep it apart from the database: without it nobody can read what it sealed."""
    from bot import sealed  # What only those with a key load.

    click.echo(sealed.new_key())


@data.command()
@click.pass_context
def rotate(context: click.Context) -> None:
    """Seal everything with the first key of DATA_KEY: after a new key, or when nothing was sealed before.

    The program may run meanwhile, with the same DATA_KEY. Cut off, it goes on when it is started again.
    """
    from bot.keeping import resealing  # The database, which other commands do not need.

    settings, sessions = database.opened(context)
    if settings.keys is None:
        raise SystemExit("DATA_KEY is not set; `python -m bot data key` prints a new key")
    done: dict[str, int] = {}
    for part in resealing.reseal(sessions):
        done[part.column] = done.get(part.column, 0) + part.sealed
    for column, count in done.items():
        click.echo(f"{column}: {count}")
    with sessions() as session:
        left = sum(one.values - one.sealed for one in resealing.amounts(session))
    click.echo(f"{sum(done.values())} values sealed anew")
    if left:
        raise SystemExit(
            f"but {left} were written with another key meanwhile: a process runs with an older DATA_KEY; "
            "start it anew, then run this again"
        )
    click.echo("keys behind the first are not needed any more")


@data.command()
@click.pass_context
def report(context: click.Context) -> None:
    """Tell what is kept, how old the oldest is, what goes next, what went of late, and how much of it is sealed."""
    import sqlalchemy as sa  # As above.

    from bot.clock import system_clock
    from bot.keeping import resealing, retention
    from bot.library import loader
    from bot.models import Erasure

    settings, sessions = database.opened(context)
    spans, now = retention.spans_of(loader.load(settings.content_dir).privacy), system_clock()
    with sessions() as session:
        for rule in retention.standing(session, spans, now):
            oldest = "-" if rule.oldest is None else f"{rule.oldest:%Y-%m-%d}"
            click.echo(f"{rule.name} after {rule.days} days: {rule.kept} kept, the oldest of {oldest}, {rule.due} due")
        for amount in resealing.amounts(session):
            click.echo(f"{amount.column}: {amount.sealed} of {amount.values} sealed")
        last = sa.select(Erasure).order_by(Erasure.id.desc()).limit(10)
        for row in session.scalars(last):
            counts = ", ".join(f"{name} {count}" for name, count in sorted(row.counts.items()))
            click.echo(f"{row.erased_at:%Y-%m-%d %H:%M} UTC ({row.why}): {counts or 'nothing'}")
