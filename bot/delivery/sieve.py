"""Takes out of a message those who may not get it, or not yet, as the gate decides for each of them."""

import logging
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import calendar, db
from bot.delivery import company, gate, outbox, shortage, states
from bot.delivery.month import Month
from bot.delivery.quota import Quota
from bot.delivery.rules import Rules
from bot.delivery.verdict import Verdict
from bot.models import OutboxMessage

log = logging.getLogger(__name__)

FRESH = timedelta(minutes=5)
"""How long after its moment a reminder may rest on what was found when it was planned; later too many would be touched."""

OVERLAP = timedelta(seconds=db.WAIT_SECONDS + 5)
"""How long before the planning somebody may have been touched unseen: as long as a change may wait to be written, and as
far as the clocks of two processes may be apart."""


def sift(session: Session, row: OutboxMessage, now: datetime, *, rules: Rules, quota: Quota) -> Verdict | None:
    """Leave in *row* those who may get it now; a verdict when there is nobody.

    Who is dropped stands in the row from then on, with the reason; who is held back, or is to get it with their next
    answer, goes on in a row of their own, or in this one when nobody else is left in it.
    """
    if row.waits_for_reply:
        return Verdict("expired", row.reason)  # Its person has written nothing in time.
    with quota.held(session, now) as month:
        groups = _decide(session, row, now, rules, month)
        chosen = groups.pop(gate.SEND, [])
        quota.spend(len(chosen))
    waiting = [name for decision in [*groups] if decision.verb == "wait" for name in groups.pop(decision)]
    held = sorted(
        (decision.until, people, decision.reason) for decision, people in groups.items() if decision.until is not None
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


def _let_wait(row: OutboxMessage, name: str, now: datetime) -> Verdict:
    """Let the row itself wait for this person's next message."""
    row.kind, row.recipients, row.chat, row.waits_for_reply = "push", [name], name, True
    row.expires_at = now + gate.WAITS[row.purpose]
    return Verdict(None, "quota", next_try_at=row.expires_at, is_untried=True)


def _decide(
    session: Session, row: OutboxMessage, now: datetime, rules: Rules, month: Month
) -> dict[gate.Decision, list[str]]:
    """The recipients by what was decided for them."""
    message = states.message_of(row)
    open_ones = _open_ones(session, row, message, now, rules, month)
    if not open_ones:
        return {gate.SEND: row.recipients}
    known = states.load(session, open_ones, message, now, zone=rules.zone, barring=rules.barring)
    left = month.left
    groups: dict[gate.Decision, list[str]] = {}
    passed = set(row.recipients).difference(open_ones)
    for name in row.recipients:
        if name in passed:
            groups.setdefault(gate.SEND, []).append(name)
            continue
        state = known.get(name)
        person = None if state is None else state.person
        ledger = replace(
            gate.Ledger() if state is None else state.ledger,
            left_of_month=left,
            needed_of_month=month.needed,
            is_month_full=month.is_full,
        )
        decision = gate.decide(message, person, now, ledger, rules)
        groups.setdefault(decision, []).append(name)
        if left is not None and decision == gate.SEND:
            left -= 1
    return groups


def _open_ones(
    session: Session, row: OutboxMessage, message: gate.Message, now: datetime, rules: Rules, month: Month
) -> list[str]:
    """The recipients about whom it is to be decided (anew).

    Of a fresh reminder that was planned for people with nothing special about them, these are those touched since: for
    the others only the clock has moved, and the gate says what that means for all of them at once.
    """
    if row.judged_at is None or row.has_forgotten or now >= message.due_at + FRESH:
        return row.recipients
    if month.is_near or month.is_full:
        return row.recipients  # Each of them counts.
    anybody = gate.PersonState(rules.zone, reminder=gate.ReminderState("on", calendar.WEEKDAYS, is_on_holidays=True))
    if gate.decide(message, anybody, now, gate.Ledger(), rules) != gate.SEND:
        return row.recipients
    touched = states.touched(session, row.judged_at - OVERLAP)
    return [name for name in row.recipients if name in touched]


def _reasons(groups: dict[gate.Decision, list[str]]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for decision, people in groups.items():
        counts[str(decision.reason)] += len(people)
    return dict(counts)
