"""What one process measures of itself: how long webhooks take, and what LINE answers; shown by `bot/web/probes.py` or the worker's port.

Every series bears the process, so that several of them behind one address do not look like one that counts backwards.
"""

import os
import re
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()
"""The figures of this process alone; those of the house come out of the database."""

_WEBHOOK = Histogram(
    "senaka_webhook_seconds",
    "From the webhook's arrival to its status; LINE waits two seconds.",
    ["process", "status"],
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10),
)
_LINE = Histogram(
    "senaka_line_seconds",
    "What LINE answered, and how long it took; status 0 is silence.",
    ["process", "endpoint", "status"],
    registry=REGISTRY,
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10),
)
_FAILURES = Counter(
    "senaka_tick_failures",
    "Looks for due work that failed.",
    ["process"],
    registry=REGISTRY,
)
_SENDS = re.compile(r"/v2/bot/(?:message/)?([a-z/-]+)")


def webhook(status: int, seconds: float) -> None:
    """Note one webhook."""
    _WEBHOOK.labels(_process(), str(status)).observe(seconds)


def line(path: str, status: int | None, seconds: float) -> None:
    """Note one request to LINE; *status* None: it said nothing."""
    found = _SENDS.match(path)
    # Only the beginning: what follows may be somebody's id.
    endpoint = "other" if found is None else found[1].strip("/").split("/U")[0]
    _LINE.labels(_process(), endpoint, str(status or 0)).observe(seconds)


def tick_failed() -> None:
    """Note that a look for due work failed."""
    _FAILURES.labels(_process()).inc()


@cache
def _process() -> str:
    return str(os.getpid())


os.register_at_fork(after_in_child=_process.cache_clear)  # A server may fork after it has read us.
