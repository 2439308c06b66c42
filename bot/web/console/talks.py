"""Talks with people: who waits for a human, the thread, replying, taking over and handing back."""

from datetime import UTC, datetime
from uuid import uuid4

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from bot import sealed
from bot.delivery.rules import Rules
from bot.models import Person, StaffAccount
from bot.staff import accounts, audit
from bot.talks import TalkError, replies, speaker, takeover, thread, waiting
from bot.web.console import door
from bot.web.console.forms import ReplyForm
from bot.web.console.tools import row_number, tools

TABS: tuple[waiting.Which, ...] = ("waiting", "mine", "all")


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("/talks", "talks", show, methods=["GET"])
    blueprint.add_url_rule("/talks/calls", "talk_calls", calls, methods=["POST"])
    blueprint.add_url_rule("/talks/<int:id>", "talk", one, methods=["GET"])
    blueprint.add_url_rule("/talks/<int:id>/thread", "talk_thread", poll, methods=["GET"])
    blueprint.add_url_rule("/talks/<int:id>/reply", "talk_reply", reply, methods=["POST"])
    blueprint.add_url_rule("/talks/<int:id>/take-over", "talk_take_over", take_over, methods=["POST"])
    blueprint.add_url_rule("/talks/<int:id>/hand-back", "talk_hand_back", hand_back, methods=["POST"])
    blueprint.add_url_rule("/talks/<int:id>/settle", "talk_settle", settle, methods=["POST"])


@sealed.blank_where_unreadable()
def show() -> str:
    """One of the lists."""
    asked = request.args.get("tab")
    page = request.args.get("page", 0, type=row_number)
    now = tools().clock()
    with tools().reading() as database:
        count, mine = waiting.counts(database, now)
        which = next((tab for tab in TABS if tab == asked), "waiting" if count or not mine else "mine")
        talks, has_more = waiting.listed(database, which, now, page=page)
    return render_template(
        "console/talks.html",
        talks=talks,
        which=which,
        counts={"waiting": count, "mine": mine},
        page=page,
        has_more=has_more,
        reasons=tools().library().practice.staff.calls,
    )


def calls() -> AnyResponse:
    """Whether the one who asks is told in LINE that somebody waits."""
    me, now = door.me().account, tools().clock()
    wants = request.form.get("wants") == "y"
    with tools().sessions.begin() as database:
        database.get_one(StaffAccount, me.id).wants_calls = wants
        audit.note(
            database, by=me.id, action="account.calls", subject=f"account {me.id}", now=now, after={"wants": wants}
        )
    flash("saved", "success")
    return redirect(url_for("console.talks"))


def one(id: int) -> str:
    """The thread of one person, with the box for a reply."""
    return _page(id, ReplyForm(once=uuid4().hex))


@sealed.blank_where_unreadable()
def poll(id: int) -> Response:
    """The newest of the thread for a page that is open; nothing (204) when it has that already."""
    shown = request.args.get("version", "")
    with tools().reading() as database:
        person = person_of(database, id)
        if _version(database, person) == shown:
            return make_response("", 204)
        found = _found(database, person)
    _look(found)
    return make_response(render_template("console/thread.html", **found))


@sealed.blank_where_unreadable()
def reply(id: int) -> AnyResponse | tuple[str, int]:
    """Sends what was typed."""
    form = ReplyForm()
    if not form.validate_on_submit():
        return _page(id, form), 400
    library = tools().library()
    try:
        with tools().sessions.begin() as database:
            way = replies.reply(
                database,
                person_of(database, id),
                form.text.data or "",
                by=door.me().account.id,
                once=form.once.data or "",
                quiet=library.practice.staff.quiet,
                rules=Rules.of(library),
                now=tools().clock(),
                sender=speaker.of_staff(library, door.me().account.name, tools().picture_url),
            )
    except TalkError as error:
        flash(error.problem, "danger")
        return _page(id, form), 400
    if way is not None:
        tools().wake()
    return redirect(url_for("console.talk", id=id, _anchor="end"))


@sealed.blank_where_unreadable()
def take_over(id: int) -> AnyResponse:
    """From now on the one who asks talks with the person."""
    quiet = tools().library().practice.staff.quiet
    with tools().sessions.begin() as database:
        person = person_of(database, id)
        takeover.begin(database, person, by=door.me().account.id, quiet=quiet, now=tools().clock())
    flash("taken-over", "success")
    return redirect(url_for("console.talk", id=id, _anchor="end"))


@sealed.blank_where_unreadable()
def hand_back(id: int) -> AnyResponse:
    """From now on the assistant does."""
    with tools().sessions.begin() as database:
        takeover.end(database, person_of(database, id), by=door.me().account.id, now=tools().clock())
    flash("handed-back", "success")
    return redirect(url_for("console.talk", id=id, _anchor="end"))


@sealed.blank_where_unreadable()
def settle(id: int) -> AnyResponse:
    """What the person waited for was taken care of, by telephone perhaps."""
    with tools().sessions.begin() as database:
        waiting.settle(database, person_of(database, id), by=door.me().account.id, now=tools().clock())
    flash("settled", "success")
    return redirect(url_for("console.talks"))


def person_of(database: Session, id: int) -> Person:
    """The person with the number *id*; 404 when there is none (any more)."""
    person = database.get(Person, id)
    if person is None:
        abort(404)
    return person


@sealed.blank_where_unreadable()
def _page(id: int, form: ReplyForm) -> str:
    before = request.args.get("before", type=float)
    with tools().reading() as database:
        person = person_of(database, id)
        found = _found(database, person, before)
        requests = waiting.of(database, person)
    if before is None:
        _look(found)
    quick_texts = tools().library().practice.staff.quick_texts
    return render_template("console/talk.html", form=form, requests=requests, quick_texts=quick_texts, **found)


def _found(database: Session, person: Person, before: float | None = None) -> dict[str, object]:
    """What a thread shows of the person; *before* is a moment as seconds since 1970."""
    now, library = tools().clock(), tools().library()
    until = None if before is None else _moment(before)
    return {
        "person": person,
        "version": _version(database, person),
        "thread": thread.page(database, person, before=until),
        "is_old": before is not None,
        "cost": replies.cost(database, person, now, Rules.of(library)),
        "is_taken_over": takeover.is_on(person, now),
        "holder": takeover.holder(database, person, now),
        "names": {account.id: account.name for account in accounts.everyone(database)},
        "entries": library.entries,
        "why_lost": library.messages,
    }


def _version(database: Session, person: Person) -> str:
    """Another word whenever the page would show something else."""
    now = tools().clock()
    states = (takeover.is_on(person, now), replies.is_free(database, person, now))
    return "_".join((thread.version(database, person), *(str(int(state)) for state in states)))


def _look(found: dict[str, object]) -> None:
    """Notes that the newest of the thread was before somebody's eyes."""
    person, page = found["person"], found["thread"]
    assert isinstance(person, Person)
    assert isinstance(page, thread.Page)
    newest = max((said.at for said in page.said if said.is_theirs), default=None)
    if newest is not None and (person.read_at is None or person.read_at < newest):
        with tools().sessions.begin() as database:
            waiting.look(database, person.id, tools().clock())


def _moment(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        abort(400)
