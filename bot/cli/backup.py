"""Commands about copies of the database: backup, backup drill, restore."""

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from bot.cli import options
from bot.settings import Settings

KEEP = 14


@click.group(invoke_without_command=True)
@click.option("--to", "folder", type=click.Path(path_type=Path), help="The folder; BACKUP_DIR if not said.")
@click.option(
    "--keep", type=click.IntRange(1, 10_000), default=KEEP, show_default=True, help="How many of the newest stay."
)
@click.pass_context
def backup(context: click.Context, folder: Path | None, keep: int) -> None:
    """Write a backup of the database; the program may run meanwhile. With DATA_KEY it is sealed."""
    if context.invoked_subcommand is not None:
        context.obj = {**(context.obj or {}), "folder": folder}
        return
    from bot.clock import system_clock
    from bot.keeping import backup as copies  # The database, which other commands do not need.
    from bot.keeping.backup_file import BackupError

    settings = options.settings(context)
    folder = folder or settings.backup_dir
    try:
        made = copies.make(settings.database_url, settings.keys, folder, system_clock())
        old = copies.rotate(folder, keep, made)
    except BackupError as error:
        raise SystemExit(str(error)) from None
    click.echo(f"{made}: {made.stat().st_size:,} bytes{'' if settings.keys else ', not sealed: DATA_KEY is not set'}")
    if old:
        click.echo(f"{len(old)} older deleted")


@backup.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.pass_context
def drill(context: click.Context, file: Path | None) -> None:
    """Prove that FILE, or the newest backup, could be put in: in a database of its own, thrown away afterwards."""
    from bot.clock import system_clock
    from bot.keeping import backup as copies  # As above.
    from bot.keeping import restore as putting_in
    from bot.keeping.backup_file import BackupError

    given = context.obj or {}
    settings = _settings(context)
    folder, now = given.get("folder") or settings.backup_dir, system_clock()
    path = file or copies.newest(folder, now)
    if path is None:
        raise SystemExit(f"there is no backup in {folder}; `python -m bot backup` makes one")
    try:
        about = putting_in.drill(path, settings.database_url, settings.keys, now, zone=_zone(settings))
    except BackupError as error:
        raise SystemExit(str(error)) from None
    age = now - about.made_at
    click.echo(
        f"{path}: whole, made {about.made_at:%Y-%m-%d %H:%M} UTC ({age.total_seconds() / 3600:.1f} hours ago), "
        f"migration {about.migration}, {sum(about.rows.values())} rows in {len(about.rows)} tables"
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--replace", is_flag=True, help="Put it in the place of what is in the database; stop web and worker first."
)
@click.pass_context
def restore(context: click.Context, file: Path, replace: bool) -> None:
    """Put the backup FILE into the database. What may have been sent since it was made is not sent again."""
    from bot.clock import system_clock
    from bot.keeping import restore as putting_in  # As above.
    from bot.keeping.backup_file import BackupError

    settings = _settings(context)
    zone = _zone(settings)
    try:
        settled = putting_in.restore(
            file, settings.database_url, settings.keys, system_clock(), zone=zone, replace=replace
        )
    except BackupError as error:
        raise SystemExit(str(error)) from None
    for what, count in settled.items():
        click.echo(f"{what}: {count}")
    click.echo("put in; start web and worker, and look at the announcements that are paused or overdue")


def _settings(context: click.Context) -> Settings:
    kept = {key: value for key, value in (context.obj or {}).items() if key != "folder"}
    context.obj = kept
    return options.settings(context)


def _zone(settings: Settings) -> ZoneInfo:
    from bot.library.loader import load  # As above.

    return load(settings.content_dir).timezone
