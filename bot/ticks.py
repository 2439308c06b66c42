"""What the alarm clock calls every few seconds: each asks the database for what is due by now, and does it once."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

import handlers
from bot import alerts, body, db, forecast, programmes, reminders, summaries
from bot.broadcasts import followers, sending
from bot.broadcasts.terms import Paint, Terms
from bot.conversation import Reply, Text, say
from bot.delivery import readings
from bot.delivery.messenger import Messenger
from bot.delivery.quota import Quota
from bot.delivery.rules import Rules
from bot.keeping import retention
from bot.library.library import Library
from bot.models import Alert
from bot.settings import Settings
from bot.talks import calls, names
from bot.teaching.knowledge import Mind
from bot.watching import matters, month_watch

Tick = Callable[[datetime], object]


@dataclass(frozen=True)
class Ticks:
    """The ticks of one program."""

    settings: Settings
    sessions: db.Sessions
    mind: Mind
    messenger: Messenger
    quota: Quota
    rules: Callable[[], Rules]
    paint: Callable[[Reply], list[dict[str, Any]]]
    """A reply as LINE messages."""
    draw: Paint
    """An announcement as LINE messages."""
    is_public: bool
    """Whether LINE finds pictures and links of ours."""

    @property
    def _library(self) -> Library:
        return self.mind.current.library

    def work(self) -> tuple[Tick, ...]:
        """What is done for the people."""
        sweeper = retention.Sweeper(self.sessions, retention.spans_of(self._library.privacy))
        return (
            self._plan_reminders,
            self._sum_up,
            self._announce,
            self._count_followers,
            self._watch_month,
            self._call_staff,
            self._ask_names,
            self._end_programmes,
            sweeper.sweep,
        )

    def watch(self) -> tuple[Tick, ...]:
        """What is done for the house itself; never while a clock is wound."""
        return matters.ticks(self.sessions, self.rules, self.settings, lambda alert: self._alarm(alert, is_over=True))

    def _plan_reminders(self, now: datetime) -> None:
        planned = reminders.plan_due(
            self.sessions, self._ring, now, rules=self.rules(), without=self._without, quota=self.quota
        )
        if planned:
            logging.getLogger(__name__).info("reminders planned: %s", planned)

    def _ring(self, due: reminders.Due) -> list[dict[str, Any]] | None:
        reply = handlers.REMINDER(self._library, due.routine_id, due.day, kind=due.kind, without=due.without)
        return None if reply is None else self.paint(reply)

    def _without(self, session: Session, wanted: Collection[tuple[int, str]]) -> dict[tuple[int, str], tuple[str, ...]]:
        left_out = body.without(self._library, session, {person_id for person_id, _ in wanted})
        return {pair: left_out.get(pair[0], {}).get(pair[1], ()) for pair in wanted}

    def _sum_up(self, now: datetime) -> None:
        library = self._library
        zone = self.rules().zone
        summaries.plan_due(self.sessions, lambda mine: self.paint(handlers.SUMMARY(library, mine)), now, zone=zone)

    def _announce(self, now: datetime) -> None:
        """Begin what is due, close what is over."""
        terms = Terms.of(self._library, is_public=self.is_public)
        sending.begin_due(self.sessions, now, paint=self.draw, terms=terms)
        sending.finish(self.sessions, now)

    def _count_followers(self, now: datetime) -> None:
        followers.ask(self.sessions, self.messenger, now)

    def _watch_month(self, now: datetime) -> None:
        """Ask LINE when it is time, look ahead, and tell staff of what they must know."""
        expected = None
        is_new = readings.ask(self.sessions, self.messenger, now)
        if is_new:
            self.quota.look_again()
        with self.sessions.begin() as session:
            month = self.quota.month(session, now)
            if is_new and month.limit is not None:
                _, expected = forecast.of(session, now, self.rules().monthly_limit)
                readings.keep(session, reckoned_at=now, needed=expected.needed, expected=expected.total)
                self.quota.look_again()
            month_watch.watch(session, month, expected, now)
            alerts.tell(session, self.settings.staff, self._alarm, now)

    def _alarm(self, alert: Alert, *, is_over: bool = False) -> list[dict[str, Any]]:
        return self.paint(Reply(bubbles=(Text(alerts.say(self._library, alert, is_over=is_over)),)))

    def _call_staff(self, now: datetime) -> None:
        """Tell those of the staff who wish it that somebody waits for them."""
        wished = self._library.practice.staff.calls
        with self.sessions.begin() as session:
            calls.tell(session, self.settings.staff, wished, self._call, now)

    def _call(self, count: int, is_safety: bool) -> list[dict[str, Any]]:
        key = "alert_call_safety" if is_safety else "alert_call"
        return self.paint(Reply(bubbles=(Text(say(self._library.messages, key, count=count)),)))

    def _ask_names(self, now: datetime) -> None:
        names.ask(self.sessions, self.messenger, now)

    def _end_programmes(self, now: datetime) -> None:
        programmes.end_due(self.sessions, now, self.rules().zone)
