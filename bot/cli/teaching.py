"""Commands with which staff teach wordings: content teach, content forget, content taught."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import database, options

if TYPE_CHECKING:
    from bot.library.library import Library
    from bot.teaching.trial import Change, Trial
    from bot.understanding.evaluate import Figures, Message
    from bot.understanding.meaning import Meaning

MOST_SHOWN = 20
NONE = "none"
FIGURES = ("right", "offered", "wrong", "lost", "out_of_scope_answered", "safety_recall", "false_alarms")


@click.command()
@click.argument("id")
@click.argument("text")
@click.option("--by", help="Who teaches it, for the list.")
@click.option("--messages", "messages_file", type=click.Path(path_type=Path), help="Labelled messages to compare, too.")
@click.option("--anyway", is_flag=True, help="Save it although something would be answered worse.")
@options.content_option
@click.pass_context
def teach(
    context: click.Context,
    id: str,
    text: str,
    by: str | None,
    messages_file: Path | None,
    anyway: bool,
    content_dir: Path | None,
) -> None:
    """Teach that TEXT asks for the entry ID; `none` is for what nothing of ours answers.

    Shows how TEXT is read before and after, and lists which phrasings (and messages) would be answered worse. When that
    is its doing, nothing is saved and the exit code is 1, unless --anyway is given. Running processes take up within
    seconds what was saved.
    """
    from bot.clock import system_clock
    from bot.teaching import (  # The whole understanding, which other commands do not need.
        evidence,
        overlay,
        phrasings,
        trial,
    )
    from bot.teaching.knowledge import learn

    messages = _labelled(messages_file)
    settings, sessions = database.opened(context, content_dir=content_dir)
    entry_id = None if id == NONE else id
    with sessions() as session:
        taught = overlay.in_force(session)
    known = learn(settings.content_dir, taught)
    now = system_clock()
    try:
        with sessions() as session:
            text = phrasings.check(session, known.pack, entry_id=entry_id, text=text)
        if known.understanding.safety.judge(text) is not None:
            raise SystemExit(f"{text!r} is answered by the safety rules, which go before everything that is taught")
        click.echo("learning, which takes a few seconds …", err=True)
        tried = trial.trial(known, entry_id=entry_id, text=text, messages=messages, now=now)
        click.echo(f"before: {database.shown(text)} {_told(known.library, tried.before)}")
        click.echo(f"after:  {database.shown(text)} {_told(known.library, tried.after)}")
        _compare(known.library, tried)
        if not anyway and (tried.does_harm or not tried.is_heeded):
            raise SystemExit("nothing was saved; word it otherwise, or save it with --anyway")
        with sessions.begin() as session:
            phrasings.add(session, known.pack, entry_id=entry_id, text=text, by=by, now=now)
            used = evidence.settle(session, text, how="taught", now=now)
    except phrasings.PhrasingError as error:
        raise SystemExit(str(error)) from None
    seen = f"; evidence used: {used}" if used else ""
    click.echo(f"taught: {database.shown(text)} is {id}{seen}")


@click.command()
@click.argument("text")
@click.pass_context
def forget(context: click.Context, text: str) -> None:
    """Forget TEXT, which staff have taught; running processes take it up within seconds."""
    from bot.clock import system_clock
    from bot.teaching import phrasings  # The database, which other commands do not need.

    _, sessions = database.opened(context)
    try:
        with sessions.begin() as session:
            row = phrasings.remove(session, text, now=system_clock())
    except phrasings.PhrasingError as error:
        raise SystemExit(str(error)) from None
    click.echo(f"forgotten: {database.shown(row.text)} was {row.entry_id or NONE}")


@click.command()
@options.content_option
@click.pass_context
def taught(context: click.Context, content_dir: Path | None) -> None:
    """List what staff have taught, oldest first."""
    from bot.teaching import phrasings  # The database, which other commands do not need.

    settings, sessions = database.opened(context, content_dir=content_dir)
    library = options.library(context, settings.content_dir)
    with sessions() as session:
        rows = phrasings.all_of(session)
    for row in rows:
        when = f"{row.added_at.astimezone(library.timezone):%Y-%m-%d}"
        whose = f", {row.added_by}" if row.added_by else ""
        idle = "" if library.lacks(row.entry_id, row.text) else _why_idle(library, row.entry_id)
        click.echo(f"{row.entry_id or NONE}  {database.shown(row.text)}  ({when}{whose}){idle}")
    click.echo(f"{len(rows)} phrasings of staff")


def _labelled(file: Path | None) -> "list[Message]":
    if file is None:
        return []
    from bot.understanding.evaluate import labelled  # As above.

    try:
        return labelled(file)
    except (OSError, ValueError) as error:
        raise SystemExit(str(error)) from None


def _compare(library: "Library", tried: "Trial") -> None:
    if tried.figures is not None:
        click.echo("\n".join(_table(*tried.figures)))
    if not tried.is_heeded:
        click.echo("TEXT would still be read otherwise: something else about it weighs more")
    click.echo(f"compared: {tried.read} messages, answered worse: {len(tried.worse)}, better: {tried.better}")
    for line in _listed(library, tried.worse[:MOST_SHOWN]):
        click.echo(line)
    if len(tried.worse) > MOST_SHOWN:
        click.echo(f"  … and {len(tried.worse) - MOST_SHOWN} more")
    if tried.worse and not tried.does_harm:
        click.echo("  these few tip over whenever all is learnt anew")


def _table(before: "Figures", after: "Figures") -> list[str]:
    """The figures of the messages, in per cent; of those that are wanted to be answered if not said otherwise."""
    rows = [f"messages: {before['messages']:<18}before   after"]
    for key in FIGURES:
        numbers = [f"{100 * one[key]:6.1f} %" if one[key] is not None else "      –" for one in (before, after)]
        rows.append(f"  {key.replace('_', ' '):<24}{''.join(numbers)}")
    return rows


def _listed(library: "Library", worse: "Sequence[Change]") -> list[str]:
    return [
        f"  {database.shown(one.message['text'])} {_told(library, one.before)} → {_told(library, one.after)}"
        for one in worse
    ]


def _told(library: "Library", meaning: "Meaning") -> str:
    if meaning.id is not None:
        label = library.entry(meaning.id).label if meaning.id in library.entries else ""
        return f"is {meaning.id} {label} ({meaning.score:.2f})"
    if meaning.outcome == "suggest":
        return "is asked back: " + ", ".join(candidate.id for candidate in meaning.candidates)
    return "is not understood"


def _why_idle(library: "Library", id: str | None) -> str:
    if id is not None and id not in library.entries:
        return "  not in force: the pack has no such entry any more; forget it"
    return "  not in force: the pack has this text itself now; forget it"
