"""One announcement on its way: looked at, tested, approved, scheduled, sent, held, and what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from bot.broadcasts import opened, report, segments, states
from bot.broadcasts.terms import RefusedError, needs_approval
from bot.dead_links import Answer
from bot.delivery.rules import Rules
from bot.models import Broadcast, StaffAccount
from bot.web.console import announcement_look, door
from bot.web.console.announcements import found
from bot.web.console.tools import day, row_number, tools

GONE = ("sending", "paused", "stopped", "sent")
"""States in which it has recipients, of whom there is something to tell."""
USUAL_HOUR = time(10)


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("/announcements/preview", "announcement_preview", preview, methods=["GET"])
    blueprint.add_url_rule("/announcements/<int:id>/preview", "announcement_preview", preview, methods=["GET"])
    blueprint.add_url_rule("/announcements/<int:id>", "announcement", show, methods=["GET"])
    blueprint.add_url_rule("/announcements/<int:id>/progress", "announcement_progress", progress, methods=["GET"])
    blueprint.add_url_rule("/announcements/<int:id>/links", "announcement_links", open_links, methods=["POST"])
    for name, move in MOVES.items():
        path = f"/announcements/<int:id>/{name.replace('_', '-')}"
        blueprint.add_url_rule(path, f"announcement_{name}", _page_of(name, move), methods=["POST"])


def preview(id: int | None = None) -> str:
    """The announcement as a client sees it, or an empty phone that is told what to show."""
    drawn: list[dict[str, Any]] = []
    if id is not None:
        with tools().reading() as database:
            broadcast = found(database, id)
            drawn = announcement_look.messages(database, announcement_look.said(broadcast), broadcast.id)
    return render_template("console/announcement_preview.html", messages=drawn)


def show(id: int) -> str:
    """Where it stands, and what can be done next."""
    return _show(id)


def progress(id: int) -> Response:
    """How far it is, for the page that asks every two seconds."""
    now = tools().clock()
    with tools().reading() as database:
        broadcast = found(database, id)
        how_far = report.progress(database, broadcast) if broadcast.state in GONE else None
    answer: dict[str, Any] = {"state": broadcast.state, "seconds": _seconds(broadcast, now)}
    return jsonify(answer if how_far is None else answer | asdict(how_far))


def _show(id: int, refused: RefusedError | None = None) -> str:
    now = tools().clock()
    terms = announcement_look.terms()
    with tools().reading() as database:
        broadcast = found(database, id)
        asked = segments.of(broadcast)
        seen = announcement_look.look(
            database,
            announcement_look.said(broadcast),
            asked,
            way=broadcast.way,
            now=now,
            broadcast=broadcast,
        )
        is_open = broadcast.state in ("draft", "waiting", "overdue")
        missing = (
            states.missing(database, broadcast, worst=seen.worst, terms=terms, send_at=None, now=now) if is_open else []
        )
        is_gone = broadcast.state in GONE
        me = database.get_one(StaffAccount, door.me().account.id)
        return render_template(
            "console/announcement.html",
            broadcast=broadcast,
            look=seen,
            asked=segments.describe(asked),
            routine_title=_title(asked.routine),
            missing={one.problem: one for one in missing},
            needs_approval=needs_approval(terms, seen.worst),
            room=announcement_look.room(database, now) if is_open else None,
            history=_history(database, broadcast),
            may_move=lambda move: states.may(broadcast, move),
            report=report.report(database, broadcast) if is_gone else None,
            shares=report.progress(database, broadcast) if is_gone else None,
            seconds=_seconds(broadcast, now),
            is_own_work=states.is_own_work(broadcast, me.id),
            has_line=me.line_user_id is not None,
            usual=_usual(now),
            waits_until=_waits_until(broadcast, terms.rules, now),
            today=now.astimezone(tools().library().timezone).date(),
            rules=terms.rules,
            refused=refused,
            typed=request.form,
        )


def _history(database: Session, broadcast: Broadcast) -> list[tuple[Any, str | None]]:
    moves = states.history(database, broadcast)
    ids = {move.account_id for move in moves}
    accounts = database.scalars(sa.select(StaffAccount).where(StaffAccount.id.in_(ids)))
    names: dict[int | None, str] = {account.id: account.name for account in accounts}
    return [(move, names.get(move.account_id)) for move in moves]


def _title(routine: str | None) -> str | None:
    entry = tools().library().entries.get(routine or "")
    return routine if entry is None else entry.title


def _seconds(broadcast: Broadcast, now: datetime) -> int | None:
    """How many seconds are left to take it back; None when it is not on the point of going."""
    if broadcast.state != "scheduled" or broadcast.send_at is None:
        return None
    left = (broadcast.send_at - now).total_seconds()
    return max(round(left), 0) if left <= 2 * states.UNDO.total_seconds() else None


def _usual(now: datetime) -> datetime:
    """Tomorrow morning, where the practice is: what the fields for the time hold at first."""
    zone = tools().library().timezone
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), USUAL_HOUR, zone)


def _waits_until(broadcast: Broadcast, rules: Rules, now: datetime) -> datetime | None:
    """From when on it would arrive if it were sent now; None: at once."""
    if broadcast.is_urgent:
        return None
    fits = rules.next_fit(now, rules.zone, in_opening_hours=broadcast.in_opening_hours)
    return None if fits == now else fits


def _chosen() -> datetime | None:
    """The day and hour that were chosen; None: now. RefusedError when they are none."""
    if request.form.get("when") == "now":
        return None
    try:
        chosen = day(request.form.get("day", ""))
        wall = time.fromisoformat(request.form.get("time", ""))
    except ValueError:
        raise RefusedError("in-the-past") from None
    return datetime.combine(chosen, wall.replace(tzinfo=None), tools().library().timezone)


def open_links(id: int) -> Response:
    """Opens the pages that it leads to once more."""
    answers = _opened(id)
    with tools().sessions.begin() as database:
        opened.keep(found(database, id), answers, tools().clock())
    if "dead" not in answers.values():
        flash("links-opened", "success")
    _tell_of_dead(answers)
    return redirect(url_for("console.announcement", id=id))


def _opened(id: int) -> Mapping[str, Answer]:
    """What comes of opening its pages; no transaction is open meanwhile."""
    with tools().reading() as database:
        urls = announcement_look.addresses(announcement_look.said(found(database, id)))
    return tools().open_links(urls) if urls else {}


def _tell_of_dead(answers: Mapping[str, Answer]) -> None:
    if "dead" in answers.values():
        flash("link-dead", "danger")


Move = Callable[[Session, Broadcast, StaffAccount, datetime], str]
"""Moves it on, and gives the word for what was done."""


def _page_of(name: str, move: Move) -> Callable[..., Any]:
    def take(id: int) -> Response | tuple[str, int]:
        # Whoever tries it out sees it as it will arrive: that is when its links are opened, and not at each letter.
        answers = _opened(id) if name == "test" else None
        now = tools().clock()
        try:
            with tools().sessions.begin() as database:
                me = database.get_one(StaffAccount, door.me().account.id)
                broadcast = found(database, id)
                done = move(database, broadcast, me, now)
                _must_be_as_seen(broadcast)
                if answers is not None:
                    opened.keep(broadcast, answers, now)
        except RefusedError as refused:
            return _show(id, refused), 409
        tools().wake()
        flash(done, "success")
        _tell_of_dead(answers or {})
        return redirect(url_for("console.announcement", id=id))

    take.__name__ = f"announcement_{name}"
    return take


def _must_be_as_seen(broadcast: Broadcast) -> None:
    """RefusedError when it says something else by now than on the page whose button was pressed.

    Asked after the move, which has taken the row for itself; a refusal takes the move back.
    """
    if request.form.get("version", broadcast.version, type=row_number) != broadcast.version:
        raise RefusedError("wrong-state")


def _test(database: Session, broadcast: Broadcast, me: StaffAccount, now: datetime) -> str:
    by = states.test(database, broadcast, by=me, paint=tools().draw, now=now)
    return "announcement-tested" if by == "line" else "announcement-looked-at"


def _submit(database: Session, broadcast: Broadcast, me: StaffAccount, now: datetime) -> str:
    worst = announcement_look.worst(broadcast, now)
    states.submit(database, broadcast, by=me.id, worst=worst, terms=announcement_look.terms(), now=now)
    return "announcement-submitted"


def _approve(database: Session, broadcast: Broadcast, me: StaffAccount, now: datetime) -> str:
    states.approve(database, broadcast, by=me.id, now=now)
    return "announcement-approved"


def _schedule(database: Session, broadcast: Broadcast, me: StaffAccount, now: datetime) -> str:
    send_at = _chosen()
    states.schedule(
        database,
        broadcast,
        send_at=send_at,
        by=me.id,
        worst=announcement_look.worst(broadcast, now),
        terms=announcement_look.terms(),
        now=now,
    )
    return "announcement-scheduled" if send_at is not None else "announcement-goes"


def _take_back(database: Session, broadcast: Broadcast, me: StaffAccount, now: datetime) -> str:
    states.take_back(database, broadcast, by=me.id, now=now)
    return "announcement-taken-back"


def _confirm(database: Session, broadcast: Broadcast, me: StaffAccount, now: datetime) -> str:
    states.confirm(database, broadcast, by=me.id, terms=announcement_look.terms(), now=now)
    return "announcement-goes"


def _pause(database: Session, broadcast: Broadcast, me: StaffAccount, now: datetime) -> str:
    states.pause(database, broadcast, by=me.id, now=now)
    return "announcement-paused"


def _resume(database: Session, broadcast: Broadcast, me: StaffAccount, now: datetime) -> str:
    states.resume(database, broadcast, by=me.id, now=now)
    return "announcement-resumed"


def _stop(database: Session, broadcast: Broadcast, me: StaffAccount, now: datetime) -> str:
    states.stop(database, broadcast, by=me.id, now=now)
    return "announcement-stopped"


MOVES: dict[str, Move] = {
    "test": _test,
    "submit": _submit,
    "approve": _approve,
    "schedule": _schedule,
    "take_back": _take_back,
    "confirm": _confirm,
    "pause": _pause,
    "resume": _resume,
    "stop": _stop,
}
"""What can be done with one: each a page to which a form is sent."""
