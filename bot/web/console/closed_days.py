"""Days on which the practice is closed out of turn: one form, and the words of a notice to send."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length, Optional

from bot.library.practice import Closing
from bot.teaching import closures
from bot.web.console import door
from bot.web.console.tools import tools


class ClosureForm(FlaskForm):  # type: ignore[misc]
    """From when to when, and why."""

    first = DateField(validators=[InputRequired("missing")])
    last = DateField(validators=[Optional()])
    note = StringField(validators=[Length(max=closures.LONGEST_NOTE, message="too-long")])


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("/closed-days", "closed_days", show, methods=["GET"])
    blueprint.add_url_rule("/closed-days", "closed_days_add", close, methods=["POST"])
    blueprint.add_url_rule("/closed-days/<int:id>/remove", "closed_day_remove", reopen, methods=["POST"])


def show() -> str:
    """What is closed from today on."""
    return _page(ClosureForm())


def close() -> Response | tuple[str, int]:
    """Closes the days."""
    form = ClosureForm()
    if not form.validate_on_submit():
        return _page(form), 400
    first, now = form.first.data, tools().clock()
    assert first is not None  # The form wants it.
    try:
        with tools().sessions.begin() as database:
            closures.add(
                database,
                first=first,
                last=form.last.data or first,
                note=form.note.data or "",
                today=now.astimezone(tools().library().timezone).date(),
                by=door.me().account.id,
                now=now,
            )
    except closures.ClosureError as error:
        flash(error.problem, "danger")
        return _page(form), 400
    flash("days-closed", "success")
    return redirect(url_for("console.closed_days"))


def reopen(id: int) -> Response:
    """Opens on that day after all."""
    with tools().sessions.begin() as database:
        if not closures.remove(database, id, by=door.me().account.id, now=tools().clock()):
            abort(404)
    flash("day-opened", "success")
    return redirect(url_for("console.closed_days"))


def _page(form: ClosureForm) -> str:
    library = tools().library()
    today = tools().clock().astimezone(library.timezone).date()
    with tools().reading() as database:
        rows = closures.coming(database, today)
    closed = library.having_closed(Closing(row.day, row.note) for row in rows)
    lines, notice = closed.closed_from(today), closed.closed_notice(today)
    weekdays = library.messages["weekdays"].split()
    return render_template(
        "console/closed_days.html", form=form, rows=rows, lines=lines, notice=notice, weekdays=weekdays
    )
