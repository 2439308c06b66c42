"""The people that the practice knows: searching, and the list to take along."""

import csv
import io

import sqlalchemy as sa
from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from bot import db, sealed
from bot.models import Person, PersonTag, Reminder
from bot.staff import audit
from bot.talks import notes
from bot.web.console import door
from bot.web.console.cells import harmless
from bot.web.console.tools import row_number, tools

ON_A_PAGE = 50


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("/people", "people", show, methods=["GET"])
    blueprint.add_url_rule("/people.csv", "people_list", listed, methods=["POST"])


@sealed.blank_where_unreadable()
def show() -> str:
    """Those who fit what is searched for, whoever was here last first."""
    words, tag = request.args.get("q", "").strip(), request.args.get("tag", "")
    page = request.args.get("page", 0, type=row_number)
    with tools().reading() as database:
        asked = _fitting(database, words, tag)
        count = database.scalar(sa.select(sa.func.count()).select_from(asked.subquery())) or 0
        ordered = asked.order_by(Person.last_seen_at.desc(), Person.id.desc())
        found = database.scalars(ordered.offset(page * ON_A_PAGE).limit(ON_A_PAGE + 1)).all()
        ids = [person.id for person in found]
        return render_template(
            "console/people.html",
            people=found[:ON_A_PAGE],
            tags=notes.of(database, ids),
            ringing=_ringing(database, ids),
            all_tags=notes.all_tags(database),
            q=words,
            tag=tag,
            page=page,
            count=count,
            has_more=len(found) > ON_A_PAGE,
        )


@sealed.blank_where_unreadable()
def listed() -> Response:
    """The same list, all of it, for a spreadsheet; that it was taken is written down."""
    words, tag = request.form.get("q", "").strip(), request.form.get("tag", "")
    with tools().sessions.begin() as database:
        found = database.scalars(_fitting(database, words, tag).order_by(Person.id)).all()
        ids = [person.id for person in found]
        tags, ringing = notes.of(database, ids), _ringing(database, ids)
        audit.note(
            database,
            by=door.me().account.id,
            action="people.list",
            subject="people",
            now=tools().clock(),
            after={"count": len(found)},
        )
    zone = tools().library().timezone
    head = render_template("console/people_head.csv").strip().split(",")
    rows = [
        [
            person.id,
            harmless("" if person.called is None else person.called),
            harmless("" if person.display_name is None else person.display_name),
            harmless(" ".join(tags.get(person.id, []))),
            f"{person.created_at.astimezone(zone):%Y-%m-%d}",
            f"{person.last_seen_at.astimezone(zone):%Y-%m-%d}",
            ringing.get(person.id, 0),
            "" if person.announcements_stopped_at is None else 1,
            "" if person.blocked_at is None else 1,
        ]
        for person in found
    ]
    written = io.StringIO()
    csv.writer(written).writerows([head, *rows])
    # With a mark of the encoding, without which spreadsheets in Japan take it for another.
    response = Response(written.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=people.csv"
    return response


def _fitting(database: Session, words: str, tag: str) -> sa.Select[Person]:
    """The people who fit: by what they are called, by tag, by number."""
    asked = sa.select(Person)
    called = _called(database) if words.split() else {}
    for word in words.split():
        bearing = sa.select(PersonTag.person_id).where(PersonTag.tag.icontains(notes.fold(word), autoescape=True))
        fits = db.among(database, Person.id, [id for id, name in called.items() if word.casefold() in name])
        number = [Person.id == int(word)] if word.isascii() and word.isdecimal() and len(word) < 10 else []
        asked = asked.where(sa.or_(fits, Person.id.in_(bearing), *number))
    if tag:
        asked = asked.where(Person.id.in_(sa.select(PersonTag.person_id).where(PersonTag.tag == tag)))
    return asked


def _called(database: Session) -> dict[int, str]:
    """Person -> the names that they have; these are sealed, so SQL cannot look for them."""
    rows = database.execute(sa.select(Person.id, Person.called, Person.display_name))
    return {row.id: f"{row.called or ''}\n{row.display_name or ''}".casefold() for row in rows}


def _ringing(database: Session, ids: list[int]) -> dict[int, int]:
    """Person -> how many reminders are on."""
    counted = (
        sa.select(Reminder.person_id, sa.func.count())
        .where(Reminder.person_id.in_(ids), Reminder.state == "on")
        .group_by(Reminder.person_id)
    )
    return {row[0]: row[1] for row in database.execute(counted)} if ids else {}
