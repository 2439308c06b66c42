"""The command that measures how well messages are understood: evaluate."""

import json
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click

from bot.cli import options

if TYPE_CHECKING:
    from bot.understanding.evaluate import Figures, Judged, Message, Rank, Read
    from bot.understanding.index import Document

MISSING = "the baselines need packages for developers (run `make setup`): {name} is missing\n"


@click.command()
@click.option("--messages", "messages_file", type=click.Path(path_type=Path), required=True, help="Labelled messages.")
@click.option(
    "--phrasings", "phrasings_file", type=click.Path(path_type=Path), help="Ids and texts instead of the pack's."
)
@click.option("--perturb", type=click.Choice(["kana", "typo"]), help="Retype the messages first.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
@click.option("--page", "page_file", type=click.Path(path_type=Path), help="Write a whole page in Markdown, too.")
@options.content_option
@click.pass_context
def evaluate(
    context: click.Context,
    messages_file: Path,
    phrasings_file: Path | None,
    perturb: str | None,
    as_json: bool,
    page_file: Path | None,
    content_dir: Path | None,
) -> None:
    """Measure how labelled messages {"text": …, "want": [id, …], "group": …, "style": …} are understood."""
    from bot.cli import evaluation_page  # These need the dictionary, which other commands do not.
    from bot.understanding.evaluate import PERTURBED, figures, judge, labelled

    try:
        messages = labelled(messages_file)
    except (OSError, ValueError) as error:
        raise SystemExit(str(error)) from None
    read, rank, documents, seconds = _ours(context, content_dir, phrasings_file)

    def measured(read: "Read", rank: "Rank", messages: "list[Message]") -> "tuple[list[Judged], Figures]":
        judged = judge(read, rank, messages)
        return judged, figures(judged, index_build_s=seconds)

    chosen = messages if perturb is None else PERTURBED[perturb](messages)
    judged, found = measured(read, rank, chosen)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    rivals = _rivals(documents)
    table = {"ours": found, **{name: measured(*rival, chosen)[1] for name, rival in rivals.items()}}
    click.echo(evaluation_page.plain(table))
    if page_file is not None:
        tables = {"As written": table}
        for name, retyped in PERTURBED.items():
            copies = retyped(messages)
            ways = {"ours": (read, rank), **rivals}
            tables[evaluation_page.TITLES[name]] = {way: measured(*both, copies)[1] for way, both in ways.items()}
        page_file.write_text(evaluation_page.page(messages_file, tables, judged), encoding="utf-8")
        click.echo(f"written: {page_file}")


def _ours(
    context: click.Context, content_dir: Path | None, phrasings_file: Path | None
) -> "tuple[Read, Rank, list[Document], float]":
    """The readers of the pack, or of a file of phrasings, what they have learnt from, and how long that took."""
    from bot.clock import system_clock
    from bot.understanding.index import Document
    from bot.understanding.match import Matcher, documents_of
    from bot.understanding.reader import Understanding

    if phrasings_file is not None:
        phrasings = _phrasings(phrasings_file)
        begun = perf_counter()
        matcher = Matcher.from_phrasings(phrasings)
        seconds = perf_counter() - begun
        return matcher.read, matcher.rank, [Document(id, text) for id, text in phrasings], round(seconds, 3)
    library = options.library(context, content_dir)
    now = system_clock()
    begun = perf_counter()
    understanding = Understanding.from_library(library, cache=None)
    seconds = perf_counter() - begun
    return (
        lambda text: understanding.read(text, now),
        understanding.matcher.rank,
        documents_of(library),
        round(seconds, 3),
    )


def _phrasings(file: Path) -> list[tuple[str, str]]:
    phrasings = []
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise SystemExit(f"{file}: {error}") from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            phrasing = json.loads(line)
            id, text = phrasing["id"], phrasing["text"]
            is_right = isinstance(id, str) and isinstance(text, str)
        except (ValueError, TypeError, KeyError):
            is_right = False
        if not is_right:
            raise SystemExit(f'{file}: line {number}: is not of the form {{"id": "…", "text": "…"}}')
        phrasings.append((id, text))
    return phrasings


def _rivals(documents: "list[Document]") -> "dict[str, tuple[Read, Rank]]":
    try:
        from bot.understanding.baselines import baselines  # Only developers have what it needs.
    except ModuleNotFoundError as error:
        click.echo(MISSING.format(name=error.name), err=True)
        return {}
    return {name: (rival.read, rival.rank) for name, rival in baselines(documents).items()}
