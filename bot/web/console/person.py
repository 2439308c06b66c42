"""One person: what staff know of them, their reminders and what became of them, notes, tags, a copy, deleting."""

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import TypedDict
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from bot import body, calendar, explain, programmes, record, reminders, sealed
from bot.conversation import Turn
from bot.keeping import erasure, kept
from bot.models import Person
from bot.staff import audit
from bot.talks import TalkError, notes, waiting
from bot.understanding.meaning import Meaning
from bot.web.console import door
from bot.web.console.cells import harmless
from bot.web.console.forms import NoteForm
from bot.web.console.talks import person_of
from bot.web.console.tools import day, tools

WEEKS = 4
PAUSES = (7, 14, 30)
"""The lengths of a pause that are offered, in days."""


class _By(TypedDict):
    """Who does something, and when."""

    by: int
    now: datetime


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("/people/<int:id>", "person", show, methods=["GET"])
    blueprint.add_url_rule("/people/<int:id>/copy.csv", "person_copy", copy, methods=["POST"])
    blueprint.add_url_rule("/people/<int:id>/call", "person_call", call, methods=["POST"])
    blueprint.add_url_rule("/people/<int:id>/notes", "person_note", write, methods=["POST"])
    blueprint.add_url_rule("/people/<int:id>/notes/<int:note>/strike", "person_note_strike", strike, methods=["POST"])
    blueprint.add_url_rule("/people/<int:id>/tags", "person_tag", tag, methods=["POST"])
    blueprint.add_url_rule("/people/<int:id>/tags/remove", "person_untag", untag, methods=["POST"])
    blueprint.add_url_rule("/people/<int:id>/pause", "person_pause", pause, methods=["POST"])
    blueprint.add_url_rule("/people/<int:id>/resume", "person_resume", resume, methods=["POST"])
    blueprint.add_url_rule("/people/<int:id>/delete", "person_delete", ask, methods=["GET"])
    blueprint.add_url_rule("/people/<int:id>/delete", "person_delete_post", delete, methods=["POST"])


def show(id: int) -> str:
    """The page."""
    return _page(id, NoteForm(formdata=None))


def call(id: int) -> AnyResponse | tuple[str, int]:
    """What staff call the person."""
    called = request.form.get("called", "")
    return _done(id, lambda database, person: notes.call(database, person, called, **_by()), field="called")


def write(id: int) -> AnyResponse | tuple[str, int]:
    """A new note."""
    form = NoteForm()
    if not form.validate_on_submit():
        return _page(id, form), 400
    text = form.text.data or ""
    return _done(id, lambda database, person: notes.write(database, person, text, **_by()), field="text")


def strike(id: int, note: int) -> AnyResponse | tuple[str, int]:
    """Deletes a note."""
    return _done(id, lambda database, person: notes.strike(database, person, note, **_by()))


def tag(id: int) -> AnyResponse | tuple[str, int]:
    """New tags."""
    words = request.form.get("tag", "")
    return _done(id, lambda database, person: notes.tag(database, person, words, **_by()), field="tag")


def untag(id: int) -> AnyResponse | tuple[str, int]:
    """Takes a tag off."""
    return _done(id, lambda database, person: notes.untag(database, person, request.form.get("tag", ""), **_by()))


def pause(id: int) -> AnyResponse | tuple[str, int]:
    """Gives the person's reminders a rest, for some days or until they are taken up again."""
    days = request.form.get("days", type=int)
    if days not in (*PAUSES, 0):
        abort(400)

    def act(database: Session, person: Person) -> None:
        zone, now = _zone(person), tools().clock()
        until = calendar.day_begins(calendar.day_of(now, zone) + timedelta(days=days), zone) if days else None
        paused = reminders.pause(database, person, routine_id=None, until=until, now=now)
        what = {"days": days, "routines": [reminder.routine_id for reminder in paused]}
        audit.note(database, action="reminders.pause", subject=f"person {id}", after=what, **_by())

    return _done(id, act, word="paused")


def resume(id: int) -> AnyResponse | tuple[str, int]:
    """Takes up what is paused."""

    def act(database: Session, person: Person) -> None:
        resumed = reminders.resume(database, person, routine_id=None, now=tools().clock())
        what = {"routines": [reminder.routine_id for reminder in resumed]}
        audit.note(database, action="reminders.resume", subject=f"person {id}", after=what, **_by())

    return _done(id, act, word="resumed")


