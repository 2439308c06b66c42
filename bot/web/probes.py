"""What machines ask of the web server: whether the process lives, whether the house can serve, and its figures."""

import hmac
from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from flask import Blueprint, abort, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from werkzeug.wrappers import Response

from bot import migrate
from bot.clock import Clock
from bot.db import Sessions
from bot.settings import Settings
from bot.watching import metrics, pulse
from bot.watching.gauges import House

TICK_LATE = timedelta(minutes=2)
"""A worker looks for due work every five seconds, and says so every half minute."""

Current = Callable[[], bool]


def blueprint(sessions: Sessions, clock: Clock, settings: Settings | None) -> Blueprint:
    """``/healthz``, ``/readyz`` and, when the settings have a token for it, ``/metrics``."""
    pages = Blueprint("probes", __name__)
    is_current = _Schema(settings)

    @pages.get("/healthz")
    def healthz() -> dict[str, str]:
        # Nothing else: who restarts a process because the database is away has two troubles.
        return {"status": "ok"}

    @pages.get("/readyz")
    def readyz() -> tuple[dict[str, object], int]:
        missing = _missing(sessions, clock, is_current)
        return ({"status": "not ready", "missing": missing}, 503) if missing else ({"status": "ready"}, 200)

    if settings is not None and settings.metrics_token is not None:
        house, wanted = House(sessions, clock), f"Bearer {settings.metrics_token.get_secret_value()}".encode()

        @pages.get("/metrics")
        def figures() -> Response:
            if not hmac.compare_digest(request.headers.get("Authorization", "").encode("utf-8", "replace"), wanted):
                abort(401)
            return Response(exposed(house), content_type=CONTENT_TYPE_LATEST)

    return pages


class _Schema:
    """Whether the schema is the newest, or newer; once it is, it is not asked again."""

    def __init__(self, settings: Settings | None) -> None:
        self._url = None if settings is None else settings.database_url

    def __call__(self) -> bool:
        if self._url is not None and migrate.is_current(self._url):
            self._url = None
        return self._url is None


def exposed(house: House) -> bytes:
    """The figures of this process and of the house; those of the house are left out while the database is away."""
    own = generate_latest(metrics.REGISTRY)
    try:
        return own + generate_latest(house)
    except sa.exc.SQLAlchemyError:
        return own


def _missing(sessions: Sessions, clock: Clock, is_current: Current) -> dict[str, str]:
    """What keeps the house from serving, each with what is so."""
    try:
        with sessions() as session:
            last = pulse.last_tick(session)
        if not is_current():
            return {"schema": "not the newest; run: python -m bot migrate"}
    except (sa.exc.SQLAlchemyError, migrate.DatabaseError) as error:
        return {"database": type(error).__name__}
    if last is None:
        return {"worker": "none has ever looked for due work"}
    age = clock() - last
    if age > TICK_LATE:
        return {"worker": f"none has looked for due work for {age.total_seconds():.0f} s"}
    return {}
