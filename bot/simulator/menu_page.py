"""The rich menu as a phone gets it: what the chat page shows below the talk."""

import re

from flask import Blueprint, Response, abort, jsonify, request

from .platform import Platform

_ID = re.compile(r"richmenu-[0-9a-f]{32}")


def build_blueprint(platform: Platform) -> Blueprint:
    """What the page's script asks for below ``/richmenu``."""
    page = Blueprint("menu", __name__, url_prefix="/richmenu")

    @page.get("")
    def known() -> Response:
        """The menu that everybody sees, or *user*, and those to which its tabs may lead, by alias."""
        with platform.lock:
            store = platform.rich_menus
            response = jsonify(
                default=store.menu_of(request.args.get("user", "")),
                menus={id: store.find(id) for id in store.menus if id in store.pictures},
                aliases=store.aliases,
            )
        response.headers["Cache-Control"] = "no-store"
        return response

    @page.get("/<id>/image")
    def picture(id: str) -> Response:
        """The picture of a menu, which never becomes another."""
        with platform.lock:
            found = platform.rich_menus.pictures.get(id) if _ID.fullmatch(id) else None
        if found is None:
            abort(404)
        response = Response(found[1], content_type=found[0])
        response.headers["Cache-Control"] = "private, max-age=3600"
        return response

    return page
