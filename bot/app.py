"""The composition root: the one place that puts the program together."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

import handlers
from bot import alerts, body, db, forecast, month_watch, phrasings, reminders, summaries
from bot.apprentice import Apprentice
from bot.assistant import Assistant
from bot.clock import Clock
from bot.conversation import Incoming, Reply, Text
from bot.delivery import bell, lane, pace, readings
from bot.delivery.dispatch import Dispatcher
from bot.delivery.messenger import Messenger
from bot.delivery.quota import Quota
from bot.delivery.rules import Rules
from bot.delivery.sender import Sender
from bot.knowledge import Knowledge, Mind, learn
from bot.lessons import Lessons
from bot.library.library import Library
from bot.line import events
from bot.line.rendering import render
from bot.models import Alert
from bot.settings import Settings
from bot.worker import LISTENING_POLL_SECONDS, POLL_SECONDS, Worker

__all__ = ["App", "Knowledge", "build", "learn", "taught"]


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
    ticks: tuple[Callable[[datetime], None], ...]
    connections: int = lane.CONNECTIONS

    @property
    def library(self) -> Library:
        """The library in force at this moment."""
        return self.mind.current.library

    def worker(self) -> Worker:
        """The threads and the alarm clock that do the work; the caller starts and stops them."""
        ears = bell.listener(self.sessions)
        poll_seconds = POLL_SECONDS if ears is None else LISTENING_POLL_SECONDS
        return Worker(
            self.clock,
            dispatch=self.dispatcher.work_one,
            senders=lane.lanes(self.sender, every=poll_seconds, connections=self.connections),
            ears=ears,
            poll_seconds=poll_seconds,
            ticks=self.ticks,
            lessons=self.lessons,
        )


def taught(database_url: str) -> phrasings.Taught:
    """What staff have taught, from the database there; its schema must be the newest."""
    sessions = db.connect(database_url)
    try:
        with sessions() as session:
            return phrasings.taught(session)
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
) -> App:
    """The program with *settings*, speaking through *messenger* of what it knows: *knowledge*, until staff teach more.

    *listen* is told every answer before it is rendered: the rehearsal compares it with what was expected, the simulator
    shows why it was given.
    """
    mind = Mind(knowledge)
    rules = Rules.of(knowledge.library)
    sessions = db.connect(settings.database_url)
    assistant = Assistant(mind, handlers)
    picture_url = partial(_picture_url, settings)
    quota = Quota(rules.monthly_limit)

    def answer(session: Session, incoming: Incoming, now: datetime) -> Reply | None:
        reply = assistant.answer(session, incoming, now)
        if listen is not None:
            listen(incoming, reply)
        return reply

    def paint(reply: Reply) -> list[dict[str, Any]]:
        return render(reply, picture_url)

    def ring(due: reminders.Due) -> list[dict[str, Any]] | None:
        reply = handlers.REMINDER(mind.current.library, due.routine_id, due.day, kind=due.kind, without=due.without)
        return None if reply is None else paint(reply)

    def without(session: Session, wanted: Collection[tuple[int, str]]) -> dict[tuple[int, str], tuple[str, ...]]:
        left_out = body.without(mind.current.library, session, {person_id for person_id, _ in wanted})
        return {pair: left_out.get(pair[0], {}).get(pair[1], ()) for pair in wanted}

    def plan(now: datetime) -> None:
        planned = reminders.plan_due(sessions, ring, now, rules=rules, without=without, quota=quota)
        if planned:
            logging.getLogger(__name__).info("reminders planned: %s", planned)

    def sum_up(now: datetime) -> None:
        library = mind.current.library
        summaries.plan_due(sessions, lambda mine: paint(handlers.SUMMARY(library, mine)), now, zone=rules.zone)

    def watch_month(now: datetime) -> None:
        """Ask LINE when it is time, look ahead, and tell staff of what they must know."""
        expected = None
        is_new = readings.ask(sessions, messenger, now)
        if is_new:
            quota.look_again()
        with sessions.begin() as session:
            month = quota.month(session, now)
            if is_new and month.limit is not None:
                _, expected = forecast.of(session, now, rules.monthly_limit)
                readings.keep(session, reckoned_at=now, needed=expected.needed, expected=expected.total)
                quota.look_again()
            month_watch.watch(session, month, expected, now)
            alerts.tell(session, settings.staff, alarm, now)

    def alarm(alert: Alert) -> list[dict[str, Any]]:
        return paint(Reply(bubbles=(Text(alerts.say(mind.current.library, alert)),)))

    return App(
        clock=clock,
        mind=mind,
        sessions=sessions,
        assistant=assistant,
        dispatcher=Dispatcher(sessions, clock, read=events.read, answer=answer, render=paint, rules=rules),
        sender=Sender(
            sessions,
            clock,
            messenger,
            rules=rules,
            quota=quota,
            pace=pace.shared(sessions, settings.line_rate_share),
        ),
        lessons=Lessons(mind, sessions, clock, Apprentice()),
        ticks=(plan, sum_up, watch_month),
        connections=settings.line_connections,
    )


def _picture_url(settings: Settings, picture: str) -> str | None:
    """Where LINE finds the picture; None without a public address or without the file."""
    if settings.public_url is None or not (settings.content_dir / "pictures" / f"{picture}.png").is_file():
        return None
    return f"{settings.public_url}/pictures/{picture}.png"
