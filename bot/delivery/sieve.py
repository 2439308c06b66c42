"""Takes out of a message those who may not get it, or not yet, as the gate decides for each of them."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bot import calendar, db
from bot.delivery import company, everyone, gate, outbox, shortage, states
from bot.delivery.month import Month
from bot.delivery.quota import Quota
from bot.delivery.rules import Rules
from bot.delivery.verdict import Verdict
from bot.models import OutboxMessage
from bot.models.outbox import Purpose

log = logging.getLogger(__name__)

FRESH = timedelta(minutes=5)
"""How long after its moment a message may rest on what was found when it was planned; later too many would be touched."""

OVERLAP = timedelta(seconds=db.WAIT_SECONDS + 5)
"""How long before the planning somebody may have been touched unseen: as long as a change may wait to be written, and as
far as the clocks of two processes may be apart."""


class Sieve:
    """Sifts the messages that are taken in one transaction: what was asked about one is not asked again for the next."""

    def __init__(
        self, session: Session, rows: Sequence[OutboxMessage], now: datetime, *, rules: Rules, quota: Quota
    ) -> None:
        """*rows* are those that may be sifted."""
        self._session = session
        self._now = now
        self._rules = rules
        self._quota = quota
        self._rows = rows
        self._known: dict[_Subject, dict[str, states.Known | None]] = {}
        self._touched: dict[datetime, frozenset[str]] = {}
        self._announced: tuple[Counter[str | None], ...] = ()
        """How many rows went out by what they were made for: this week and today, once somebody has asked."""
        self._taken: Counter[str] = Counter()
        """Who is sent announcements by what was sifted so far, and by which (below); the database does not know it yet."""
        self._announcing: Counter[str | None] = Counter()

    def sift(self, row: OutboxMessage) -> Verdict | None:
        """Leave in *row* those who may get it now; a verdict when there is nobody.

        Who is dropped stands in the row from then on, with the reason; who is held back, or is to get it with their next
        answer, goes on in a row of their own, or in this one when nobody else is left in it.
        """
        session, now = self._session, self._now
        if row.kind == "broadcast":
            return everyone.sift(row, session, now, rules=self._rules, quota=self._quota)
        if row.waits_for_reply:
            return Verdict("expired", row.reason)  # Its person has written nothing in time.
        with self._quota.held(session, now) as month:
            groups = self.decide(row, month)
            chosen = groups.pop(gate.SEND, [])
            self._quota.spend(len(chosen))
        if row.purpose == "announcement" and chosen:
            self._taken.update(chosen)
            for so_far in (self._announcing, *self._announced):
                so_far[row.reference] += 1
        waiting = [name for decision in [*groups] if decision.verb == "wait" for name in groups.pop(decision)]
        held = sorted(
            (decision.until, people, decision.reason)
            for decision, people in groups.items()
            if decision.until is not None
        )
        dropped = {
            name: decision.reason for decision, people in groups.items() if decision.until is None for name in people
        }
        if groups:
            log.info("message %s: left out %s", row.id, _reasons(groups))
            row.left_out = {**row.left_out, **dropped}
        if groups or waiting:
            row.recipients = chosen
        if row.purpose in ("reminder", "snooze"):
            shortage.mark(session, now, names=[name for name, reason in dropped.items() if reason == "quota"])
        ruling = None
        if not chosen and held:
            until, row.recipients, reason = held.pop(0)
            # What is held back has its whole grace from then on.
            row.due_at, row.expires_at = until, None
            ruling = Verdict(None, reason, next_try_at=until, is_untried=True)
        elif not chosen and waiting:
            ruling = _let_wait(row, waiting.pop(0), now)
        elif not chosen:
            reason = next(iter(dropped.values()), None)
            ruling = Verdict("expired" if reason == "too-late" else "dropped", reason or "nobody")
        elif row.kind == "multicast" and len(chosen) == 1:
            row.kind = "push"  # To one person LINE delivers a push sooner.
        for until, people, reason in held:
            outbox.add_part(session, row, people, now=now, held_until=until, reason=reason)
        if waiting:
            company.let_wait(session, row, waiting, now=now, until=now + gate.WAITS[row.purpose])
        return ruling

    def decide(self, row: OutboxMessage, month: Month) -> dict[gate.Decision, list[str]]:
        """The recipients by what was decided for them."""
        message = states.message_of(row)
        open_ones = self._open_ones(row, message, month)
        if not open_ones:
            return {gate.SEND: row.recipients}
        known = self._look(message, open_ones)
        left = month.left
        groups: dict[gate.Decision, list[str]] = {}
        decided: dict[tuple[int, int], gate.Decision] = {}
        passed = set(row.recipients).difference(open_ones)
        for name in row.recipients:
            if name in passed:
                groups.setdefault(gate.SEND, []).append(name)
                continue
            state, taken = known.get(name), self._taken[name]
            alike = (id(state), taken)
            decision = decided.get(alike)
            if decision is None or left is not None:
                ledger = gate.Ledger() if state is None else state.ledger
                ledger = replace(
                    ledger,
                    announcements_today=ledger.announcements_today + taken,
                    announcements_this_week=ledger.announcements_this_week + taken,
                    left_of_month=left,
                    needed_of_month=month.needed,
                    is_month_full=month.is_full,
                )
                person = None if state is None else state.person
                decision = decided[alike] = gate.decide(message, person, self._now, ledger, self._rules)
            groups.setdefault(decision, []).append(name)
            if left is not None and decision == gate.SEND:
                left -= 1
        return groups

    def _open_ones(self, row: OutboxMessage, message: gate.Message, month: Month) -> list[str]:
        """The recipients about whom it is to be decided (anew).

        Of a fresh message that was planned for people with nothing special about them, these are those touched since: for
        the others only the clock has moved, and the gate says what that means for all of them at once.
        """
        if row.judged_at is None or row.has_forgotten or self._now >= message.due_at + FRESH:
            return row.recipients
        if month.is_near or month.is_full:
            return row.recipients  # Each of them counts.
        anybody = gate.PersonState(
            self._rules.zone, reminder=gate.ReminderState("on", calendar.WEEKDAYS, is_on_holidays=True)
        )
        ledger = self._most(row) if message.purpose == "announcement" else gate.Ledger()
        if gate.decide(message, anybody, self._now, ledger, self._rules) != gate.SEND:
            return row.recipients
        since = row.judged_at - OVERLAP
        if since not in self._touched:
            self._touched[since] = states.touched(self._session, since)
        return [name for name in row.recipients if name in self._touched[since]]

    def _look(self, message: gate.Message, names: Sequence[str]) -> Mapping[str, states.Known | None]:
        """What the gate wants to know of these people, with all to whom the other rows say the like."""
        subject = _subject(message)
        if subject not in self._known:
            alike = [row for row in self._rows if row.judged_at is None and _subject(row) == subject]
            names = list({*names, *(name for row in alike for name in row.recipients)})
        known = self._known.setdefault(subject, {})
        unknown = [name for name in names if name not in known]
        if unknown:
            found = states.load(
                self._session, unknown, message, self._now, zone=self._rules.zone, barring=self._rules.barring
            )
            known.update({name: found.get(name) for name in unknown})
        return known

    def _most(self, row: OutboxMessage) -> gate.Ledger:
        """The most announcements that anybody who lives where the practice is can have had beside this one."""
        if not self._announced:
            zone = self._rules.zone
            begins = calendar.day_begins(calendar.day_of(self._now, zone), zone)
            found = states.announced(self._session, self._now)
            week = Counter({reference: one.rows for reference, one in found.items()})
            today = Counter({reference: one.rows for reference, one in found.items() if one.last_at >= begins})
            self._announced = week + self._announcing, today + self._announcing
        week_count, today_count = (_beside(row, so_far) for so_far in self._announced)
        return gate.Ledger(announcements_today=today_count, announcements_this_week=week_count)


def _beside(row: OutboxMessage, so_far: Counter[str | None]) -> int:
    """How many announcements beside that of *row*; one by name is one for everybody, for nobody is in two of its rows."""
    named = len(so_far) - sum(1 for one in {None, row.reference} if one in so_far)
    return named + so_far[None]


_Subject = tuple[Purpose, str | None, date | None]


def _subject(message: gate.Message | OutboxMessage) -> _Subject:
    """What the gate's questions about people depend on."""
    return message.purpose, message.routine_id, message.day


def _let_wait(row: OutboxMessage, name: str, now: datetime) -> Verdict:
    """Let the row itself wait for this person's next message."""
    row.kind, row.recipients, row.chat, row.waits_for_reply = "push", [name], name, True
    row.expires_at = now + gate.WAITS[row.purpose]
    return Verdict(None, "quota", next_try_at=row.expires_at, is_untried=True)


def _reasons(groups: dict[gate.Decision, list[str]]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for decision, people in groups.items():
        counts[str(decision.reason)] += len(people)
    return dict(counts)
