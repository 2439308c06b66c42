"""What the law gives to one person: a copy of all that is kept of them (export), and its end (erase)."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from bot.cli import database

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bot.models import Person


@click.command()
@click.argument("person_id", metavar="PERSON")
@click.pass_context
def export(context: click.Context, person_id: str) -> None:
    """Print all that is kept of PERSON (a number of ours, or a LINE id) as JSON: what 「わたしのデータ」 gives, and the talk."""
    from bot.clock import system_clock  # The database and the handlers, which other commands do not need.
    from bot.conversation import Turn
    from bot.talks import thread
    from bot.understanding.meaning import Meaning
    from handlers import export as copies

    settings, sessions = database.opened(context)
    library, now = database.library(settings, sessions), system_clock()
    with sessions() as session:
        person = _found(session, person_id)
        if person is None:
            raise SystemExit(f"{database.shown(person_id)}: there is no such person; give their number or LINE id")
        turn = Turn("", person, now, library, session, Meaning("command", id=copies.ID))
        said: list[dict[str, Any]] = []
        page = thread.page(session, person)
        while page.said:
            said[:0] = [
                {"at": one.at.isoformat(), "by": "person" if one.is_theirs else "practice", **_words(one)}
                for one in page.said
            ]
            if page.before is None:
                break
            page = thread.page(session, person, before=page.before)
        whole = {
            "made_at": now.isoformat(),
            "person": person.id,
            "line_user_id": person.line_user_id,
            "kept": [line.split(",") for line in copies.lines(turn)],
            "said": said,
        }
    click.echo(json.dumps(whole, ensure_ascii=False, indent=2))


@click.command()
@click.argument("person_id", metavar="PERSON")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
@click.option("--key-is-lost", is_flag=True, help="Erase although DATA_KEY does not open the database, and never will.")
@click.pass_context
def erase(context: click.Context, person_id: str, is_sure: bool, key_is_lost: bool) -> None:
    """Erase all that is kept of PERSON (a number of ours, or a LINE id, met or not), also from the file of the database.

    Backups made before keep it until they are deleted; after a restore the person is erased again. What no key opens is
    erased like the rest.
    """
    from bot import sealed
    from bot.clock import system_clock
    from bot.keeping import erasure  # As above.
    from bot.understanding.cache import CACHE, WORDS

    _, sessions = database.opened(context, by_any_key=key_is_lost)
    with sessions() as session, sealed.blank_where_unreadable():
        person = _found(session, person_id)
        name = person_id if person is None else person.line_user_id
    if person is None and person_id.isdecimal():
        raise SystemExit(f"{database.shown(person_id)}: there is no such person; give their number or LINE id")
    if not is_sure and sys.stdin.isatty():
        click.confirm("Erase all that is kept of this person? It cannot be taken back", abort=True)
    elif not is_sure:
        raise SystemExit("say --yes to erase without being asked")
    with sessions.begin() as session, sealed.blank_where_unreadable() as unread:
        elsewhere = erasure.quoted(session, name)
        counts = erasure.erase(session, name, why="staff", now=system_clock(), even_open=True)
    is_clean = erasure.clean(sessions)
    if counts["phrasings"]:
        # What was learnt from their wordings; a running worker learns anew by itself.
        for learnt in (*CACHE.glob("*.npz"), CACHE / WORDS):
            learnt.unlink(missing_ok=True)
    for table, count in sorted(counts.items()):
        click.echo(f"{table}: {count}")
    for place in elsewhere:
        click.echo(f"words of theirs stand in {place}: look at it")
    if unread.count:
        click.echo(
            f"{unread.count} values could not be read with DATA_KEY: whether staff copied, or taught, anything of this person's "
            "out of them nobody can tell; look through what they taught and wrote"
        )
    click.echo("erased" if counts else "nothing was kept")
    if not is_clean:
        raise SystemExit(
            "but traces are left in the database's file, which others were writing to: start it again with the LINE id"
        )


def _found(session: "Session", person_id: str) -> "Person | None":
    from bot import people  # As above.
    from bot.models import Person

    is_number = person_id.isdecimal() and len(person_id) < 10  # A longer one the database does not take.
    return session.get(Person, int(person_id)) if is_number else people.find(session, person_id)


def _words(one: Any) -> dict[str, Any]:
    return {"parts": [{"kind": part.kind, "words": part.words} for part in one.parts]}
