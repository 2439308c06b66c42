"""Checks the actions behind buttons and quick replies as LINE would."""

import re
from datetime import date, datetime, time
from typing import Any

from .complaints import Complaints, Json, grapheme_length

TAPS = ("postback", "message", "uri", "datetimepicker", "clipboard")
QUICK_REPLY_TAPS = (*TAPS, "camera", "cameraRoll", "location")

_LONGEST_DATA = 300
_LONGEST_TEXT = 300
_LONGEST_CLIPBOARD = 1000
_INPUT_OPTIONS = ("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice")
_FORMS = {
    "date": r"\d{4}-\d\d-\d\d",
    "time": r"\d\d:\d\d",
    "datetime": r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d",
}
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


def check_action(
    complaints: Complaints,
    action: object,
    where: str,
    *,
    label_most: int,
    label_required: bool = True,
    kinds: tuple[str, ...] = TAPS,
) -> None:
    """Complains of everything in *action* that LINE would refuse; *label_most* depends on where it is used."""
    found = complaints.mapping(action, where)
    if found is None or not complaints.choice(found, "type", where, kinds, required=True):
        return
    complaints.text(found, "label", where, most=label_most, required=label_required, measure=grapheme_length)
    match found["type"]:
        case "postback":
            _check_postback(complaints, found, where)
        case "message":
            complaints.text(found, "text", where, most=_LONGEST_TEXT, measure=grapheme_length)
        case "uri":
            _check_uri(complaints, found, where)
        case "datetimepicker":
            _check_picker(complaints, found, where)
        case "clipboard":
            complaints.text(found, "clipboardText", where, most=_LONGEST_CLIPBOARD)


def _check_postback(complaints: Complaints, action: Json, where: str) -> None:
    complaints.text(action, "data", where, most=_LONGEST_DATA)
    for key in ("displayText", "text", "fillInText"):
        complaints.text(action, key, where, most=_LONGEST_TEXT, required=False, measure=grapheme_length)
    if "displayText" in action and "text" in action:
        complaints.add(f"{where}.displayText", "displayText and text cannot be used at the same time")
    complaints.choice(action, "inputOption", where, _INPUT_OPTIONS, required=False)
    if "fillInText" in action and action.get("inputOption") != "openKeyboard":
        complaints.add(f"{where}.fillInText", "fillInText needs inputOption openKeyboard")


def _check_uri(complaints: Complaints, action: Json, where: str) -> None:
    complaints.uri(action, "uri", where)
    if (other := action.get("altUri")) is not None and (found := complaints.mapping(other, f"{where}.altUri")):
        complaints.uri(found, "desktop", f"{where}.altUri")


def _check_picker(complaints: Complaints, action: Json, where: str) -> None:
    complaints.text(action, "data", where, most=_LONGEST_DATA)
    if not complaints.choice(action, "mode", where, tuple(_FORMS), required=True):
        return
    moments = {
        key: _moment(complaints, action[key], action["mode"], f"{where}.{key}")
        for key in ("min", "initial", "max")
        if key in action
    }
    known = [moment for moment in moments.values() if moment is not None]
    if known != sorted(known) or ("min" in moments and "max" in moments and known[:1] == known[-1:]):
        complaints.add(f"{where}.min", "min, initial and max must be in order")


def _moment(complaints: Complaints, value: Any, mode: str, where: str) -> str | None:
    """*value* in a form that sorts by time, or ``None`` and a complaint."""
    if isinstance(value, str) and re.fullmatch(_FORMS[mode], value):
        try:
            if mode == "time":
                return time.fromisoformat(value).isoformat()
            parsed = datetime.fromisoformat(value.upper()) if mode == "datetime" else date.fromisoformat(value)
        except ValueError:
            pass
        else:
            if _FIRST_YEAR <= parsed.year <= _LAST_YEAR:
                return parsed.isoformat()
    complaints.add(where, f"Must be a valid {mode}")
    return None
