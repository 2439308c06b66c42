"""The way to LINE's rich menus, with one error that says in a line what went wrong."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from bot.line.messenger import API_BASE, CONNECT_SECONDS, WHOLE_SECONDS
from bot.line.wire import Answer, Wire

DATA_BASE = "https://api-data.line.me"
"""The host of LINE's that takes and gives pictures."""
NOT_FOUND = 404

Found = TypeVar("Found")


class MenuError(Exception):
    """LINE did not do what it was asked for, or said nothing; the message says what, *status* is None for silence."""

    def __init__(self, doing: str, why: str, status: int | None = None) -> None:
        super().__init__(f"LINE could not {doing}: {why}")
        self.status = status


class MenuWire:
    """LINE's rich menus, as the calls that publishing needs; MenuError is their only error. Whoever called tries again."""

    def __init__(
        self,
        access_token: str,
        api_base: str | None = None,
        timeout: tuple[float, float] = (CONNECT_SECONDS, WHOLE_SECONDS),
    ) -> None:
        headers = {"Authorization": f"Bearer {access_token}", "User-Agent": "Senaka", "Accept-Encoding": "identity"}
        self._api = Wire((api_base or API_BASE).rstrip("/"), headers, timeout=timeout)
        self._data = Wire((api_base or DATA_BASE).rstrip("/"), headers, timeout=timeout)

    def __enter__(self) -> "MenuWire":
        return self

    def __exit__(self, *_: object) -> None:
        self._api.close()
        self._data.close()

    def menus(self) -> dict[str, str]:
        """The name of every menu made through the API, by its id; those made by hand LINE does not tell."""
        return self._told(
            "list the rich menus",
            "/richmenu/list",
            lambda said: {str(menu["richMenuId"]): str(menu["name"]) for menu in said["richmenus"]},
        )

    def aliases(self) -> dict[str, str]:
        """The menu that each alias stands for."""
        return self._told(
            "list the aliases",
            "/richmenu/alias/list",
            lambda said: {str(one["richMenuAliasId"]): str(one["richMenuId"]) for one in said["aliases"]},
        )

    def default(self) -> str | None:
        """The menu that everybody sees; None when there is none made through the API."""
        try:
            return self._told("tell the default rich menu", "/user/all/richmenu", lambda said: str(said["richMenuId"]))
        except MenuError as error:
            if error.status == NOT_FOUND:
                return None
            raise

    def has_picture(self, menu_id: str) -> bool:
        """Whether a picture was uploaded for the menu."""
        doing, path = "show the picture of a rich menu", f"/richmenu/{menu_id}/content"
        return self._ask(doing, "GET", path, wire=self._data, or_lost=True).status != NOT_FOUND

    def create(self, body: Mapping[str, Any]) -> str:
        """The id of the menu made of *body*, whose areas LINE has looked over; nobody sees it yet."""
        doing = f"create the rich menu {body['name']}"
        return _read(doing, self._ask(doing, "POST", "/richmenu", body), lambda said: str(said["richMenuId"]))

    def upload(self, menu_id: str, png: bytes) -> None:
        """Give the menu its picture, which cannot be changed afterwards."""
        self._ask("take the picture of a rich menu", "POST", f"/richmenu/{menu_id}/content", png, wire=self._data)

    def create_alias(self, alias: str, menu_id: str) -> None:
        """Let *alias*, which is new, stand for the menu."""
        body = {"richMenuAliasId": alias, "richMenuId": menu_id}
        self._ask(f"create the alias {alias}", "POST", "/richmenu/alias", body)

    def move_alias(self, alias: str, menu_id: str) -> None:
        """Let *alias* stand for another menu."""
        self._ask(f"move the alias {alias}", "POST", f"/richmenu/alias/{alias}", {"richMenuId": menu_id})

    def delete_alias(self, alias: str) -> None:
        """Let *alias* stand for nothing; fine when it does not already."""
        self._ask(f"delete the alias {alias}", "DELETE", f"/richmenu/alias/{alias}", or_lost=True)

    def set_default(self, menu_id: str) -> None:
        """Show the menu to everybody who is not linked to one of their own."""
        self._ask("set the default rich menu", "POST", f"/user/all/richmenu/{menu_id}")

    def cancel_default(self) -> None:
        """Show nobody a default menu of the API."""
        self._ask("cancel the default rich menu", "DELETE", "/user/all/richmenu")

    def delete(self, menu_id: str) -> None:
        """Remove the menu with its picture; fine when it is gone already."""
        self._ask("delete a rich menu", "DELETE", f"/richmenu/{menu_id}", or_lost=True)

    def _told(self, doing: str, path: str, find: Callable[[Any], Found]) -> Found:
        return _read(doing, self._ask(doing, "GET", path), find)

    def _ask(
        self,
        doing: str,
        method: str,
        path: str,
        body: Mapping[str, Any] | bytes | None = None,
        *,
        wire: Wire | None = None,
        or_lost: bool = False,
    ) -> Answer:
        """What LINE answers when it has done so, or with *or_lost* when it does not have what is asked for."""
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "image/png" if isinstance(body, bytes) else "application/json"}
        answer = (wire or self._api).ask(method, f"/v2/bot{path}", sent, headers)
        if answer is None or (answer.body is None and wire is None):
            raise MenuError(doing, "no answer; check the network and try again")
        if not 200 <= answer.status <= 299 and not (or_lost and answer.status == NOT_FOUND):
            raise MenuError(doing, _why(answer.status), answer.status)
        return answer


def _read(doing: str, answer: Answer, find: Callable[[Any], Found]) -> Found:
    """What *find* finds in the object that LINE answers with."""
    try:
        return find(json.loads(answer.body or b""))
    except (ValueError, KeyError, TypeError):
        raise MenuError(doing, "its answer makes no sense; try again") from None


def _why(status: int) -> str:
    reasons = {
        401: "the access token is wrong; check LINE_CHANNEL_ACCESS_TOKEN",
        403: "the account is not allowed to",
        404: "it is not there (any more); try again",
        429: "too many requests (menus: 100 an hour); try again later",
    }
    return f"{reasons.get(status, 'refused' if status < 500 else 'a fault of its own')} (status {status})"
