"""The rich menus of the channel: what they are made of, their pictures and aliases, and who sees which."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from .answers import RefusalError
from .complaints import Json

MOST = 1000
"""So many menus, and so many aliases, a channel may have."""


@dataclass
class RichMenus:
    """The menus made through the API; the world's lock guards them."""

    menus: dict[str, Json] = field(default_factory=dict)
    pictures: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """The type and the bytes of each picture, by the menu's id."""
    aliases: dict[str, str] = field(default_factory=dict)
    default: str | None = None
    linked: dict[str, str] = field(default_factory=dict)
    """The menu of each person who has one of their own."""
    batches: dict[str, datetime] = field(default_factory=dict)
    """When each batch was done, by the id of its request."""

    def create(self, menu: Json) -> str:
        """The id of the new menu, which has no picture yet."""
        if len(self.menus) >= MOST:
            raise RefusalError(400, f"The number of rich menus must be at most {MOST}")
        id = f"richmenu-{secrets.token_hex(16)}"
        self.menus[id] = {key: menu[key] for key in ("size", "selected", "name", "chatBarText", "areas")}
        return id

    def find(self, id: str) -> Json:
        """The menu; 404 when there is none."""
        if id not in self.menus:
            raise RefusalError(404, "Not found")
        return {"richMenuId": id} | self.menus[id]

    def shown(self, id: str) -> str:
        """The same id, once it is certain that LINE could show that menu."""
        self.find(id)
        if id not in self.pictures:
            raise RefusalError(400, "must upload richmenu image before applying it to user")
        return id

    def menu_of(self, user_id: str) -> str | None:
        """The menu that this person sees."""
        return self.linked.get(user_id, self.default)

    def delete(self, id: str) -> None:
        """The menu is no more; aliases that stand for it lead nowhere."""
        self.find(id)
        del self.menus[id]
        self.pictures.pop(id, None)
        if self.default == id:
            self.default = None
        self.linked = {user_id: menu_id for user_id, menu_id in self.linked.items() if menu_id != id}

    def switch_to(self, alias: str) -> str:
        """What LINE says of a tap on a tab that leads to *alias*."""
        if alias not in self.aliases:
            return "RICHMENU_ALIAS_ID_NOTFOUND"
        return "SUCCESS" if self.aliases[alias] in self.pictures else "RICHMENU_NOTFOUND"
