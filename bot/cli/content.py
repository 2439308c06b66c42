"""Commands for whoever looks after what the assistant says and understands."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import database, options
from bot.cli.evidence import evidence
from bot.cli.teaching import forget, taught, teach

if TYPE_CHECKING:
    from bot.library.gallery import Gallery
    from bot.library.library import Library


@click.group()
def content() -> None:
    """Look after the content pack, and teach what people's wordings mean."""


@content.command()
@options.content_option
@click.pass_context
def check(context: click.Context, content_dir: Path | None) -> None:
    """Check the whole pack: every problem as `file: line: what and how to mend`."""
    from bot.library.gallery import Gallery
    from bot.library.loader import load
    from bot.understanding.safety import SafetyRules  # Needs the dictionary, which other commands do not.
    from bot.understanding.safety_unheard import unheard

    folder = options.content_folder(context, content_dir)
    library = load(folder, judged_by=lambda language: SafetyRules.of(language).entry, unheard=unheard)
    _draw(Gallery(folder / "pictures"))
    _draw_menu(folder, library)
    kinds: dict[str, int] = {}
    for entry in library.entries.values():
        kinds[entry.kind] = kinds.get(entry.kind, 0) + 1
    phrasings = sum(len(entry.phrasings) for entry in library.entries.values())
    counted = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    click.echo(f"content: no problems ({counted}; {phrasings} phrasings)")


@content.command()
@options.content_option
@click.pass_context
def pictures(context: click.Context, content_dir: Path | None) -> None:
    """Render all pictures of the pack in every size; what is not rendered is when a phone first asks for it."""
    from bot.library.gallery import KEPT, Gallery

    gallery = Gallery(options.content_folder(context, content_dir) / "pictures")
    _draw(gallery)
    click.echo(f"content: {len(gallery.names)} pictures in {gallery.build()} files ({KEPT})")


def _draw(gallery: "Gallery") -> None:
    """Draw each picture once; SystemExit with all that cannot be drawn."""
    from bot.library.gallery import WIDTHS, DrawingError

    problems = []
    for name in gallery.names:
        try:
            gallery.draw(name, WIDTHS[-1])
        except DrawingError as error:
            problems.append(f"pictures/{name}: cannot be drawn: {error}")
    if problems:
        raise SystemExit("\n".join(problems))


def _draw_menu(folder: Path, library: "Library") -> None:
    """Draw the rich menu once; SystemExit when it cannot be drawn."""
    from bot.library import menu_drawing
    from bot.library.gallery import DrawingError

    if library.richmenu is not None:
        try:
            menu_drawing.pictures(folder, library.richmenu)
        except DrawingError as error:
            raise SystemExit(f"richmenu.yaml: cannot be drawn: {error}") from None


@content.command()
@click.argument("folder", type=click.Path(path_type=Path))
@options.content_option
@click.pass_context
def export(context: click.Context, folder: Path, content_dir: Path | None) -> None:
    """Write the pack with all that staff have changed and taught into the new folder FOLDER, as files.

    Closed days are no content and stay in the database.
    """
    from bot.library.laying import lay
    from bot.library.shelf import Shelf
    from bot.library.writing import write
    from bot.teaching import overlay  # The database, which other commands do not need.

    settings, sessions = database.opened(context, content_dir=content_dir)
    with sessions() as session:
        taught = overlay.in_force(session)
    shelf = Shelf(settings.content_dir)
    laid = lay(shelf, taught.edits)
    try:
        write(shelf, laid.library.with_phrasings(taught.phrasings), folder)
    except FileExistsError:
        raise SystemExit(f"{folder} is there already; name a new folder") from None
    click.echo(f"written: {folder} ({len(taught.edits)} edits, {len(taught.phrasings)} phrasings of staff)")
    for id, problems in laid.broken.items():
        click.echo(f"left out, because it does not fit the files any more: {id} ({problems[0].message})")


for command in (evidence, forget, taught, teach):
    content.add_command(command)
