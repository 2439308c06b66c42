"""The whole program as processes around one database and one simulated LINE, with the hand on every switch."""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot import db, migrate
from bot.models import Person
from tests.faults import books
from tests.faults.line import SECRET, TOKEN, Json, Line, is_healthy, new_people
from tests.faults.processes import ROOT, Process, bot, free_port, of_procfile, wait_for

TOKYO = ZoneInfo("Asia/Tokyo")
SILENCE_SECONDS = 12
"""How long a silent LINE is silent: longer than the bot waits for it."""


class Fleet:
    """Processes that share one database; all of them believe that it is noon in Tokyo."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.database_url = database_url
        self.processes: list[Process] = []
        self.webs: dict[str, Process] = {}
        """Address -> web process."""
        self.size = 1
        """How many web processes and workers a test is to start; the machine decides what is sensible."""
        noon = datetime.now(TOKYO).replace(hour=12, minute=0, second=0, microsecond=0)
        self._ahead = (noon + timedelta(days=7) - datetime.now(TOKYO)).total_seconds()
        self._errors: dict[str, float] = {}
        self.set_wrong("line", 0)
        self.set_wrong("bots", 0)
        port = free_port()
        self._environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": database_url,
            "CONTENT_DIR": str(_pack(folder)),
            "LINE_CHANNEL_SECRET": SECRET,
            "LINE_CHANNEL_ACCESS_TOKEN": TOKEN,
            "LINE_API_BASE": f"http://127.0.0.1:{port}",
        }
        migrate.upgrade(database_url)
        self.writing = db.connect(database_url)
        self.sessions = db.reading(self.writing)
        platform = bot("simulator", "--port", str(port), "--silence", str(SILENCE_SECONDS))
        self.simulator = self._start("line", platform, clock="line")
        self.line = Line(f"http://127.0.0.1:{port}")

    @property
    def now(self) -> datetime:
        """The moment that it is: for LINE, and for all whose clock is not wrong."""
        return datetime.now(UTC) + timedelta(seconds=self._ahead)

    def advance(self, seconds: float) -> None:
        """Let time pass for everybody."""
        self._ahead += seconds
        for clock, error in self._errors.items():
            self.set_wrong(clock, error)

    def set_wrong(self, clock: str, error: float) -> None:
        """Let the clock ``line``, ``bots`` (web and worker) or of any other name be wrong by so many seconds."""
        self._errors[clock] = error
        path = self.folder / f"{clock}.clock"
        new = path.with_suffix(".new")
        new.write_text(str(self._ahead + error), encoding="ascii")
        new.replace(path)

    def web(self, **environment: str) -> tuple[str, Process]:
        """Start a web process, and wait until it answers."""
        [address] = self.start_webs(1, **environment)
        return address, self.webs[address]

    def start_webs(self, number: int, *, errors: Path | None = None, **environment: str) -> list[str]:
        """Start so many web processes at once, and wait until they answer; their addresses."""
        addresses = [f"http://127.0.0.1:{free_port()}" for _ in range(number)]
        for address in addresses:
            port = address.rpartition(":")[2]
            self.webs[address] = self._start(
                "web", of_procfile("web"), errors=errors, HOST="127.0.0.1", PORT=port, **environment
            )
        for address in addresses:
            wait_for(partial(is_healthy, address), f"a web process at {address}")
        return addresses

    def worker(self, **environment: str) -> Process:
        """Start a worker, and wait until it works."""
        [worker] = self.start_workers(1, **environment)
        return worker

    def start_workers(self, number: int, **environment: str) -> list[Process]:
        """Start so many workers at once, and wait until they work."""
        workers = [self.begin_worker(**environment) for _ in range(number)]
        for worker in workers:
            worker.hear("worker: running")
        return workers

    def begin_worker(self, *, errors: Path | None = None, clock: str = "bots", **environment: str) -> Process:
        """Start a worker, and wait for nothing."""
        return self._start("worker", of_procfile("worker"), errors=errors, clock=clock, **environment)

    def begin(self, name: str, command: list[str], **environment: str) -> Process:
        """Start any other process, and wait for nothing."""
        return self._start(name, command, **environment)

    def run(self, *arguments: str) -> None:
        """Run one of the program's commands to its end."""
        done = self._start("command", bot(*arguments))
        assert done.wait() == 0, done.said

    def befriend(self, number: int) -> list[str]:
        """So many people whom both LINE and the bot know, without a word having been said."""
        people = new_people(number)
        self.line.follow(*people)
        known = {"created_at": self.now, "last_seen_at": self.now, "followed_at": self.now}
        with self.writing.begin() as session:
            session.execute(sa.insert(Person), [{"line_user_id": name, **known} for name in people])
        return people

    def deliver(self, events: Sequence[Json]) -> None:
        """Let LINE bring each of these events, in this order, to any web process that takes it."""
        for event in events:
            self.line.deliver([event], list(self.webs))

    def settle(self) -> books.Books:
        """Wait until nothing is under way; both books then."""
        wait_for(lambda: books.is_quiet(self.sessions), self._open)
        return books.read(self.line, self.sessions)

    def check(self) -> books.Books:
        """Wait until nothing is under way, then compare the books and look through the logs."""
        found = self.settle()
        found.check()
        logs = [process.said for process in self.processes if process is not self.simulator]
        assert not books.overheard(logs, self.line.said)
        assert not found.out_of_order()
        return found

    def close(self) -> None:
        """End everything, whatever the tests came to."""
        for process in self.processes:
            process.kill()
        db.engine_of(self.sessions).dispose()
        db.engine_of(self.writing).dispose()

    def _start(
        self, name: str, command: list[str], *, errors: Path | None = None, clock: str = "bots", **environment: str
    ) -> Process:
        log = self.folder / f"{len(self.processes)}-{name}.log"
        environment = self._environment | {"SENAKA_CLOCK": str(self.folder / f"{clock}.clock")} | environment
        process = Process(command, log, environment, errors=errors)
        self.processes.append(process)
        return process

    def _open(self) -> str:
        found = books.read(self.line, self.sessions)
        events = [
            (event.webhook_event_id, event.attempts, event.next_try_at) for event in found.events if not event.done_at
        ]
        rows = [(row.id, row.kind, row.attempts, row.reason, row.next_try_at) for row in found.rows if not row.outcome]
        said = "\n".join(f"--- {process.log.name}\n{process.said[-1500:]}" for process in self.processes)
        return f"quiet at {self.now}; open: {events[:5]} {rows[:5]}\n{said}"


@contextmanager
def fleet(folder: Path, database_url: str) -> Iterator[Fleet]:
    """A fleet with its LINE and nobody else yet; all of it is ended in any case."""
    made = Fleet(folder, database_url)
    try:
        made.simulator.hear("simulator: LINE_API_BASE")
        yield made
    finally:
        made.close()


def _pack(folder: Path) -> Path:
    """A pack that is small and so quick to read, with one routine in it."""
    made = folder / "pack"
    shutil.copytree(ROOT / "tests" / "data" / "packs" / "dental", made)
    shutil.copytree(ROOT / "tests" / "faults" / "pack", made, dirs_exist_ok=True)
    return made
