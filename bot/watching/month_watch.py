"""Raises the alerts about the month's messages: 80 %, 95 %, used up, and a forecast that passes the limit."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from bot import alerts
from bot.delivery.month import Month
from bot.forecast import Forecast
from bot.models import Alert

SHARES = {"quota-80": 0.80, "quota-95": 0.95}
"""Alert -> the share of the month at which it is raised."""

OVER = 0.95
"""From which share of the limit on a forecast that passed it passes it still: it goes up and down a little."""


def watch(session: Session, month: Month, forecast: Forecast | None, now: datetime) -> None:
    """Raise what has come about, and clear what belongs to another month or to a lower limit.

    Without a *forecast*, none was made this time: its alert stays as it is.
    """
    known = {alert.name: alert for alert in alerts.open(session)}
    facts = {"used": month.used, "limit": month.limit}
    for name, share in SHARES.items():
        is_so = month.limit is not None and month.used >= month.limit * share
        _follow(session, known.get(name), name, month, facts, now, is_so=is_so)
    full = known.get("quota-full")
    # LINE tried again in between does not close the matter.
    _follow(session, full, "quota-full", month, facts, now, is_so=month.is_full)
    if forecast is not None:
        expected = facts | {"expected": forecast.total, "on": str(forecast.full_on)}
        before = known.get("quota-forecast")
        is_so = forecast.full_on is not None
        is_still = before is not None and month.limit is not None and forecast.total > month.limit * OVER
        _follow(session, before, "quota-forecast", month, expected, now, is_so=is_so)
        if before is not None and not is_so and not is_still:
            alerts.clear(session, "quota-forecast", now)


def _follow(
    session: Session,
    before: Alert | None,
    name: str,
    month: Month,
    facts: Mapping[str, object],
    now: datetime,
    *,
    is_so: bool,
) -> None:
    if before is not None and (before.raised_at < month.begins or (not is_so and _has_grown(before, month))):
        alerts.clear(session, name, now)
        before = None
    if is_so and before is None:
        alerts.raise_(session, name, facts, now)


def _has_grown(alert: Alert, month: Month) -> bool:
    """Whether the month has more messages than when the alert was raised."""
    limit = alert.facts.get("limit")
    return limit is not None and (month.limit is None or month.limit > limit)
