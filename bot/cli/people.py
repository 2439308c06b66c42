"""Staff's tool for the people whom LINE knows and we do not: taking over LINE's list of followers."""

import click

from bot.cli import database

_WHY = {
    "not-verified": "LINE gives its list of followers to verified accounts only; "
    "who writes to you or adds you anew is met by and by",
}


@click.group()
def people() -> None:
    """The people of this account."""


@people.command("import")
@click.pass_context
def import_(context: click.Context) -> None:
    """Take over everybody on LINE's own list of followers, so that announcements reach them, too."""
    from bot.broadcasts import followers  # The database, which other commands do not need.
    from bot.clock import system_clock
    from bot.line.messenger import LineMessenger

    settings, sessions = database.opened(context)
    if settings.line_channel_access_token is None:
        raise SystemExit("LINE_CHANNEL_ACCESS_TOKEN is not set: there is no LINE account to ask")
    messenger = LineMessenger(settings.line_channel_access_token.get_secret_value(), settings.line_api_base)
    found = followers.import_followers(sessions, messenger, system_clock())
    click.echo(f"named by LINE: {found.named}, new: {found.new}")
    if found.reason is not None:
        raise SystemExit(_WHY.get(found.reason, f"LINE gave no whole list ({found.reason}); start it again"))
