"""The composition root: the one place that puts the program together."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

import handlers
from bot import db
from bot.assistant import Assistant
from bot.broadcasts.terms import Paint
from bot.clock import Clock
from bot.conversation import Incoming, Reply
from bot.delivery import bell, lane, pace
from bot.delivery.dispatch import AT_ONCE, Dispatcher
from bot.delivery.messenger import Messenger
from bot.delivery.quota import Quota
from bot.delivery.rules import Rules
from bot.delivery.sender import Sender
from bot.library.gallery import Gallery
from bot.library.laying import Laid
from bot.library.library import Library
from bot.line import announcements, events
from bot.line.design import Design
from bot.line.rendering import render
from bot.settings import Settings
from bot.teaching import overlay, phrasings
from bot.teaching.apprentice import Apprentice
from bot.teaching.knowledge import Knowledge, Mind, learn
from bot.teaching.lessons import Lessons
from bot.ticks import Tick, Ticks
from bot.worker import LISTENING_POLL_SECONDS, POLL_SECONDS, Worker

if TYPE_CHECKING:
    from bot.web.console.tools import Tools

__all__ = ["App", "Knowledge", "build", "learn", "taught"]


NOBODY = "Ustaff-trying"
"""Who asks when staff try something out; never in the database."""


@dataclass(frozen=True)
class App:
    """The assistant with its ways in and out, ready to work; nothing runs yet."""

    clock: Clock
    mind: Mind
    sessions: db.Sessions
    assistant: Assistant
    dispatcher: Dispatcher[Incoming, Reply]
    sender: Sender
    lessons: Lessons
    rules: Callable[[], Rules]
    """The rules of the gate, as the library in force lays them down."""
    ticks: tuple[Tick, ...]
    watch: tuple[Tick, ...]
    """The same for the house itself; never while a clock is wound."""
    messenger: Messenger
    paint: Callable[[Reply], list[dict[str, Any]]]
    """A reply as LINE messages."""
    draw: Paint
    """An announcement as LINE messages."""
    picture_url: Callable[[str], str | None]
    base: str | None
    """Where LINE finds pictures and links of ours."""
    connections: int = lane.CONNECTIONS

    @property
    def library(self) -> Library:
        """The library in force at this moment."""
        return self.mind.current.library

    def console(self, settings: Settings, wake: Callable[[], None]) -> "Tools":
        """What the pages of staff work with, in a process that answers people as well."""
        from bot.dead_links import Visitor  # Only here: a worker has no pages, and need not carry Flask.
        from bot.web.console.tools import Tools

        return Tools(
            settings=settings,
            sessions=self.sessions,
            reading=db.reading(self.sessions),
            clock=self.clock,
            library=lambda: self.library,
            shelf=lambda: self.mind.current.shelf,
            laid=lambda: Laid(self.mind.current.pack, self.mind.current.broken, self.mind.current.hidden),
            ask=self.ask,
            mind=lambda: self.mind,
            messenger=lambda: self.messenger,
            paint=self.paint,
            draw=self.draw,
            picture_url=self.picture_url,
            base=self.base,
            open_links=Visitor().open,
            wake=wake,
        )

    def ask(self, knowledge: Knowledge, text: str) -> list[dict[str, Any]]:
        """What *text* would be answered by this *knowledge*, as LINE messages; nobody is told and nothing is kept."""
        now = self.clock()
        incoming = Incoming(
            "text", chat=NOBODY, user_id=NOBODY, is_group=False, event_id="", occurred_at=now, text=text
        )
        with self.sessions() as session:
            reply = Assistant(Mind(knowledge), handlers).answer(session, incoming, now)
            session.rollback()
        return [] if reply is None else self.paint(reply)

    def worker(self) -> Worker:
        """The threads and the alarm clock that do the work; the caller starts and stops them."""
        ears = bell.listener(self.sessions)
        poll_seconds = POLL_SECONDS if ears is None else LISTENING_POLL_SECONDS
        senders = lane.lanes(self.sender, every=poll_seconds, connections=self.connections)
        return Worker(
            self.clock,
            dispatch=partial(self.dispatcher.work_some, senders[0]),
            at_once=AT_ONCE,
            senders=senders,
            ears=ears,
            poll_seconds=poll_seconds,
            ticks=self.ticks + self.watch,
            lessons=self.lessons,
        )


class _RulesInForce:
    """The rules of the library in force, made anew when another one is; whoever decides asks once and keeps to them."""

    def __init__(self, mind: Mind, quota: Quota) -> None:
        self._mind = mind
        self._quota = quota
        self._lock = threading.Lock()
        self._library: Library | None = None
        self._rules = Rules()
        self()

    def __call__(self) -> Rules:
        library = self._mind.current.library
        with self._lock:
            if library is not self._library:
                self._library, self._rules = library, Rules.of(library)
                self._quota.limit_to(self._rules.monthly_limit)
            return self._rules


def taught(database_url: str) -> phrasings.Taught:
    """What staff have taught and changed, from the database there; its schema must be the newest."""
    sessions = db.connect(database_url)
    try:
        with sessions() as session:
            return overlay.in_force(session)
    finally:
        db.engine_of(sessions).dispose()


Listener = Callable[[Incoming, Reply | None], None]


def build(
    settings: Settings,
    clock: Clock,
    messenger: Messenger,
    knowledge: Knowledge,
    *,
    listen: Listener | None = None,
    base: str | None = None,
) -> App:
    """The program with *settings*, speaking through *messenger* of what it knows: *knowledge*, until staff teach more.

    *listen* is told every answer before it is rendered: the rehearsal compares it with what was expected, the simulator
    shows why it was given. *base* is where pictures and links are found when there is no public address: our own simulator's.
    """
    base = settings.public_url or base
    mind = Mind(knowledge)
    sessions = db.connect(settings.database_url, settings.keys)
    assistant = Assistant(mind, handlers)
    picture_url = Gallery(settings.content_dir / "pictures").addresses(base)
    quota = Quota(None)
    rules = _RulesInForce(mind, quota)
    draw = announcements.painter(base, lambda: Design(accent=mind.current.library.practice.accent))

    def answer(session: Session, incoming: Incoming, now: datetime) -> Reply | None:
        reply = assistant.answer(session, incoming, now)
        if listen is not None:
            listen(incoming, reply)
        return reply

    def paint(reply: Reply) -> list[dict[str, Any]]:
        practice = mind.current.library.practice
        return render(
            reply,
            picture_url,
            look=Design(accent=practice.accent),
            speaker=practice.assistant,
            base=settings.public_url,
        )

    ticks = Ticks(
        settings=settings,
        sessions=sessions,
        mind=mind,
        messenger=messenger,
        quota=quota,
        rules=rules,
        paint=paint,
        draw=draw,
        is_public=base is not None,
    )
    return App(
        clock=clock,
        mind=mind,
        sessions=sessions,
        assistant=assistant,
        dispatcher=Dispatcher(
            sessions, clock, read=events.read, answer=answer, render=paint, foresee=assistant.foresee, rules=rules
        ),
        sender=Sender(
            sessions,
            clock,
            messenger,
            rules=rules,
            quota=quota,
            pace=pace.shared(sessions, settings.line_rate_share),
        ),
        lessons=Lessons(mind, sessions, clock, Apprentice()),
        rules=rules,
        ticks=ticks.work(),
        watch=ticks.watch(),
        messenger=messenger,
        paint=paint,
        draw=draw,
        picture_url=picture_url,
        base=base,
        connections=settings.line_connections,
    )
