"""Whatever staff and the clock do to announcements, in whatever order: nobody gets one twice, a stop is final, figures add up."""

from collections import Counter

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot import db
from bot.broadcasts import drafts, states
from bot.broadcasts.content import TextContent
from bot.broadcasts.report import report
from bot.delivery import outbox
from bot.models import Base, Broadcast, Person
from tests.bot.broadcasts.conftest import HELLO, Practice
from tests.fakes import FakeClock, FakeMessenger
from tests.lengths import settings

PEOPLE = 5
MOVES = ("submit", "approve", "schedule", "take_back", "confirm", "pause", "resume", "stop", "change")


class Announcing(RuleBasedStateMachine):
    """One announcement in the hands of hasty people, a clock, and a LINE that sometimes fails; batches are of two."""

    def __init__(self) -> None:
        super().__init__()
        sessions = db.connect("sqlite://")
        Base.metadata.create_all(db.engine_of(sessions))
        self.practice = Practice(sessions, FakeClock(), FakeMessenger())
        self.size, outbox.MULTICAST_SIZE = outbox.MULTICAST_SIZE, 2
        self.taken_when_stopped: int | None = None

    def teardown(self) -> None:
        outbox.MULTICAST_SIZE = self.size
        db.engine_of(self.practice.sessions).dispose()

    @initialize()
    def begin(self) -> None:
        self.practice.meet(PEOPLE)
        self.id = self.practice.draft()

    @rule(move=st.sampled_from(MOVES))
    def moves(self, move: str) -> None:
        practice, now = self.practice, self.practice.clock()
        with practice.sessions.begin() as session:
            found = session.get_one(Broadcast, self.id)
            try:
                match move:
                    case "submit":
                        states.submit(session, found, by=None, worst="none", terms=practice.terms, now=now)
                    case "schedule":
                        states.schedule(
                            session, found, send_at=now, by=None, worst="none", terms=practice.terms, now=now
                        )
                    case "confirm":
                        states.confirm(session, found, by=None, terms=practice.terms, now=now)
                    case "change":
                        said = TextContent(text=HELLO.text + "!" * found.version)
                        drafts.change(session, found, version=found.version, by=None, now=now, content=said)
                        found.tested_version = found.version
                    case _:
                        getattr(states, move)(session, found, by=None, now=now)
            except states.RefusedError:
                return
        if move == "stop":
            self.taken_when_stopped = len(practice.messenger.sent)

    @rule()
    def ticks(self) -> None:
        self.practice.tick()

    @rule(times=st.integers(1, 4))
    def sends(self, times: int) -> None:
        for _ in range(times):
            self.practice.sender.send_one()

    @rule(move=st.sampled_from(("pause", "stop")))
    def moves_while_one_is_under_way(self, move: str) -> None:
        self.practice.messenger.on_ask = lambda _: self.moves(move)
        self.practice.sender.send_one()
        self.practice.messenger.on_ask = None
        if self.taken_when_stopped is not None:
            self.taken_when_stopped = len(self.practice.messenger.sent)

    @rule(how=st.sampled_from(("breaks", "loses_the_answer", "is_hurried", "refuses", "goes_silent")))
    def line_fails(self, how: str) -> None:
        getattr(self.practice.messenger, how)()

    @rule(minutes=st.sampled_from((1, 20, 90, 300)))
    def time_passes(self, minutes: int) -> None:
        self.practice.clock.advance(minutes=minutes)

    @rule(person=st.integers(1, PEOPLE))
    def somebody_leaves(self, person: int) -> None:
        with self.practice.sessions.begin() as session:
            session.execute(sa.update(Person).where(Person.id == person).values(blocked_at=self.practice.clock()))

    @invariant()
    def nobody_gets_it_twice(self) -> None:
        counts = Counter(name for sent in self.practice.messenger.sent for name in sent.to)
        assert max(counts.values(), default=0) <= 1

    @invariant()
    def a_stop_is_final(self) -> None:
        if self.taken_when_stopped is not None:
            assert self.practice.state(self.id) == "stopped"
            assert len(self.practice.messenger.sent) == self.taken_when_stopped

    @invariant()
    def figures_add_up(self) -> None:
        with self.practice.sessions() as session:
            broadcast = session.get_one(Broadcast, self.id)
            told = report(session, broadcast)
            if broadcast.state not in ("sending", "paused", "stopped", "sent"):
                assert (told.accepted, told.waiting, told.unknown, told.left_out) == ((), (), (), {})
                return
            left_out = sum(len(ids) for ids in told.left_out.values())
            assert told.forgotten == 0
            assert told.planned == len(told.accepted) + len(told.waiting) + len(told.unknown) + left_out
            took = {name for sent in self.practice.messenger.sent for name in sent.to}
            assert len(told.accepted) <= len(took)
            if broadcast.state == "sent":
                assert not told.waiting


Announcing.TestCase.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAnnouncing = pytest.mark.long(Announcing.TestCase)
