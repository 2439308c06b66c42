"""The composition root: the one place that puts the program together."""

import gc
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

import handlers
from bot import db, reminders
from bot.assistant import Assistant
from bot.clock import Clock
from bot.conversation import Incoming, Reply
from bot.delivery.dispatch import Dispatcher
from bot.delivery.messenger import Messenger
from bot.delivery.sender import Sender
from bot.library.library import Library
from bot.library.loader import load
from bot.library.safety_book import SafetyBook
from bot.line import events
from bot.line.rendering import render
from bot.settings import Settings
from bot.understanding.reader import Understanding
from bot.understanding.safety import SafetyRules
from bot.worker import Worker


@dataclass(frozen=True)
class App:
    """The assistant with its ways in and out, ready to work; nothing runs yet."""

    clock: Clock
    library: Library
    sessions: db.Sessions
    assistant: Assistant
    dispatcher: Dispatcher[Incoming, Reply]
    sender: Sender
    ticks: tuple[Callable[[datetime], None], ...]

    def worker(self) -> Worker:
        """The threads and the alarm clock that do the work; the caller starts and stops them."""
        return Worker(self.clock, dispatch=self.dispatcher.work_one, send=self.sender.send_one, ticks=self.ticks)


@dataclass(frozen=True)
class Knowledge:
    """A content pack, read and understood: made once, then shared by everything that only reads it."""

    library: Library
    understanding: Understanding


def learn(content_dir: Path) -> Knowledge:
    """The pack in *content_dir*; ContentError when it is broken."""
    rules: list[SafetyRules] = []

    def judged_by(book: SafetyBook) -> Callable[[str], str | None]:
        rules.append(SafetyRules(book))
        return rules[0].entry

    library = load(content_dir, judged_by=judged_by)
    knowledge = Knowledge(library, Understanding.from_library(library, safety=rules[0]))
    # Hundreds of thousands of small values that never change: the collector need not look at them again.
    gc.freeze()
    return knowledge


Listener = Callable[[Incoming, Reply | None], None]


def build(
    settings: Settings,
    clock: Clock,
    messenger: Messenger,
    knowledge: Knowledge,
    *,
    listen: Listener = lambda incoming, reply: None,
) -> App:
    """The program with *settings*, speaking through *messenger* of what it knows.

    *listen* is told every answer before it is rendered: the rehearsal compares it with what was expected.
    """
    library = knowledge.library
    sessions = db.connect(settings.database_url)
    assistant = Assistant(library, knowledge.understanding, handlers)
    picture_url = partial(_picture_url, settings)

    def answer(session: Session, incoming: Incoming, now: datetime) -> Reply | None:
        reply = assistant.answer(session, incoming, now)
        listen(incoming, reply)
        return reply

    def paint(reply: Reply) -> list[dict[str, Any]]:
        return render(reply, picture_url)

    def ring(due: reminders.Due) -> list[dict[str, Any]] | None:
        reply = handlers.REMINDER(library, due.routine_id, due.day)
        return None if reply is None else paint(reply)

    def plan(now: datetime) -> None:
        planned = reminders.plan_due(sessions, ring, now)
        if planned:
            logging.getLogger(__name__).info("reminders planned: %s", planned)

    return App(
        clock=clock,
        library=library,
        sessions=sessions,
        assistant=assistant,
        dispatcher=Dispatcher(sessions, clock, read=events.read, answer=answer, render=paint),
        sender=Sender(sessions, clock, messenger),
        ticks=(plan,),
    )


def _picture_url(settings: Settings, picture: str) -> str | None:
    """Where LINE finds the picture; None without a public address or without the file."""
    if settings.public_url is None or not (settings.content_dir / "pictures" / f"{picture}.png").is_file():
        return None
    return f"{settings.public_url}/pictures/{picture}.png"
