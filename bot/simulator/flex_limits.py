"""Checks the structure of Flex messages as LINE would: known components, known properties, values in form."""

import re
from typing import Any

from .action_limits import check_action
from .complaints import Complaints, Json, json_size

_BUBBLE_BYTES = 30_000
_CAROUSEL_BYTES = 50_000
_MOST_BUBBLES = 12
_LONGEST_LABEL = 40

_PX = r"\d+(\.\d+)?px"
_PERCENT = r"\d+(\.\d+)?%"
_STEPS = "xs|sm|md|lg|xl|xxl"
_SPACE = f"none|{_STEPS}|{_PX}"
_OFFSET = f"none|{_STEPS}|-?{_PX}|-?{_PERCENT}"
_PADDING = f"none|{_STEPS}|{_PX}|{_PERCENT}"
_LENGTH = f"{_PX}|{_PERCENT}"
_FONT = f"xxs|{_STEPS}|3xl|4xl|5xl|{_PX}"
_COLOUR = r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{8})"
_ALIGN = "start|end|center"
_GRAVITY = "top|bottom|center"
_RATIO = r"\d{1,6}(\.\d+)?:\d{1,6}(\.\d+)?"

_PLACE = {"margin": _SPACE, "position": "relative|absolute"} | {
    f"offset{side}": _OFFSET for side in ("Top", "Bottom", "Start", "End")
}
_LETTERS = {
    "size": _FONT,
    "color": _COLOUR,
    "weight": "regular|bold",
    "style": "normal|italic",
    "decoration": "none|underline|line-through",
}
_FORMS: dict[str, dict[str, str]] = {
    "box": _PLACE
    | {f"padding{side}": _PADDING for side in ("All", "Top", "Bottom", "Start", "End")}
    | dict.fromkeys(("width", "maxWidth", "height", "maxHeight"), _LENGTH)
    | {
        "layout": "horizontal|vertical|baseline",
        "spacing": _SPACE,
        "backgroundColor": _COLOUR,
        "borderColor": _COLOUR,
        "borderWidth": f"none|light|normal|medium|semi-bold|bold|{_PX}",
        "cornerRadius": _SPACE,
        "justifyContent": "flex-start|center|flex-end|space-between|space-around|space-evenly",
        "alignItems": "flex-start|center|flex-end",
    },
    "button": _PLACE
    | {"color": _COLOUR, "style": "primary|secondary|link", "height": "sm|md", "gravity": _GRAVITY}
    | {"adjustMode": "shrink-to-fit"},
    "image": _PLACE
    | {"align": _ALIGN, "gravity": _GRAVITY, "size": f"{_FONT}|{_PERCENT}|full", "aspectRatio": _RATIO}
    | {"aspectMode": "cover|fit", "backgroundColor": _COLOUR},
    "video": {"aspectRatio": _RATIO},
    "icon": _PLACE | {"size": _FONT, "aspectRatio": _RATIO},
    "text": _PLACE
    | _LETTERS
    | {"align": _ALIGN, "gravity": _GRAVITY, "lineSpacing": _PX, "adjustMode": "shrink-to-fit"},
    "span": _LETTERS,
    "separator": {"margin": _SPACE, "color": _COLOUR},
    "filler": {},
}
_NUMBERS = {
    "box": ("flex",),
    "button": ("flex",),
    "image": ("flex",),
    "text": ("flex", "maxLines"),
    "filler": ("flex",),
}
_FLAGS = {"button": ("scaling",), "image": ("animated",), "icon": ("scaling",), "text": ("wrap", "scaling")}
_OTHERS = {
    "box": ("contents", "action", "background"),
    "button": ("action",),
    "image": ("url", "action"),
    "video": ("url", "previewUrl", "altContent", "action"),
    "icon": ("url",),
    "text": ("text", "contents", "action"),
    "span": ("text",),
}
_IN_BOX = ("box", "button", "image", "text", "separator", "filler")
_IN_BASELINE = ("icon", "text", "filler")
_BLOCKS = {"header": ("box",), "hero": ("box", "image", "video"), "body": ("box",), "footer": ("box",)}
_SIZES = ("nano", "micro", "deca", "hecto", "kilo", "mega", "giga")


def check_container(complaints: Complaints, container: object, where: str) -> None:
    """Complains of everything in a Flex container that LINE would refuse."""
    found = complaints.mapping(container, where)
    if found is None or not complaints.choice(found, "type", where, ("bubble", "carousel"), required=True):
        return
    if found["type"] == "bubble":
        _check_bubble(complaints, found, where)
        return
    if json_size(found) > _CAROUSEL_BYTES:
        complaints.add(where, "Carousel must be at most 50 KB")
    bubbles = complaints.items(found, "contents", where, least=1, most=_MOST_BUBBLES)
    for number, bubble in enumerate(bubbles):
        here = f"{where}.contents[{number}]"
        inner = complaints.mapping(bubble, here)
        if inner is not None and complaints.choice(inner, "type", here, ("bubble",), required=True):
            _check_bubble(complaints, inner, here)
    if len({str(bubble.get("size", "mega")) for bubble in bubbles if isinstance(bubble, dict)}) > 1:
        complaints.add(f"{where}.contents", "All bubbles must have the same size")


