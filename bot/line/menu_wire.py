"""The way to LINE's rich menus: the SDK's calls with time-outs, and one error that says in a line what went wrong."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import urllib3
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    Configuration,
    CreateRichMenuAliasRequest,
    MessagingApi,
    MessagingApiBlob,
    RichMenuRequest,
    UpdateRichMenuAliasRequest,
)

from bot.line.messenger import CONNECT_SECONDS, WHOLE_SECONDS

Answer = TypeVar("Answer")
NOT_FOUND = 404


class MenuError(Exception):
    """LINE did not do what it was asked for, or said nothing; the message says what, *status* is None for silence."""

    def __init__(self, doing: str, why: str, status: int | None = None) -> None:
        super().__init__(f"LINE could not {doing}: {why}")
        self.status = status


class MenuWire:
    """LINE's rich menus, as the calls that publishing needs; MenuError is their only error."""

    def __init__(
        self,
        access_token: str,
        api_base: str | None = None,
        timeout: tuple[float, float] = (CONNECT_SECONDS, WHOLE_SECONDS),
    ) -> None:
        """Without *api_base* the SDK knows both of LINE's hosts: pictures go to one of their own."""
        configuration = Configuration(host=api_base and api_base.rstrip("/"), access_token=access_token)
        # Whoever called tries again; a redirect would carry the access token to a stranger.
        configuration.retries = False
        self._client = ApiClient(configuration)
        self._api = MessagingApi(self._client)
        self._blob = MessagingApiBlob(self._client)
        self._timeout = timeout

    def __enter__(self) -> "MenuWire":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.rest_client.pool_manager.clear()

    def menus(self) -> dict[str, str]:
        """The name of every menu made through the API, by its id; those made by hand LINE does not tell."""
        found = self._ask("list the rich menus", self._api.get_rich_menu_list)
        return {menu.rich_menu_id: menu.name for menu in found.richmenus}

    def aliases(self) -> dict[str, str]:
        """The menu that each alias stands for."""
        found = self._ask("list the aliases", self._api.get_rich_menu_alias_list)
        return {alias.rich_menu_alias_id: alias.rich_menu_id for alias in found.aliases}

    def default(self) -> str | None:
        """The menu that everybody sees; None when there is none made through the API."""
        found = self._unless_lost("tell the default rich menu", self._api.get_default_rich_menu_id)
        return None if found is None else found.rich_menu_id

    def has_picture(self, menu_id: str) -> bool:
        """Whether a picture was uploaded for the menu."""
        picture = self._unless_lost("show the picture of a rich menu", self._blob.get_rich_menu_image, menu_id)
        return picture is not None

    def create(self, body: Mapping[str, Any]) -> str:
        """The id of the menu made of *body*, whose areas LINE has looked over; nobody sees it yet."""
        request = RichMenuRequest.from_dict(dict(body))
        found = self._ask(f"create the rich menu {body['name']}", self._api.create_rich_menu, request)
        return str(found.rich_menu_id)

    def upload(self, menu_id: str, png: bytes) -> None:
        """Give the menu its picture, which cannot be changed afterwards."""
        headers = {"Content-Type": "image/png"}
        self._ask("take the picture of a rich menu", self._blob.set_rich_menu_image, menu_id, png, _headers=headers)

    def create_alias(self, alias: str, menu_id: str) -> None:
        """Let *alias*, which is new, stand for the menu."""
        request = CreateRichMenuAliasRequest(richMenuAliasId=alias, richMenuId=menu_id)
        self._ask(f"create the alias {alias}", self._api.create_rich_menu_alias, request)

    def move_alias(self, alias: str, menu_id: str) -> None:
        """Let *alias* stand for another menu."""
        request = UpdateRichMenuAliasRequest(richMenuId=menu_id)
        self._ask(f"move the alias {alias}", self._api.update_rich_menu_alias, alias, request)

    def delete_alias(self, alias: str) -> None:
        """Let *alias* stand for nothing; fine when it does not already."""
        self._unless_lost(f"delete the alias {alias}", self._api.delete_rich_menu_alias, alias)

    def set_default(self, menu_id: str) -> None:
        """Show the menu to everybody who is not linked to one of their own."""
        self._ask("set the default rich menu", self._api.set_default_rich_menu, menu_id)

    def cancel_default(self) -> None:
        """Show nobody a default menu of the API."""
        self._ask("cancel the default rich menu", self._api.cancel_default_rich_menu)

    def delete(self, menu_id: str) -> None:
        """Remove the menu with its picture; fine when it is gone already."""
        self._unless_lost("delete a rich menu", self._api.delete_rich_menu, menu_id)

    def _unless_lost(self, doing: str, call: Callable[..., Answer], *args: Any) -> Answer | None:
        """The same as asking, with None for what LINE does not have."""
        try:
            return self._ask(doing, call, *args)
        except MenuError as error:
            if error.status == NOT_FOUND:
                return None
            raise

    def _ask(self, doing: str, call: Callable[..., Answer], *args: Any, **more: Any) -> Answer:
        try:
            return call(*args, _request_timeout=self._timeout, **more)
        except ApiException as error:
            raise MenuError(doing, _why(error), error.status) from None
        except (urllib3.exceptions.HTTPError, OSError):
            raise MenuError(doing, "no answer; check the network and try again") from None
        except (ValueError, TypeError, AttributeError):
            # The SDK's models do not take what came; pydantic's ValidationError is a ValueError.
            raise MenuError(doing, "its answer makes no sense; try again") from None


def _why(error: ApiException) -> str:
    reasons = {
        401: "the access token is wrong; check LINE_CHANNEL_ACCESS_TOKEN",
        403: "the account is not allowed to",
        404: "it is not there (any more); try again",
        429: "too many requests (menus: 100 an hour); try again later",
    }
    return f"{reasons.get(error.status, 'refused' if error.status < 500 else 'a fault of its own')} (status {error.status})"
