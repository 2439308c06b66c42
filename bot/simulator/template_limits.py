"""Checks template messages (buttons, confirm, carousel, image carousel) as LINE would."""

from .action_limits import check_action
from .complaints import Complaints, Json, grapheme_length

_KINDS = ("buttons", "confirm", "carousel", "image_carousel")
_LONGEST_LABEL = 20
_LONGEST_IMAGE_LABEL = 12
_LONGEST_TITLE = 40
_MOST_COLUMNS = 10


def check_template(complaints: Complaints, template: object, where: str) -> None:
    """Complains of everything in *template* that LINE would refuse."""
    found = complaints.mapping(template, where)
    if found is None or not complaints.choice(found, "type", where, _KINDS, required=True):
        return
    match found["type"]:
        case "buttons":
            complaints.choice(found, "imageAspectRatio", where, ("rectangle", "square"), required=False)
            complaints.choice(found, "imageSize", where, ("cover", "contain"), required=False)
            _check_card(complaints, found, where, text_most=160, text_beside_image=60, least=1, most=4)
        case "confirm":
            complaints.text(found, "text", where, most=240, measure=grapheme_length)
            _check_actions(complaints, found, where, least=2, most=2)
        case "carousel":
            _check_carousel(complaints, found, where)
        case "image_carousel":
            for number, column in enumerate(complaints.items(found, "columns", where, least=1, most=_MOST_COLUMNS)):
                here = f"{where}.columns[{number}]"
                if (card := complaints.mapping(column, here)) is not None:
                    complaints.https(card, "imageUrl", here)
                    check_action(
                        complaints,
                        card.get("action"),
                        f"{here}.action",
                        label_most=_LONGEST_IMAGE_LABEL,
                        label_required=False,
                    )


def _check_carousel(complaints: Complaints, template: Json, where: str) -> None:
    counts: set[int] = set()
    adorned: set[tuple[bool, bool]] = set()
    for number, column in enumerate(complaints.items(template, "columns", where, least=1, most=_MOST_COLUMNS)):
        here = f"{where}.columns[{number}]"
        if (card := complaints.mapping(column, here)) is not None:
            counts.add(_check_card(complaints, card, here, text_most=120, text_beside_image=60, least=1, most=3))
            adorned.add(("thumbnailImageUrl" in card, "title" in card))
    if len(counts) > 1:
        complaints.add(f"{where}.columns", "All columns must have the same number of actions")
    if len(adorned) > 1:
        complaints.add(f"{where}.columns", "Either all columns have an image or title, or none has")


def _check_card(
    complaints: Complaints, card: Json, where: str, *, text_most: int, text_beside_image: int, least: int, most: int
) -> int:
    """Complains of one card's faults; the number of its actions."""
    complaints.https(card, "thumbnailImageUrl", where, required=False)
    complaints.text(card, "title", where, most=_LONGEST_TITLE, required=False, measure=grapheme_length)
    crowded = bool(card.get("thumbnailImageUrl") or card.get("title"))
    longest = text_beside_image if crowded else text_most
    complaints.text(card, "text", where, most=longest, measure=grapheme_length)
    if "defaultAction" in card:
        check_action(
            complaints,
            card["defaultAction"],
            f"{where}.defaultAction",
            label_most=_LONGEST_LABEL,
            label_required=False,
        )
    return _check_actions(complaints, card, where, least=least, most=most)


def _check_actions(complaints: Complaints, card: Json, where: str, *, least: int, most: int) -> int:
    actions = complaints.items(card, "actions", where, least=least, most=most)
    for number, action in enumerate(actions):
        check_action(complaints, action, f"{where}.actions[{number}]", label_most=_LONGEST_LABEL)
    return len(actions)
