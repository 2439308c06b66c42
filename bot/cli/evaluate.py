"""The command that measures how well messages are understood: evaluate."""

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import click

from bot.cli import options

if TYPE_CHECKING:
    from bot.cli.evaluation_page import Part, Table
    from bot.library.schema import Language
    from bot.understanding.evaluate import Figures, Judged, Message, Rank, Read
    from bot.understanding.index import Document
    from bot.understanding.match import Matcher

    Retyped = Mapping[str, Callable[[Iterable[Message]], list[Message]]]

MISSING = "the baselines need packages for developers (run `make setup`): {name} is missing\n"
AS_WRITTEN = ""


@click.command()
@click.option(
    "--messages",
    "messages_files",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Labelled messages instead of the pack's; may be given several times.",
)
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
    messages_files: tuple[Path, ...],
    phrasings_file: Path | None,
    perturb: str | None,
    as_json: bool,
    page_file: Path | None,
    content_dir: Path | None,
) -> None:
    """Measure how labelled messages {"text": …, "want": [id, …], "group": …, "style": …} are understood.

    The pack's own lie in its folder evaluation/. What is printed is about all files together. The page shows each by itself,
    and what each part of the matcher earns.
    """
    from bot.cli import evaluation_page  # These need the dictionary, which other commands do not.
    from bot.understanding.evaluate import PERTURBED, figures, judge, labelled

    try:
        files = {str(file): labelled(file) for file in messages_files or _own(context, content_dir)}
    except (OSError, ValueError) as error:
        raise SystemExit(str(error)) from None
    ours = _of_pack(context, content_dir) if phrasings_file is None else _of_phrasings(phrasings_file)
    ways: dict[str, tuple[Read, Rank]] = {"ours": (ours.read(), ours.matcher.rank)}
    if not as_json or page_file is not None:
        ways.update(_rivals(ours.documents))
    retyped: Retyped = {AS_WRITTEN: list, **PERTURBED}
    asked = [perturb or AS_WRITTEN] if page_file is None else list(retyped)
    judged = {
        (file, copy, way): judge(*readers, retyped[copy](messages))
        for file, messages in files.items()
        for copy in asked
        for way, readers in ways.items()
    }

    def table(chosen: Iterable[str], copy: str) -> "Table":
        return {way: counted(way, chain.from_iterable(judged[file, copy, way] for file in chosen)) for way in ways}

    def counted(way: str, ones: "Iterable[Judged]") -> "Figures":
        seconds = ours.seconds if way == "ours" else {}
        return figures(list(ones), **seconds)

    together = table(files, perturb or AS_WRITTEN)
    click.echo(json.dumps(together["ours"], ensure_ascii=False) if as_json else evaluation_page.plain(together))
    if page_file is not None:
        parts = _parts(ours, files, retyped)
        sets = [
            evaluation_page.Set(
                name=file,
                tables={evaluation_page.TITLES[copy]: table([file], copy) for copy in asked},
                parts=parts[file],
                judged=judged[file, AS_WRITTEN, "ours"],
            )
            for file in files
        ]
        page_file.write_text(evaluation_page.page(sets), encoding="utf-8")
        click.echo(f"written: {page_file}", err=as_json)


def _own(context: click.Context, content_dir: Path | None) -> list[Path]:
    folder = options.content_folder(context, content_dir) / "evaluation"
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise SystemExit(f"{folder} holds no messages; name some with --messages FILE")
    return files


class _Ours(NamedTuple):
    """The matcher that is judged, what it has learnt from, and what reads a message with it or with a lesser one."""

    documents: "list[Document]"
    language: "Language"
    matcher: "Matcher"
    reader: "Callable[[Matcher], Read]"
    seconds: "Mapping[str, float]"
    """How long learning took, by the names of the figures."""

    def read(self) -> "Read":
        return self.reader(self.matcher)


def _of_pack(context: click.Context, content_dir: Path | None) -> _Ours:
    from dataclasses import replace

    from bot.clock import system_clock
    from bot.understanding.match import documents_of
    from bot.understanding.reader import Understanding
    from bot.understanding.safety import SafetyRules

    library = options.library(context, content_dir)
    now = system_clock()
    begun = perf_counter()
    safety = SafetyRules.of(library.language, None)
    between = perf_counter()
    understanding = Understanding.from_library(library, cache=None, safety=safety)
    ended = perf_counter()

    def reader(matcher: "Matcher") -> "Read":
        reading = replace(understanding, matcher=matcher)
        return lambda text: reading.read(text, now)

    seconds = {"safety_build_s": round(between - begun, 3), "index_build_s": round(ended - between, 3)}
    return _Ours(documents_of(library), library.language, understanding.matcher, reader, seconds)


def _of_phrasings(file: Path) -> _Ours:
    """A matcher of any ids, without the rules of safety and without commands."""
    from bot.library.schema import Language
    from bot.understanding.index import Document
    from bot.understanding.match import Matcher

    phrasings = _phrasings(file)
    begun = perf_counter()
    matcher = Matcher.from_phrasings(phrasings)
    seconds = {"index_build_s": round(perf_counter() - begun, 3)}
    documents = [Document(id, text) for id, text in phrasings]
    return _Ours(documents, Language(), matcher, lambda matcher: matcher.read, seconds)


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
    if not phrasings:
        raise SystemExit(f"{file}: holds no phrasings")
    return phrasings


def _rivals(documents: "list[Document]") -> "dict[str, tuple[Read, Rank]]":
    try:
        from bot.understanding.baselines import baselines  # Only developers have what it needs.
    except ModuleNotFoundError as error:
        click.echo(MISSING.format(name=error.name), err=True)
        return {}
    return {name: (rival.read, rival.rank) for name, rival in baselines(documents).items()}


def _parts(ours: _Ours, files: "Mapping[str, list[Message]]", retyped: "Retyped") -> "dict[str, dict[str, Part]]":
    """For each file: what the whole matcher makes of its messages, and what each lesser one does."""
    from bot.cli.evaluation_page import WHOLE, Part
    from bot.understanding.ablation import lessened, pace
    from bot.understanding.evaluate import figures, judge

    parts: dict[str, dict[str, Part]] = {file: {} for file in files}
    for name, matcher in chain([(WHOLE, ours.matcher)], lessened(ours.documents, ours.language)):
        for file, messages in files.items():
            read = ours.reader(matcher)
            found = {copy: figures(judge(read, matcher.rank, retype(messages))) for copy, retype in retyped.items()}
            parts[file][name] = Part(
                found[AS_WRITTEN],
                right={copy: found[copy]["right"] for copy in retyped},
                pace=pace(read, ours.read(), [message["text"] for message in messages]),
            )
    return parts
