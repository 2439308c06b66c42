"""Programmes that staff put together for a person: offering one, and ending it."""

from datetime import time

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot import calendar, db, programmes, sealed
from bot.delivery import bell, company, outbox
from bot.library.schema import Routine
from bot.models import OutboxMessage
from bot.programmes import MOST_ROUTINES, WEEKS, Part, ProgrammeError
from bot.staff import audit
from bot.web.console import door
from bot.web.console.talks import person_of
from bot.web.console.tools import tools


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("/people/<int:id>/programme", "programme", show, methods=["GET"])
    blueprint.add_url_rule("/people/<int:id>/programme", "programme_offer", offer, methods=["POST"])
    blueprint.add_url_rule("/people/<int:id>/programme/<int:number>/end", "programme_end", end, methods=["POST"])


@sealed.blank_where_unreadable()
def show(id: int) -> str:
    """The form."""
    with tools().reading() as database:
        person = person_of(database, id)
    return render_template(
        "console/programme.html",
        person=person,
        routines=tools().library().of(Routine),
        filled=request.form,
        rows=range(MOST_ROUTINES),
        weeks=WEEKS,
        weekdays=calendar.WEEKDAYS,
    )


@sealed.blank_where_unreadable()
def offer(id: int) -> AnyResponse | tuple[str, int]:
    """Offers it to the person: with a message of its own, or with the next answer, which costs nothing."""
    from handlers import PROGRAMME  # All handlers, which a process that only shows pages does not need.

    library, now, me = tools().library(), tools().clock(), door.me().account
    weeks, way = request.form.get("weeks", type=int), request.form.get("way")
    if weeks not in WEEKS or way not in ("push", "next"):
        abort(400)
    try:
        with tools().sessions.begin() as database:
            person = person_of(database, id)
            made = programmes.offer(
                database,
                person,
                name=request.form.get("name", ""),
                parts=_parts(),
                weeks=weeks,
                by=me.id,
                now=now,
            )
            payload = tools().paint(PROGRAMME(library, made))
            whose = f"staff {me.id}"
            if way == "push":
                outbox.add_push(
                    database, to=person.line_user_id, payload=payload, purpose="staff", reference=whose, now=now
                )
                db.notify(database, bell.OUTBOX)
            else:
                row = OutboxMessage(
                    payload=payload, purpose="staff", reference=whose, priority=outbox.CAN_WAIT, in_opening_hours=False
                )
                until = now + programmes.OFFER_LIFE
                company.let_wait(database, row, [person.line_user_id], now=now, until=until)
    except ProgrammeError as error:
        flash(error.problem, "danger")
        return show(id), 400
    tools().wake()
    flash("offered", "success")
    return redirect(url_for("console.person", id=id))


@sealed.blank_where_unreadable()
def end(id: int, number: int) -> AnyResponse:
    """Ends it, or takes the offer back."""
    with tools().sessions.begin() as database:
        person, now = person_of(database, id), tools().clock()
        found = programmes.find(database, person, number)
        if found is None:
            abort(404)
        if programmes.end(database, person, found, now):
            by = door.me().account.id
            audit.note(database, by=by, action="programme.end", subject=f"person {id}", now=now, after={"id": number})
    flash("saved", "success")
    return redirect(url_for("console.person", id=id))


def _parts() -> list[Part]:
    """The rows that name a routine."""
    known = {routine.id for routine in tools().library().of(Routine)}
    found = []
    for row in range(MOST_ROUTINES):
        routine_id = request.form.get(f"routine-{row}", "")
        if not routine_id:
            continue
        days = request.form.getlist(f"days-{row}")
        try:
            at = time.fromisoformat(request.form.get(f"time-{row}", ""))
        except ValueError:
            raise ProgrammeError("no-time") from None
        if routine_id not in known or not set(days) <= set(calendar.WEEKDAYS):
            abort(400)
        found.append(Part(routine_id, f"{at:%H:%M}", tuple(day for day in calendar.WEEKDAYS if day in days)))
    return found
