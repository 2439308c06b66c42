"""The menu at the foot of people's talks with the practice: richmenu publish, show, remove."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bot.cli import options

if TYPE_CHECKING:
    from bot.line.menu_wire import MenuWire
    from bot.line.richmenu import Wanted


@click.group()
def richmenu() -> None:
    """Look after the rich menu of the LINE channel, as the pack's richmenu.yaml tells it.

    Only menus that this program made are ever changed or removed.
    """


@richmenu.command()
@click.pass_context
def publish(context: click.Context) -> None:
    """Bring the pack's menu to LINE and show it to everybody; does nothing when LINE has it already."""
    from bot.line import richmenu as menus  # LINE's SDK: a second that other commands need not wait.

    with _line(context) as wire:
        is_new = menus.publish(wire, _wanted(context), click.echo)
    if is_new:
        click.echo("richmenu: published; phones show it when the talk is opened again, within a minute")
    else:
        click.echo("richmenu: LINE has it already; nothing to do")


@richmenu.command()
@click.pass_context
def show(context: click.Context) -> None:
    """Tell which menus LINE has, and whether they are what the pack says; exit 1 when they are not."""
    from bot.line import richmenu as menus  # As above.

    with _line(context) as wire:
        lines, is_right = menus.show(wire, _wanted(context))
    for line in lines:
        click.echo(line)
    click.echo("richmenu: as in the pack" if is_right else "richmenu: not as in the pack; run: richmenu publish")
    if not is_right:
        raise SystemExit(1)


@richmenu.command()
@click.pass_context
def remove(context: click.Context) -> None:
    """Take the menu away: the default, our aliases and our menus."""
    from bot.line import richmenu as menus  # As above.

    with _line(context) as wire:
        found = menus.remove(wire, click.echo)
    click.echo("richmenu: removed" if found else "richmenu: there was none of ours")


@contextmanager
def _line(context: click.Context) -> "Iterator[MenuWire]":
    """The way to the channel's menus; one line and exit 1 for what LINE refuses."""
    from bot.library.gallery import DrawingError
    from bot.line.menu_wire import MenuError, MenuWire  # As above.

    settings = options.settings(context)
    if settings.line_channel_access_token is None:
        raise SystemExit("settings: set LINE_CHANNEL_SECRET and LINE_CHANNEL_ACCESS_TOKEN of the channel")
    try:
        with MenuWire(settings.line_channel_access_token.get_secret_value(), settings.line_api_base) as wire:
            yield wire
    except MenuError as error:
        raise SystemExit(f"richmenu: {error}") from None
    except DrawingError as error:
        raise SystemExit(f"richmenu.yaml: cannot be drawn: {error}") from None


def _wanted(context: click.Context) -> "list[Wanted]":
    from bot.line import richmenu as menus  # As above.

    library = options.library(context, None)
    if library.richmenu is None:
        raise SystemExit("richmenu: the pack has no richmenu.yaml; copy it from the shipped pack")
    return menus.wanted(options.content_folder(context, None), library.richmenu)
