"""What sealing costs on the way from message to reply: the same messages, by turns with a key and without."""

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from pydantic import SecretStr

from bot import app as composition
from bot import db, sealed
from bot.app import Knowledge
from bot.clock import system_clock
from bot.delivery import inbox
from bot.models import Base
from bot.settings import DEFAULT_CONTENT, Settings
from tests.benchmarks.bench_answering import event
from tests.benchmarks.conftest import Report
from tests.fakes import FakeMessenger

ROUNDS, AT_ONCE = 24, 48


@pytest.fixture
def apps(knowledge: Knowledge, tmp_path: Path) -> Iterator[dict[str, composition.App]]:
    """The program without a key and with one, each with a file of SQLite's and a LINE that takes everything at once."""
    made = {}
    for name, key in (("plain", None), ("sealed", SecretStr(sealed.new_key()))):
        url = f"sqlite:///{tmp_path}/{name}.db"
        settings = Settings.model_construct(content_dir=DEFAULT_CONTENT, database_url=url, data_key=key)
        made[name] = composition.build(settings, system_clock, FakeMessenger(), knowledge)
        Base.metadata.create_all(db.engine_of(made[name].sessions))
    yield made
    for app in made.values():
        db.engine_of(app.sessions).dispose()


def test_bench_sealing_from_message_to_reply(apps: dict[str, composition.App], report: Report) -> None:
    spent: dict[str, list[float]] = {name: [] for name in apps}
    for number in range(ROUNDS):
        for name in sorted(apps, reverse=bool(number % 2)):
            spent[name].append(_round(apps[name], number))
    # The first round meets people and warms up.
    plain, keyed = (median(spent[name][1:]) for name in ("plain", "sealed"))
    ratios = [theirs / ours for ours, theirs in zip(spent["plain"][1:], spent["sealed"][1:], strict=True)]
    report(
        f"from message to reply with a key: {keyed:.2f} ms of processor each, {plain:.2f} without; ratio "
        f"{median(ratios):.3f} ({min(ratios):.2f} to {max(ratios):.2f})",
        ratio=median(ratios),
        plain_ms=plain,
        sealed_ms=keyed,
    )


def _round(app: composition.App, number: int) -> float:
    """Milliseconds of processor for each message: kept, answered, sent, settled."""
    now = app.clock()
    events = [event(number * AT_ONCE + one, now) for one in range(AT_ONCE)]
    begun = time.process_time()
    with app.sessions.begin() as session:
        inbox.receive(session, events, now)
    while app.dispatcher.work_some():
        pass
    while app.sender.send_one():
        pass
    return (time.process_time() - begun) * 1000 / AT_ONCE
