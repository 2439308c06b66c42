"""What a tick costs: nothing more for reminders that are not due, and less for each ring the more share a minute.

LINE is a list in this process, so that what is measured is ours. A million people (some minutes to invite them on each
database) only come with ``RINGS=1000000 make bench``; else a hundred thousand do.
"""

import gc
import os
import resource
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from uuid import UUID

import pytest
import sqlalchemy as sa
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from bot import db, reminders
from bot.delivery import lane
from bot.delivery.messenger import Accepted, Message
from bot.delivery.pace import LIMITS, Pace, PaceInMemory
from bot.delivery.sender import Sender
from bot.models import OutboxMessage, Person, Reminder
from bot.reminders.rings import PLANNERS
from tests.benchmarks.conftest import Report
from tests.bot.reminders.world import STRETCH, TRAIN, World, at, crowd, render
from tests.fakes import FakeClock

CROWD = 2000
OTHERS = 20_000
ROUNDS = 25
RINGS = int(os.environ.get("RINGS", "100000"))
SENDERS = 4
JOBS = (10_000, 100_000)
DUE = at("2026-11-20 07:00")


def took(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return perf_counter() - begun


def test_bench_a_tick_costs_what_is_due_not_what_exists(
    sessions: db.Sessions, request: pytest.FixtureRequest, report: Report
) -> None:
    world = World(sessions, FakeClock(at("2026-11-20 06:00")))
    crowd(world, 1)
    idle = [took(world.plan) for _ in range(ROUNDS)]
    crowd(world, OTHERS, due_at="2027-11-20 07:00", routine=TRAIN)
    ratios = [took(world.plan) / median(idle) for _ in range(ROUNDS)]

    kind = request.node.callspec.params["database_url"]
    report(
        f"{kind}: an idle tick beside {OTHERS} reminders: {median(ratios):.2f} x ({min(ratios):.2f}-{max(ratios):.2f})",
        ratio=median(ratios),
    )
    assert median(ratios) < 3


def test_bench_rings_that_share_a_minute(sessions: db.Sessions, request: pytest.FixtureRequest, report: Report) -> None:
    world = World(sessions, FakeClock(at("2026-11-20 06:00")))
    crowd(world, CROWD)
    crowd(world, 1, routine=TRAIN)
    planning, sending, alone = [], [], []
    for number in range(3):  # The fourth would be the question.
        world.clock.now = at("2026-11-20 07:00") + timedelta(days=number)
        planning.append(took(world.plan) / (CROWD + 1))
        sending.append(took(world.send) / (CROWD + 1))
        world.meet(f"late-{number}")
        world.remind(f"late-{number}", STRETCH, "07:10")
        world.clock.advance(minutes=10)
        alone.append(took(world.plan))

    kind = request.node.callspec.params["database_url"]
    report(
        f"{kind}: {1 / median(planning):.0f} rings planned a second, {1 / median(sending):.0f} sent",
        planned_per_second=1 / median(planning),
        sent_per_second=1 / median(sending),
    )
    dear = median(alone) / median(planning)
    report(f"one alone costs {dear:.0f} x one of {CROWD}", ratio=dear)
    assert len(world.outbox()) > 0


@dataclass
class Line:
    """A LINE that counts, takes everything at once, and remembers nothing else."""

    people: int = 0
    last: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def multicast(self, to: Sequence[str], _messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        with self.lock:
            self.people, self.last = self.people + len(to), perf_counter()
        return Accepted(str(retry_key))

    def push(self, to: str, messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        return self.multicast([to], messages, retry_key=retry_key)

    def reply(self, _reply_token: str, _messages: Sequence[Message]) -> Accepted:
        raise NotImplementedError

    def show_loading(self, _user_id: str, *, seconds: int) -> Accepted:
        raise NotImplementedError


def invite(sessions: db.Sessions, count: int, due_at: datetime, routine: str = STRETCH) -> None:
    """So many people more who want 07:00, the next time at *due_at*."""
    with sessions.begin() as session:
        first = (session.scalar(sa.select(sa.func.max(Person.id))) or 0) + 1
    for start in range(first, first + count, 10_000):
        ids = range(start, min(start + 10_000, first + count))
        with sessions.begin() as session:
            session.execute(
                sa.insert(Person.__table__),  # type: ignore[arg-type]
                [
                    {"id": id, "line_user_id": f"U{id:032x}", "created_at": DUE, "last_seen_at": DUE, "offered": []}
                    | {"step_data": {}, "told": []}
                    for id in ids
                ],
            )
            session.execute(
                sa.insert(Reminder.__table__),  # type: ignore[arg-type]
                [
                    {"person_id": id, "routine_id": routine, "time": "07:00", "zone": "Asia/Tokyo", "state": "on"}
                    | {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "is_on_holidays": True}
                    | {"next_due_at": due_at, "unanswered": 0, "created_at": DUE}
                    for id in ids
                ],
            )
    with sessions.begin() as session:
        session.execute(sa.text("ANALYZE"))  # As the database does by itself in time.


def memory() -> float:
    """What this process holds at this moment, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def ring_all(sessions: db.Sessions, count: int, pace: Pace) -> tuple[float, float, float]:
    """Plan and send side by side, as the worker does; seconds to the last one, seconds of CPU, and the most MB."""
    began, moment = perf_counter(), DUE

    def clock() -> datetime:
        return moment + timedelta(seconds=perf_counter() - began)

    line, most = Line(), 0.0
    lanes = lane.lanes(Sender(sessions, clock, line, pace=pace))

    def watch() -> None:
        nonlocal most
        while line.people < count:
            most = max(most, memory())
            time.sleep(0.05)

    watching = threading.Thread(target=watch, daemon=True)
    gc.collect()
    cpu = process_time()
    began = perf_counter()
    watching.start()
    for one in lanes:
        one.start()
    assert reminders.plan_due(sessions, render, clock()) == count
    watching.join()
    cpu = process_time() - cpu
    for one in lanes:
        one.stop()
    for one in lanes:
        one.join(time.monotonic() + 10)
    assert line.people == count
    return line.last - began, cpu, most


def test_bench_all_at_one_instant(sessions: db.Sessions, request: pytest.FixtureRequest, report: Report) -> None:
    invite(sessions, RINGS, DUE)
    before = memory()
    seconds, cpu, most = ring_all(sessions, RINGS, PaceInMemory(share=1))

    kind = request.node.callspec.params["database_url"]
    floor = max(RINGS / (500 * LIMITS["multicast"]) - 1, 0)  # LINE allows a second's burst.
    report(
        f"{kind}: {RINGS} at 07:00, the last accepted after {seconds:.2f} s (LINE's own limit: {floor:.1f} s); "
        f"{1e6 * seconds / RINGS:.1f} us each, {1e6 * cpu / RINGS:.1f} us of this process's CPU; "
        f"{before:.0f} MB before, {most:.0f} MB at most",
        seconds=seconds,
        processor_seconds=cpu,
        floor_seconds=floor,
        most_mb=most,
    )
    with sessions() as session:
        rows = session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage))
        rung = session.scalar(sa.select(sa.func.count()).where(Reminder.next_due_at == DUE + timedelta(days=1)))
    assert rung == RINGS
    planners = PLANNERS if db.writes_side_by_side(sessions) else 1
    assert 0 <= rows - RINGS / 500 < planners, "only the last row of each planner is not full"


def test_bench_six_hundred_due_among_many(
    sessions: db.Sessions, request: pytest.FixtureRequest, report: Report
) -> None:
    world = World(sessions, FakeClock(DUE))
    took_among: dict[int, float] = {}
    for others in (10_000, RINGS):
        have = took_among and 10_000 or 0
        invite(sessions, others - have, DUE + timedelta(days=200), TRAIN)
        invite(sessions, 600, DUE)
        rounds = []
        for _ in range(7):
            with sessions.begin() as session:
                session.execute(
                    sa.update(Reminder)
                    .where(Reminder.id.in_(sa.select(Reminder.id).where(Reminder.routine_id == STRETCH).limit(600)))
                    .values(next_due_at=DUE, rang_for=None, unanswered=0)
                )
                session.execute(
                    sa.update(Reminder)
                    .where(Reminder.routine_id == STRETCH, Reminder.next_due_at != DUE)
                    .values(next_due_at=None)
                )
                session.execute(sa.delete(OutboxMessage))
            rounds.append(took(world.plan))
        took_among[others] = median(rounds)

    kind = request.node.callspec.params["database_url"]
    few, many = took_among.values()
    report(
        f"{kind}: a tick with 600 due among {RINGS} takes {many / few:.2f} x one among 10,000 ({1e3 * many:.1f} ms)",
        ratio=many / few,
        ms=1e3 * many,
    )
    assert many / few < 3


started: list[float] = []
"""When the jobs of the naive way were run; what is run by name must be found by name."""


def ring_one(_name: str) -> None:
    started.append(time.time())


@pytest.mark.parametrize("jobs", JOBS)
def test_bench_a_job_of_its_own_for_each_person(
    tmp_path: Path, sqlite_template: Path, report: Report, jobs: int
) -> None:
    """The naive way, beside ours on the same machine in the same minute."""
    url = f"sqlite:///{tmp_path}/jobs.db"

    def scheduler() -> BackgroundScheduler:
        return BackgroundScheduler(
            jobstores={"default": SQLAlchemyJobStore(url=url)},
            executors={"default": ThreadPoolExecutor(SENDERS)},
            job_defaults={"misfire_grace_time": None, "coalesce": True},
            timezone=UTC,
        )

    before = memory()
    added_by = scheduler()
    added_by.start(paused=True)
    due_at = datetime.now(UTC)  # Nothing is begun while it pauses.
    adding = took(
        lambda: [added_by.add_job(ring_one, "date", run_date=due_at, args=[f"U{number}"]) for number in range(jobs)]
    )
    held = memory() - before
    started.clear()
    naive = scheduler()
    starting = took(lambda: (naive.start(paused=True), naive.get_jobs()))
    began = time.time()
    naive.resume()
    while len(started) < jobs and time.time() < began + 300:
        time.sleep(0.05)
    while len(started) == jobs and naive.get_jobs():  # It takes the last one out after it has begun.
        time.sleep(0.05)
    late = time.time() - began if len(started) < jobs else started[-1] - began
    naive.shutdown()
    added_by.shutdown()  # Not before: it looks once more for what is due, and stumbles over it.

    path = tmp_path / "ours.db"
    path.write_bytes(sqlite_template.read_bytes())
    sessions = db.connect(f"sqlite:///{path}")
    ours_adding = took(lambda: invite(sessions, jobs, DUE))
    ours, _, _ = ring_all(sessions, jobs, PaceInMemory(share=1))
    db.engine_of(sessions).dispose()
    report(
        f"a job for each of {jobs} people: {adding:.1f} s to add, {starting:.2f} s to start, "
        f"{len(started)} begun, the last {late:.1f} s late, {held:.0f} MB held; "
        f"ours: {ours_adding:.1f} s to add, nothing to start, all sent after {ours:.2f} s: {late / ours:.0f} x sooner",
        naive_seconds=late,
        seconds=ours,
    )
    assert len(started) == jobs
    assert late > ours
