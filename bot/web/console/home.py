"""The first page: what needs somebody today, how the day goes, and the emergency stop."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from bot import alerts, today
from bot.delivery.rules import Rules
from bot.staff import emergency
from bot.web.console import door
from bot.web.console.tools import tools


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("", "home", show, methods=["GET"], strict_slashes=False)
    blueprint.add_url_rule("/stop", "house_stop", stop, methods=["POST"])
    blueprint.add_url_rule("/go-on", "house_go_on", go_on, methods=["POST"])


def show() -> str:
    """The page."""
    library = tools().library()
    with tools().reading() as database:
        found = today.of(database, tools().clock(), Rules.of(library))
    matters = [(alert, alerts.say(library, alert)) for alert in found.alerts]
    return render_template("console/home.html", today=found, matters=matters)


def stop() -> Response:
    """Stops every push of the house."""
    with tools().sessions.begin() as database:
        emergency.stop(database, by=door.me().account.id, now=tools().clock())
    flash("house-stopped", "warning")
    return redirect(url_for("console.home"))


def go_on() -> Response:
    """Lets them go on."""
    with tools().sessions.begin() as database:
        emergency.go_on(database, by=door.me().account.id, now=tools().clock())
    tools().wake()
    flash("house-goes-on", "success")
    return redirect(url_for("console.home"))
