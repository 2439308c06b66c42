"""Insight: one page that answers who uses the assistant, what is kept, asked and not understood, and what it costs."""

import csv
import io
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app, render_template, request
from sqlalchemy.orm import Session

from bot import forecast, insight, sealed
from bot.delivery import envelope
from bot.delivery.rules import Rules
from bot.models import InboxEvent, Person
from bot.staff import audit
from bot.talks import names
from bot.web.console import door
from bot.web.console.cells import harmless
from bot.web.console.tools import titles, tools

SPANS = (7, 28, 90)
KEPT = ("people", "rang", "done")
"""What is told of a routine."""
MOST_ROWS = 500
"""How many rows stand behind a number on a page; a file holds all of them."""


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("/insight", "insight", show, methods=["GET"])
    blueprint.add_url_rule("/insight.csv", "insight_csv", figures, methods=["GET"])
    blueprint.add_url_rule("/insight/people/<crowd>", "insight_people", people, methods=["GET"])
    blueprint.add_url_rule("/insight/keepers/<path:routine_id>", "insight_keepers", keepers, methods=["GET"])
    blueprint.add_url_rule("/insight/messages", "insight_messages", messages, methods=["GET"])


def show() -> str:
    """The page, for the last 7, 28 or 90 days."""
    with tools().reading() as database:
        return render_template("console/insight.html", spans=SPANS, titles=titles(), **_figures(database))


def figures() -> Response:
    """The same numbers as a table that a spreadsheet opens."""
    with tools().reading() as database:
        found = _figures(database)
    words, known = _words(), titles()
    rows: list[tuple[str, Any, int]] = []
    rows += [("people", words.crowd_words[name], count) for name, count in found["crowds"].items()]
    for one in found["kept"]:
        rows += [(f"kept-{of}", known.get(one.routine_id, one.routine_id), getattr(one, of)) for of in KEPT]
    rows += [("asked", known.get(about, about), count) for about, count in found["asked"]]
    rows += [
        ("reading", words.reading_words.get(meaning, meaning), count) for meaning, count in found["readings"].items()
    ]
    for day in found["days"]:
        rows += [("messages", day.on, day.messages), ("done", day.on, day.done)]
    rows += [("left", f"{_local(one.began_at)} {one.text}", one.left) for one in found["announced"]]
    for of in ("spent", "to-come"):
        by_purpose = getattr(found["expected"], of.replace("-", "_"))
        rows += [(of, words.purpose_words.get(purpose, purpose), count) for purpose, count in by_purpose.items()]
    return _file("insight", words.figure_columns, ((words.figures[of], *rest) for of, *rest in rows))


@sealed.blank_where_unreadable()
def people(crowd: str) -> str | Response:
    """Who is behind a number; with names only for those who may see them."""
    name = next((one for one in insight.CROWDS if one == crowd), None) or abort(404)
    span, now = _span(), tools().clock()
    return _people(insight.crowd(name, now - timedelta(days=span)), crowd)


@sealed.blank_where_unreadable()
def keepers(routine_id: str) -> str | Response:
    """Who has a routine on."""
    if routine_id not in tools().library().entries:
        abort(404)
    return _people(insight.keepers(routine_id), routine_id)


@sealed.blank_where_unreadable()
def messages() -> str | Response:
    """The messages behind a number; their texts only for those who may see them."""
    about, meaning = request.args.get("about"), request.args.get("meaning")
    if about is None and meaning is None:
        abort(404)
    is_file = request.args.get("as") == "csv"
    asked = insight.messages(tools().clock() - timedelta(days=_span()), about=about, meaning=meaning)
    with tools().reading() as database:
        rows = [
            (event.received_at, _text(event), event.meaning, event.about)
            for event in database.scalars(asked if is_file else asked.limit(MOST_ROWS))
        ]
    if is_file:
        words, known = _words(), titles()
        _note("messages", len(rows))
        told = (
            (at, text, words.reading_words.get(meaning, meaning), known.get(answer or "", answer))
            for at, text, meaning, answer in rows
        )
        return _file("messages", words.message_columns, told)
    return render_template(
        "console/insight_messages.html",
        rows=rows,
        about=about,
        meaning=meaning,
        titles=titles(),
        most=MOST_ROWS,
        span=_span(),
    )


def _figures(database: Session) -> dict[str, Any]:
    library, now, span = tools().library(), tools().clock(), _span()
    since = now - timedelta(days=span)
    first_day = since.astimezone(library.timezone).date() + timedelta(days=1)
    month, expected = forecast.of(database, now, Rules.of(library).monthly_limit)
    return {
        "span": span,
        "crowds": insight.crowds(database, since),
        "kept": insight.kept(database, since, first_day),
        "asked": insight.asked(database, since),
        "readings": insight.readings(database, since),
        "announced": insight.announced(database, since),
        "days": insight.days(database, now, library.timezone, count=span),
        "month": month,
        "expected": expected,
        "reserve": Rules.of(library).reserve,
    }


def _people(asked: "sa.Select[int]", name: str) -> str | Response:
    is_file = request.args.get("as") == "csv"
    wanted = sa.select(Person).where(Person.id.in_(asked.order_by(None))).order_by(Person.id.desc())
    with tools().reading() as database:
        found = database.scalars(wanted if is_file else wanted.limit(MOST_ROWS)).all()
    if is_file:
        _note("people", len(found))
        shown = ((one.id, _name(one), one.created_at, one.last_seen_at, one.blocked_at) for one in found)
        return _file("people", _words().people_columns, shown)
    return render_template(
        "console/insight_people.html", people=found, crowd=name, titles=titles(), most=MOST_ROWS, span=_span()
    )


def _note(file: str, count: int) -> None:
    """Write down that a file with what people wrote, or their names, was taken along."""
    if "texts" in door.me().may:
        me, now = door.me().account.id, tools().clock()
        with tools().sessions.begin() as database:
            what = {"file": file, "count": count}
            audit.note(database, by=me, action="insight.file", subject="insight", now=now, after=what)


def _name(person: Person) -> str:
    return names.shown(person) if "texts" in door.me().may else ""


def _text(event: InboxEvent) -> str:
    if "texts" not in door.me().may:
        return ""
    if sealed.is_unreadable(event.raw):
        return render_template("console/unreadable.txt").strip()
    text = envelope.part(json.loads(event.raw), "message").get("text")
    return text if isinstance(text, str) else ""


def _span() -> int:
    asked = request.args.get("days", type=int)
    return asked if asked in SPANS else SPANS[1]


def _words() -> Any:
    """The words of the page, which are those of its tables."""
    return current_app.jinja_env.get_template("console/insight_words.html").module


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(tools().library().timezone):%Y-%m-%d %H:%M}"


def _file(name: str, head: Iterable[str], rows: Iterable[Iterable[Any]]) -> Response:
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(head)
    lines.writerows([_cell(value) for value in row] for row in rows)
    # With a mark at its front: without it Excel takes Japanese for something else.
    return Response(
        written.getvalue().encode("utf-8-sig"),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename={name}.csv"},
    )


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return _local(value)
    return harmless(value) if isinstance(value, str) else value