def _check_bubble(complaints: Complaints, bubble: Json, where: str) -> None:
    if json_size(bubble) > _BUBBLE_BYTES:
        complaints.add(where, "Bubble must be at most 30 KB")
    _check_known(complaints, bubble, where, {"type", "size", "direction", "styles", "action", *_BLOCKS})
    complaints.choice(bubble, "size", where, _SIZES, required=False)
    complaints.choice(bubble, "direction", where, ("ltr", "rtl"), required=False)
    if not any(bubble.get(block) for block in _BLOCKS):
        complaints.add(where, "At least one block must be specified")
    for block, kinds in _BLOCKS.items():
        if bubble.get(block) is not None:
            _check_component(complaints, bubble[block], f"{where}.{block}", kinds)
    _check_tap(complaints, bubble, where)
    if bubble.get("styles") is not None and (styles := complaints.mapping(bubble["styles"], f"{where}.styles")):
        _check_known(complaints, styles, f"{where}.styles", set(_BLOCKS))
        for block in styles:
            here = f"{where}.styles.{block}"
            if style := complaints.mapping(styles[block], here):
                _check_known(complaints, style, here, {"backgroundColor", "separator", "separatorColor"})
                _check_form(complaints, style, "backgroundColor", here, _COLOUR)
                _check_form(complaints, style, "separatorColor", here, _COLOUR)
                complaints.flag(style, "separator", here)


def _check_component(complaints: Complaints, component: object, where: str, kinds: tuple[str, ...]) -> None:
    found = complaints.mapping(component, where)
    if found is None or not complaints.choice(found, "type", where, kinds, required=True):
        return
    kind: str = found["type"]
    forms, others = _FORMS[kind], _OTHERS.get(kind, ())
    numbers, flags = _NUMBERS.get(kind, ()), _FLAGS.get(kind, ())
    _check_known(complaints, found, where, {"type", *forms, *numbers, *flags, *others})
    for key, form in forms.items():
        _check_form(complaints, found, key, where, form)
    for key in numbers:
        if key in found:
            complaints.number(found, key, where, least=0, most=1_000_000)
    for key in flags:
        complaints.flag(found, key, where)
    if "url" in others:
        complaints.https(found, "url", where)
    _check_tap(complaints, found, where, required=kind == "button")
    _check_inside(complaints, found, kind, where)


def _check_inside(complaints: Complaints, found: Json, kind: str, where: str) -> None:
    """What only one kind of component has: its children, its words, its required properties."""
    match kind:
        case "box":
            if "layout" not in found:
                complaints.add(f"{where}.layout", "must be specified")
            kinds = _IN_BASELINE if found.get("layout") == "baseline" else _IN_BOX
            for number, child in enumerate(complaints.items(found, "contents", where, least=0, most=1_000)):
                _check_component(complaints, child, f"{where}.contents[{number}]", kinds)
            if "background" in found:
                _check_gradient(complaints, found["background"], f"{where}.background")
        case "text" if "contents" in found:
            for number, child in enumerate(complaints.items(found, "contents", where, least=0, most=1_000)):
                _check_component(complaints, child, f"{where}.contents[{number}]", ("span",))
        case "text" | "span":
            # LINE refuses an empty text here, while a single space passes.
            if not isinstance(found.get("text"), str) or not found["text"]:
                complaints.add(f"{where}.text", "must be non-empty text")
        case "video":
            complaints.https(found, "previewUrl", where)
            _check_component(complaints, found.get("altContent"), f"{where}.altContent", ("box", "image"))


def _check_tap(complaints: Complaints, holder: Json, where: str, *, required: bool = False) -> None:
    """Complains of a wrong action; a button must have one, with a label."""
    if holder.get("action") is not None or required:
        here = f"{where}.action"
        check_action(complaints, holder.get("action"), here, label_most=_LONGEST_LABEL, label_required=required)


def _check_gradient(complaints: Complaints, background: Any, where: str) -> None:
    found = complaints.mapping(background, where)
    if found is None or not complaints.choice(found, "type", where, ("linearGradient",), required=True):
        return
    _check_form(complaints, found, "angle", where, r"\d{1,3}(\.\d+)?deg", required=True)
    _check_form(complaints, found, "startColor", where, _COLOUR, required=True)
    _check_form(complaints, found, "endColor", where, _COLOUR, required=True)
    _check_form(complaints, found, "centerColor", where, _COLOUR)
    _check_form(complaints, found, "centerPosition", where, _PERCENT)


def _check_known(complaints: Complaints, holder: Json, where: str, known: set[str]) -> None:
    for key in sorted(holder.keys() - known):
        complaints.add(f"{where}.{key}", "unknown property")


def _check_form(
    complaints: Complaints, holder: Json, key: str, where: str, form: str, *, required: bool = False
) -> None:
    if key not in holder and not required:
        return
    value = holder.get(key)
    if not isinstance(value, str) or not re.fullmatch(form, value):
        complaints.add(f"{where}.{key}", "invalid property")
