"""Commands that talk: match, chat, rehearse."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from bot.cli import options

BESIDE_SLOTS = ("from", "bare", "impossible")
"""What handlers find among the slots and readers of the output beside them: remarks on how a thing was said."""


@click.command()
@options.content_option
@click.pass_context
def match(context: click.Context, content_dir: Path | None) -> None:
    """Read JSON lines {"text": …, "now": …} from standard input; write what each means as a JSON line."""
    from bot.clock import system_clock
    from bot.understanding.reader import Understanding  # Needs the dictionary, which other commands do not.

    library = options.library(context, content_dir)
    understanding = Understanding.from_library(library)
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            text = asked["text"]
            now = datetime.fromisoformat(asked["now"]) if asked.get("now") else system_clock()
            if not isinstance(text, str):
                raise TypeError
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise SystemExit(
                f'line {number}: is not of the form {{"text": "…", "now": "2026-11-20T10:00:00+09:00"}}'
            ) from None
        if now.tzinfo is None:
            now = now.replace(tzinfo=library.timezone)
        meaning = understanding.read(text, now)
        found: dict[str, Any] = {
            "text": text,
            "outcome": meaning.outcome,
            "id": meaning.id,
            "candidates": [{"id": one.id, "score": round(one.score, 4)} for one in meaning.candidates],
            "slots": {key: value for key, value in meaning.slots.items() if key not in BESIDE_SLOTS},
            "why": list(meaning.why),
        }
        found |= {key: meaning.slots[key] for key in BESIDE_SLOTS if key in meaning.slots}
        # As bytes: the terminal's encoding is no matter of ours, and half a surrogate pair keeps its JSON spelling.
        sys.stdout.buffer.write(json.dumps(found, ensure_ascii=False).encode(errors="backslashreplace") + b"\n")
        sys.stdout.buffer.flush()


@click.command()
@click.option("--why/--no-why", default=True, help="Tell below each answer how the message was taken (the default).")
@options.content_option
@click.pass_context
def chat(context: click.Context, content_dir: Path | None, why: bool) -> None:
    """Talk with the assistant in the terminal; nothing is kept."""
    from bot import reasons  # The whole assistant.
    from bot.app import learn
    from bot.clock import system_clock
    from bot.talk import House, WoundClock

    house = House(learn(options.content_folder(context, content_dir)), WoundClock(system_clock()))
    person = house.person()
    _show(person.follow())
    while True:
        try:
            text = click.prompt("", prompt_suffix="> ", default="", show_default=False)
        except (click.Abort, EOFError):
            click.echo()
            return
        if not text.strip():
            continue
        house.clock.now = system_clock()
        labels = {str(action.get("label")) for action in person.last.actions}
        is_tap = text in labels
        heard = person.tap(text) if is_tap else person.say(text)
        _show(heard)
        # A tap says itself what it means.
        if why and heard.reply is not None and (heard.reply.meaning is not None or not is_tap):
            click.secho(f"  ({_printable(reasons.summary(heard.reply))})", dim=True)


def _show(heard: Any) -> None:
    for message in heard.messages:
        click.echo("\n" + (message.get("text") or message.get("altText") or ""))
    labels = list(dict.fromkeys(str(action.get("label")) for action in heard.actions))
    if labels:
        click.echo("  " + " ".join(f"[{label}]" for label in labels))


def _printable(text: str) -> str:
    """*text* on one line, without what would control the terminal: it quotes what was typed."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@options.content_option
@click.pass_context
def rehearse(context: click.Context, files: tuple[Path, ...], content_dir: Path | None) -> None:
    """Play scripted conversations and print what differs; exit 1 on any difference."""
    from bot import rehearsal  # The whole assistant.
    from bot.app import learn

    knowledge = learn(options.content_folder(context, content_dir))
    played = 0
    differences: list[str] = []
    for file in files:
        try:
            dialogues = rehearsal.read(file)
        except rehearsal.ScriptError as error:
            raise SystemExit(str(error)) from None
        for dialogue in dialogues:
            played += 1
            differences += [f"{file}: {difference}" for difference in rehearsal.play(dialogue, knowledge)]
    for difference in differences:
        click.echo(difference)
    click.echo(f"{played} dialogues, {len(differences)} differences")
    if differences:
        raise SystemExit(1)
