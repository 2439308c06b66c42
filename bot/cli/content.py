"""Commands for whoever looks after what the assistant says and understands."""

from pathlib import Path

import click

from bot.cli import options
from bot.cli.evidence import evidence
from bot.cli.teaching import forget, taught, teach


@click.group()
def content() -> None:
    """Look after the content pack, and teach what people's wordings mean."""


@content.command()
@options.content_option
@click.pass_context
def check(context: click.Context, content_dir: Path | None) -> None:
    """Check the whole pack: every problem as `file: line: what and how to mend`."""
    from bot.library.loader import load
    from bot.understanding.safety import SafetyRules  # Needs the dictionary, which other commands do not.

    library = load(
        options.content_folder(context, content_dir), judged_by=lambda language: SafetyRules.of(language).entry
    )
    kinds: dict[str, int] = {}
    for entry in library.entries.values():
        kinds[entry.kind] = kinds.get(entry.kind, 0) + 1
    phrasings = sum(len(entry.phrasings) for entry in library.entries.values())
    counted = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    click.echo(f"content: no problems ({counted}; {phrasings} phrasings)")


for command in (evidence, forget, taught, teach):
    content.add_command(command)
