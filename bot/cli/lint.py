"""The command that checks an announcement before it goes out: lint."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from bot.cli import options

if TYPE_CHECKING:
    from bot.lint import Finding


@click.command()
@click.argument("text", required=False)
@click.option(
    "--file", "file", type=click.File(encoding="utf-8"), help="Read the text from a file; - is standard input."
)
@click.option(
    "--trade", "trades", multiple=True, type=click.Choice(["seitai", "licensed", "gym"]), help="Instead of the pack's."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@options.content_option
@click.pass_context
def lint(
    context: click.Context,
    text: str | None,
    file: TextIO | None,
    trades: tuple[str, ...],
    as_json: bool,
    content_dir: Path | None,
) -> None:
    """Check TEXT before it goes out: advertising law, dates, links, LINE's limits. Exit 1 when it may not be sent.

    It knows words, not facts: it is no legal advice.
    """
    from bot import lint  # The dictionary, which other commands do not need.
    from bot.clock import system_clock

    if (text is None) == (file is None):
        raise click.UsageError("give a TEXT or a --file")
    library = options.library(context, content_dir)
    practice = library.practice.model_copy(update={"trade": trades}) if trades else library.practice
    said = file.read() if file is not None else text or ""
    today = system_clock().astimezone(library.timezone).date()
    found = lint.check(lint.Draft.of(said), practice=practice, today=today, book=library.lint)
    for finding in found:
        click.echo(json.dumps(asdict(finding), ensure_ascii=False) if as_json else _told(said, finding))
    if not as_json:
        click.echo(f"lint: {len(found) or 'nothing'} found. {library.lint.context.notice}")
    if lint.blocks(found):
        context.exit(1)


def _told(text: str, finding: "Finding") -> str:
    line = text.count("\n", 0, finding.start) + 1
    better = f"\n    → {finding.rewrite}" if finding.rewrite else ""
    return (
        f"{line}: {finding.level} {finding.id}: {finding.quote}{better}\n"
        f"    {finding.law}\n    {finding.why}\n    {finding.fix}"
    )