def copy(id: int) -> Response:
    """All that is kept of the person, as they get it themselves when they ask the assistant for it.

    When no key opens some of it, the file says so instead of looking complete.
    """
    from handlers import export  # All handlers, which a process that only shows pages does not need.

    with tools().sessions.begin() as database, sealed.blank_where_unreadable() as unread:
        person, now = person_of(database, id), tools().clock()
        turn = Turn("", person, now, tools().library(), database, Meaning("command", id=export.ID))
        lines = export.lines(turn)
        audit.note(database, action="person.copy", subject=f"person {id}", **_by())
    if unread.count:
        lines = [*lines, render_template("console/copy_unreadable.csv").strip()]
    table = io.StringIO()
    # Not the lines as they are: a quotation mark of a name would hide a formula in them.
    csv.writer(table).writerows([harmless(cell) for cell in line.split(",")] for line in lines)
    response = Response(table.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename=person-{id}.csv"
    return response


@sealed.blank_where_unreadable()
def ask(id: int) -> str:
    """Asks once more before everything is deleted."""
    with tools().reading() as database:
        person = person_of(database, id)
        return render_template("console/person_delete.html", person=person, kept=kept.of(database, person))


@sealed.blank_where_unreadable()
def delete(id: int) -> AnyResponse | tuple[str, int]:
    """Deletes the person with all that is kept of them."""
    if request.form.get("sure") != "y":
        flash("not-confirmed", "danger")
        return ask(id), 400
    with tools().sessions.begin() as database:
        person = person_of(database, id)
        erasure.erase(database, person.line_user_id, why="staff", now=tools().clock())
        audit.note(database, action="person.forget", subject=f"person {id}", **_by())
    flash("forgotten", "success")
    return redirect(url_for("console.people"))


@sealed.blank_where_unreadable()
def _page(id: int, form: NoteForm, problems: Mapping[str, str] | None = None) -> str:
    """The page; what was typed into the fields with *problems* stands in them, and the problem beside it."""
    library, now = tools().library(), tools().clock()
    with tools().reading() as database:
        person = person_of(database, id)
        zone = _zone(person)
        today = calendar.day_of(now, zone)
        asked = explain.Question(person, _day(today), zone, now)
        done = record.of(database, person, zone=zone, now=now)
        first = today - timedelta(weeks=WEEKS) + timedelta(days=1)
        return render_template(
            "console/person.html",
            person=person,
            form=form,
            problems=problems or {},
            typed=request.form,
            notes=notes.written(database, person),
            tags=notes.of(database, [id]).get(id, []),
            requests=waiting.of(database, person),
            body_notes=[library.language.body_notes.label(note.note) for note in body.kept(database, person)],
            reminders=reminders.of(database, person),
            is_paused=lambda reminder: reminders.has_pause_ahead(reminder, now),
            record=done,
            per_routine=done.per_routine(first, today),
            weeks=done.weeks(WEEKS),
            entries=library.entries,
            today=today,
            day=asked.day,
            a_day=timedelta(days=1),
            told=[explain.say(library, asked, one) for one in explain.find(database, asked)],
            pauses=PAUSES,
            programmes=[(one, programmes.shares(database, one, today)) for one in programmes.of(database, person)],
        )


@sealed.blank_where_unreadable()
def _done(
    id: int, act: Callable[[Session, Person], object], *, word: str = "saved", field: str = ""
) -> AnyResponse | tuple[str, int]:
    """Does *act* with the person in one transaction, and leads back to their page.

    What cannot be done with what was typed into *field* is said beside it, where it stays typed.
    """
    try:
        with tools().sessions.begin() as database:
            act(database, person_of(database, id))
    except TalkError as error:
        return _page(id, NoteForm() if field == "text" else NoteForm(formdata=None), {field: error.problem}), 400
    flash(word, "success")
    return redirect(url_for("console.person", id=id))


def _by() -> _By:
    return {"by": door.me().account.id, "now": tools().clock()}


def _zone(person: Person) -> ZoneInfo:
    return ZoneInfo(person.timezone) if person.timezone else tools().library().timezone


def _day(today: date) -> date:
    """The day that is asked about, today when none is."""
    try:
        return day(request.args.get("day", ""))
    except ValueError:
        return today
