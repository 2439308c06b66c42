"""The command that answers staff's question why something did not arrive: explain."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import click

from bot.cli import database, options

if TYPE_CHECKING:
    from bot.explain import Finding


@click.command()
@click.argument("person_id", metavar="PERSON")
@click.option("--day", "on", type=click.DateTime(["%Y-%m-%d"]), help="A day of the person's, 2026-12-01; else today.")
@click.option("--routine", "routine_id", metavar="ID", help="Only this routine, such as routine/neck.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def explain(context: click.Context, person_id: str, on: datetime | None, routine_id: str | None, as_json: bool) -> None:
    """Tell why PERSON (a number of ours, or a LINE id) got, or did not get, what was due on a day.

    A line for each message and each reminder; never what a message says. A day lasts from 04:00 to 04:00.
    """
    from zoneinfo import ZoneInfo

    from bot import calendar, db, people  # The database, which other commands do not need.
    from bot import explain as reasons
    from bot.clock import system_clock
    from bot.models import Person

    library = options.library(context, options.settings(context).content_dir)
    _, sessions = database.opened(context)
    reading = db.reading(sessions)
    context.call_on_close(db.engine_of(reading).dispose)
    now = system_clock()
    is_number = person_id.isdecimal() and len(person_id) < 10  # A longer one the database does not take.
    with reading() as session:
        person = session.get(Person, int(person_id)) if is_number else people.find(session, person_id)
        if person is None:
            raise SystemExit(f"{database.shown(person_id)}: there is no such person; give their number or LINE id")
        zone = ZoneInfo(person.timezone) if person.timezone else library.timezone
        asked = reasons.Question(person, on.date() if on else calendar.day_of(now, zone), zone, now)
        found = [(one, reasons.say(library, asked, one)) for one in reasons.find(session, asked, routine_id)]
    for finding, words in found:
        click.echo(_json(finding, words) if as_json else words)
    if not found and not as_json:
        click.echo(library.messages["explain_nothing"])


def _json(finding: "Finding", words: str) -> str:
    return json.dumps(asdict(finding) | {"says": words}, ensure_ascii=False, default=datetime.isoformat)
