"""Staff's first tool: an announcement to everybody."""

import sys
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import options
from bot.cli.database import library as in_force
from bot.cli.database import opened

if TYPE_CHECKING:
    from bot.broadcasts import Progress

FARTHEST = timedelta(days=366)
"""How far ahead an announcement may be planned."""


@click.command()
@click.argument("text", required=False)
@click.option(
    "--file", "file", type=click.Path(path_type=Path), help="Take the text from this file (- is standard input)."
)
@click.option("--at", "at", help="When to send, local time: 2026-12-01T09:00 or 09:00.")
@click.option("--in-opening-hours", is_flag=True, help="Send it only while the practice is open; else it waits.")
@click.option("--dry-run", is_flag=True, help="Only show how many people and counted messages it would be.")
@click.option("--yes", is_flag=True, help="Send without asking.")
@click.option("--anyway", is_flag=True, help="Send it although reminders may then fall short of messages.")
@click.pass_context
def broadcast(
    context: click.Context,
    text: str | None,
    file: Path | None,
    at: str | None,
    in_opening_hours: bool,
    dry_run: bool,
    yes: bool,
    anyway: bool,
) -> None:
    """Announce TEXT to everybody who may get announcements; a running worker sends it.

    The same text within 24 hours is the same announcement: started again, the command shows how far it is and sends
    nothing twice. In the practice's quiet hours it waits, for each person until they are over. One for which the month has
    not enough counted messages, beside the reserve and the reminders still to come, is refused whole.
    """
    from bot import broadcasts, forecast  # The database, which other commands do not need.
    from bot.clock import system_clock
    from bot.conversation import Reply, Text
    from bot.delivery.rules import Rules
    from bot.line.rendering import render

    words = _words(text, file)
    library = options.library(context, options.settings(context).content_dir)
    now = system_clock()
    send_at = _moment(at, now, library.timezone) if at else now
    settings, sessions = opened(context)
    library = in_force(settings, sessions)
    rules = Rules.of(library)
    payload = render(Reply(bubbles=(Text(words),)))
    with sessions.begin() as session:
        before = broadcasts.find(session, words, now)
        count = len(broadcasts.audience(session, now))
        month, expected = forecast.of(session, now, rules.monthly_limit)
        if before is not None:
            _report(broadcasts.progress(session, before))
            return
    sent_at = rules.next_fit(send_at, library.timezone, in_opening_hours=in_opening_hours)
    if sent_at is None:
        raise SystemExit("the practice is open in its quiet hours only; leave out --in-opening-hours")
    click.echo(f"people: {count}, counted messages: {count}, at: {sent_at.astimezone(library.timezone):%Y-%m-%d %H:%M}")
    # A later month has all of its messages before it.
    room = forecast.room(month, expected, rules.reserve) if sent_at < month.ends else None
    if room is not None:
        click.echo(
            f"left this month: {room.left}, reserve: {room.reserve}, reminders and announcements to come: {room.planned}, "
            f"room: {room.free}, short: {room.short(count)}"
        )
    if dry_run or count == 0:
        return
    if room is not None and room.short(count):
        if not anyway:
            raise SystemExit(
                f"{room.short(count)} messages short; nothing was sent (--anyway takes those of reminders)"
            )
        if count > room.left:
            raise SystemExit(f"only {room.left} messages are left this month; nothing was sent")
    if not yes and not click.confirm("send?", default=False):
        click.echo("nothing was sent")
        return
    with sessions.begin() as session:
        planned = broadcasts.plan(
            session, words, payload, send_at=send_at, now=now, in_opening_hours=in_opening_hours, is_urgent=anyway
        )
        progress = broadcasts.progress(session, planned)
    _report(progress)
    click.echo("a running worker sends it; the same command again shows how far it is")


def _words(text: str | None, file: Path | None) -> str:
    if (text is None) == (file is None):
        raise SystemExit("give the text, or --file with a file that holds it")
    if text is None:
        assert file is not None  # One of the two, as just checked.
        try:
            raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
            text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SystemExit(f"{file}: cannot be read as UTF-8 text: {error}") from None
    text = text.strip()
    try:
        units = len(text.encode("utf-16-le")) // 2
    except UnicodeEncodeError:
        raise SystemExit("the text is not UTF-8; put it into a file and use --file") from None
    if not 0 < units <= 5000:
        raise SystemExit(f"the text has {units} characters as LINE counts them; it must have 1 to 5000")
    return text


def _moment(at: str, now: datetime, zone: tzinfo) -> datetime:
    local = now.astimezone(zone)
    try:
        if len(at) <= 5:
            hour, minute = at.split(":")
            moment = local.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
        else:
            moment = datetime.fromisoformat(at)
            moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    except ValueError:
        raise SystemExit(f"--at {at}: write 2026-12-01T09:00 or 09:00") from None
    if moment > now + FARTHEST:
        raise SystemExit(f"--at {at}: that is more than a year ahead; give an earlier moment")
    if moment < now:
        raise SystemExit(f"--at {at}: that is in the past; give a later moment, or leave --at out to send now")
    return moment


def _report(progress: "Progress") -> None:
    click.echo(
        f"announcement {progress.broadcast_id}: people {progress.people}, accepted {progress.accepted}, "
        f"waiting {progress.open}, not delivered {progress.failed}, sent from {progress.send_at:%Y-%m-%d %H:%M} UTC"
    )
