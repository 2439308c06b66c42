"""The table of all endpoints of the Messaging API that there are here."""

import re
from dataclasses import dataclass

from .calls import Endpoint
from .endpoints import account, menu_links, menus, messages, people, tokens
from .limits import SENDS


@dataclass(frozen=True)
class Route:
    """One endpoint of LINE."""

    method: str
    template: str
    """Its path, as LINE's reference writes it."""
    kind: str
    """Its name for faults, rate limits and the traffic."""
    endpoint: Endpoint
    is_open: bool = False
    """Whether it asks for no access token in the headers."""


def _bot(method: str, path: str, kind: str, endpoint: Endpoint) -> Route:
    return Route(method, f"/v2/bot/{path}", kind, endpoint)


ROUTES: tuple[Route, ...] = (
    *(_bot("POST", f"message/{kind}", kind, messages.send) for kind in SENDS),
    *(_bot("POST", f"message/validate/{kind}", "validate", messages.validate) for kind in SENDS),
    _bot("GET", "message/quota", "quota", messages.quota),
    _bot("GET", "message/quota/consumption", "consumption", messages.consumption),
    *(
        _bot("GET", f"message/delivery/{kind}", f"{kind} count", messages.delivered)
        for kind in ("reply", "push", "multicast", "broadcast")
    ),
    _bot("GET", "message/progress/narrowcast", "narrowcast progress", messages.narrowcast_progress),
    _bot("GET", "message/aggregation/info", "unit count", messages.unit_count),
    _bot("GET", "message/aggregation/list", "unit names", messages.unit_names),
    _bot("GET", "message/{messageId}/content", "content", people.content),
    _bot("GET", "message/{messageId}/content/preview", "preview", people.preview),
    _bot("GET", "message/{messageId}/content/transcoding", "transcoding", people.transcoding),
    _bot("GET", "info", "info", account.info),
    _bot("POST", "chat/loading/start", "loading", account.loading),
    _bot("POST", "chat/markAsRead", "read", account.mark_as_read),
    _bot("GET", "channel/webhook/endpoint", "webhook", account.webhook),
    _bot("PUT", "channel/webhook/endpoint", "webhook", account.set_webhook),
    _bot("POST", "channel/webhook/test", "webhook test", account.test_webhook),
    Route("POST", "/v2/oauth/verify", "token", tokens.verify, is_open=True),
    Route("POST", "/oauth2/v3/token", "token", tokens.issue, is_open=True),
    _bot("GET", "profile/{userId}", "profile", people.profile),
    _bot("GET", "followers/ids", "followers", people.followers),
    _bot("GET", "insight/followers", "insight", people.follower_count),
    _bot("POST", "user/{userId}/linkToken", "link token", people.link_token),
    _bot("GET", "group/{groupId}/summary", "group", people.group_summary),
    *(
        route
        for kind in ("group", "room")
        for route in (
            _bot("GET", f"{kind}/{{{kind}Id}}/members/count", "members", people.member_count),
            _bot("GET", f"{kind}/{{{kind}Id}}/members/ids", "members", people.member_ids),
            _bot("GET", f"{kind}/{{{kind}Id}}/member/{{userId}}", "member", people.member_profile),
            _bot("POST", f"{kind}/{{{kind}Id}}/leave", "leave", people.leave),
        )
    ),
    _bot("POST", "richmenu", "menu create", menus.create),
    _bot("POST", "richmenu/validate", "menu validate", menus.validate),
    _bot("GET", "richmenu/list", "menu list", menus.list_all),
    _bot("POST", "richmenu/alias", "alias create", menus.create_alias),
    _bot("GET", "richmenu/alias/list", "alias list", menus.list_aliases),
    _bot("POST", "richmenu/alias/{richMenuAliasId}", "alias update", menus.update_alias),
    _bot("GET", "richmenu/alias/{richMenuAliasId}", "alias get", menus.get_alias),
    _bot("DELETE", "richmenu/alias/{richMenuAliasId}", "alias delete", menus.delete_alias),
    _bot("POST", "richmenu/bulk/link", "menu link", menu_links.link_many),
    _bot("POST", "richmenu/bulk/unlink", "menu link", menu_links.unlink_many),
    _bot("POST", "richmenu/batch", "menu batch", menu_links.batch),
    _bot("POST", "richmenu/validate/batch", "menu validate", menu_links.validate_batch),
    _bot("GET", "richmenu/progress/batch", "menu batch progress", menu_links.batch_progress),
    _bot("GET", "richmenu/{richMenuId}", "menu get", menus.get),
    _bot("DELETE", "richmenu/{richMenuId}", "menu delete", menus.delete),
    _bot("POST", "richmenu/{richMenuId}/content", "menu upload", menus.upload),
    _bot("GET", "richmenu/{richMenuId}/content", "menu download", menus.download),
    _bot("POST", "user/all/richmenu/{richMenuId}", "menu default", menus.set_default),
    _bot("GET", "user/all/richmenu", "menu default", menus.get_default),
    _bot("DELETE", "user/all/richmenu", "menu default", menus.cancel_default),
    _bot("POST", "user/{userId}/richmenu/{richMenuId}", "menu link", menu_links.link),
    _bot("GET", "user/{userId}/richmenu", "menu link", menu_links.get),
    _bot("DELETE", "user/{userId}/richmenu", "menu link", menu_links.unlink),
)
"""Of two that match a path, the first one is meant."""

_PLAIN = {(route.method, route.template): route for route in ROUTES if "{" not in route.template}
_NAMED = [
    (re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.template)), route)
    for route in ROUTES
    if "{" in route.template
]


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The endpoint that is asked, and what the path names."""
    if plain := _PLAIN.get((method, path)):
        return plain, {}
    for pattern, route in _NAMED:
        if route.method == method and (found := pattern.fullmatch(path)):
            return route, found.groupdict()
    return None
