"""The owner's question how far the month's messages reach, and what staff must know of: quota, alerts."""

import json
from datetime import datetime
from string import Template
from typing import TYPE_CHECKING, Any

import click

from bot.cli import database, options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.delivery.month import Month
    from bot.forecast import Forecast
    from bot.library.library import Library

ALMOST_ALL = 0.95
"""Above this share of the month used the command ends with 1."""

KINDS = ("reminder", "snooze", "summary", "announcement", "answer", "staff", "alert", "test")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def quota(context: click.Context, as_json: bool) -> None:
    """Tell how many of the month's messages are used, and how many it will need; exit 1 above 95 %.

    The figures are those that the worker last got from LINE, with our own count since then.
    """
    from bot import forecast  # The database, which other commands do not need.
    from bot.clock import system_clock
    from bot.delivery import carried
    from bot.delivery.rules import Rules

    settings, sessions = database.opened(context)
    library = database.library(settings, sessions)
    rules = Rules.of(library)
    now = system_clock()
    with sessions() as session:
        month, expected = forecast.of(session, now, rules.monthly_limit)
        waiting = carried.waiting(session, now)
    if as_json:
        click.echo(json.dumps(_figures(month, expected, waiting, rules.reserve), ensure_ascii=False))
    else:
        for line in _told(library, month, expected, waiting, rules.reserve):
            click.echo(line)
    if month.limit is not None and month.used > month.limit * ALMOST_ALL:
        raise SystemExit(1)


@click.command()
@click.pass_context
def alerts(context: click.Context) -> None:
    """List what staff must know of and is not over: since when, its name, and in Japanese what it is."""
    from bot import alerts as matters  # As above.

    library = options.library(context, options.settings(context).content_dir)
    _, sessions = database.opened(context)
    with sessions() as session:
        found = list(matters.open(session))
        for alert in found:
            since = alert.raised_at.astimezone(library.timezone)
            click.echo(f"{since:%Y-%m-%d %H:%M} {alert.name} {matters.say(library, alert)}")
    click.echo(f"{len(found)} open")


def _figures(month: "Month", expected: "Forecast", waiting: "Mapping[str, int]", reserve: int) -> dict[str, Any]:
    return {
        "month": f"{month.begins:%Y-%m}",
        "limit": month.limit,
        "used": month.used,
        "left": month.left,
        "reserve": reserve,
        "is_full": month.is_full,
        "used_by_kind": {kind: expected.spent.get(kind, 0) for kind in KINDS},
        "to_come_by_kind": {kind: expected.to_come.get(kind, 0) for kind in KINDS},
        "expected": expected.total,
        "full_on": expected.full_on.isoformat() if expected.full_on else None,
        "waiting_by_kind": dict(waiting),
        "line_asked_at": month.asked_at.isoformat() if month.asked_at else None,
        "line_has_told": month.is_told,
    }


def _told(
    library: "Library", month: "Month", expected: "Forecast", waiting: "Mapping[str, int]", reserve: int
) -> list[str]:
    """The same in Japanese."""

    def words(key: str, **values: object) -> str:
        return Template(library.messages[key]).substitute(values)

    def clock(moment: datetime) -> str:
        local = moment.astimezone(library.timezone)
        return f"{local.month}/{local.day} {local:%H:%M}"

    named = {"year": month.begins.year, "month": month.begins.month, "used": month.used, "expected": expected.total}
    lines = []
    if month.limit is None:
        lines.append(words("quota_month_without_limit", **named))
    else:
        left = max(month.left or 0, 0)
        lines.append(words("quota_month", **named, limit=month.limit, left=left, reserve=min(reserve, left)))
    if month.is_full:
        lines.append(words("quota_full"))
    for kind in KINDS:
        spent, to_come = expected.spent.get(kind, 0), expected.to_come.get(kind, 0)
        if spent or to_come or kind == "reminder":
            lines.append(words("quota_line", kind=words(f"quota_kind_{kind}"), spent=spent, to_come=to_come))
    ending = "without_limit" if month.limit is None else "fits" if expected.full_on is None else "full"
    day = expected.full_on.day if expected.full_on else None
    lines.append(words(f"quota_forecast_{ending}", **named, limit=month.limit, day=day))
    those = [
        words("quota_waiting_one", kind=words(f"quota_kind_{kind}"), count=count) for kind, count in waiting.items()
    ]
    lines.append(words("quota_waiting", waiting="、".join(those)) if those else words("quota_waiting_none"))
    if month.asked_at is None:
        lines.append(words("quota_asked_never"))
    else:
        lines.append(words("quota_asked" if month.is_told else "quota_asked_in_vain", at=clock(month.asked_at)))
    return lines
