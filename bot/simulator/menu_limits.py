"""Checks a rich menu, and the picture of one, as LINE would."""

import io
import re

from PIL import Image, UnidentifiedImageError

from .action_limits import TAPS, check_action
from .answers import RefusalError
from .calls import refuse
from .complaints import Complaints, Json, grapheme_length

ALIAS = re.compile(r"[a-z0-9_-]{1,32}")
_NARROWEST, _WIDEST, _LOWEST, _LEAST_RATIO = 800, 2500, 250, 1.45
_MOST_AREAS = 20
_MOST_BYTES = 1024 * 1024


def check_menu(menu: Json) -> None:
    """Refuses a rich menu with everything in it to which LINE objects."""
    complaints = Complaints()
    size = complaints.mapping(menu.get("size"), "size") or {}
    is_whole = _whole(complaints, size, "size", width=(_NARROWEST, _WIDEST), height=(_LOWEST, _WIDEST))
    if is_whole and size["width"] / size["height"] < _LEAST_RATIO:
        complaints.add("size", "The aspect ratio (width / height) must be 1.45 or more")
    if not isinstance(menu.get("selected"), bool):
        complaints.add("selected", "Must be a boolean")
    complaints.text(menu, "name", "", most=300, measure=grapheme_length)
    complaints.text(menu, "chatBarText", "", most=14, measure=grapheme_length)
    for number, area in enumerate(complaints.items(menu, "areas", "", least=0, most=_MOST_AREAS)):
        where = f"areas[{number}]"
        if (found := complaints.mapping(area, where)) is not None:
            bounds = complaints.mapping(found.get("bounds"), f"{where}.bounds") or {}
            most = (0, _WIDEST)
            _whole(complaints, bounds, f"{where}.bounds", x=most, y=most, width=most, height=most)
            _check_tap(complaints, found.get("action"), f"{where}.action")
    if complaints:
        raise refuse(complaints.details)


def check_picture(menu: Json, kind: str, picture: bytes) -> None:
    """Refuses a picture that LINE would not show for this menu."""
    if kind not in ("image/png", "image/jpeg"):
        raise RefusalError(415, "Unsupported Media Type")
    if len(picture) > _MOST_BYTES:
        raise RefusalError(413, "Request Entity Too Large")
    try:
        with Image.open(io.BytesIO(picture)) as image:
            form, size = image.format, image.size
    except (UnidentifiedImageError, OSError, ValueError):
        form, size = None, (0, 0)
    if form != kind.removeprefix("image/").upper():
        raise RefusalError(400, "The image is not of the announced type")
    if size != (menu["size"]["width"], menu["size"]["height"]):
        raise RefusalError(400, "The image size does not match the size of the rich menu")


def _check_tap(complaints: Complaints, action: object, where: str) -> None:
    if isinstance(action, dict) and action.get("type") == "richmenuswitch":
        complaints.text(action, "label", where, most=20, required=False, measure=grapheme_length)
        complaints.text(action, "data", where, most=300)
        alias = complaints.text(action, "richMenuAliasId", where, most=32)
        if alias is not None and not ALIAS.fullmatch(alias):
            complaints.add(f"{where}.richMenuAliasId", "Must be 1 to 32 of a-z 0-9 _ -")
        return
    check_action(complaints, action, where, label_most=20, label_required=False, kinds=(*TAPS, "richmenuswitch"))


def _whole(complaints: Complaints, holder: Json, where: str, **bounds: tuple[int, int]) -> bool:
    """Whether each is a whole number within its bounds; complains of those that are not."""
    wrong = [
        key
        for key, (least, most) in bounds.items()
        if type(holder.get(key)) is not int or not least <= holder[key] <= most
    ]
    for key in wrong:
        complaints.add(f"{where}.{key}", f"Must be between {bounds[key][0]} and {bounds[key][1]}")
    return not wrong
