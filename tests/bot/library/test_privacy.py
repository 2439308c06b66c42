"""What a pack says about data is filled in with the practice's own facts, and with nothing that nobody fills in."""

from datetime import date

import pytest

from bot.library.privacy import Part, Privacy, problems

TODAY = date(2026, 11, 22)


def privacy(short: str, text: str = "a", keep_days: int = 90) -> Privacy:
    parts = (Part(title="a", text=text),)
    return Privacy(title="a", updated_on=TODAY, keep_days=keep_days, short=short, parts=parts)


def test_values_stand_in_the_place_of_their_names() -> None:
    filled = privacy("$name $keep_days日", "$phone").filled({"name": "a院", "phone": "00", "address": "b"})

    assert (filled.short, filled.parts[0].text) == ("a院 90日", "00")


@pytest.mark.parametrize(
    ("short", "text", "wrong"),
    [
        ("$$1 $name", "$address $keep_days", []),
        (
            "$days",
            "a",
            [
                (
                    ("short",),
                    "short: $days is not filled in here; the values are: address, keep_blocked_days, keep_days, name, phone",
                )
            ],
        ),
        ("a", "$ 1", [(("parts", 0, "text"), "text: a `$` must begin a value's name; write `$$` for the sign itself")]),
    ],
)
def test_what_is_not_filled_in_is_told_with_its_place(short: str, text: str, wrong: list[object]) -> None:
    assert list(problems(privacy(short, text))) == wrong
