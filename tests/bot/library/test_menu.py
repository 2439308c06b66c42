"""The rich menu of a pack: what its file may say, what its words lead to, and how its pictures come out."""

import io
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from bot.library import menu_drawing
from bot.library.gallery import DrawingError
from bot.library.loader import ContentError, load
from bot.library.menu_drawing import HEIGHT, MOST_BYTES, WIDTH
from bot.settings import DEFAULT_CONTENT

AA_LARGE_AND_SMALL = 4.5


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEFAULT_CONTENT, tmp_path / "content"))


def change(pack: Path, before: str, after: str) -> None:
    file = pack / "richmenu.yaml"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


def problems(pack: Path) -> str:
    with pytest.raises(ContentError) as refused:
        load(pack)
    return str(refused.value)


def test_every_field_says_words_that_lead_where_the_tap_does(knowledge):
    areas = [area for tab in knowledge.library.richmenu.tabs for area in tab.areas]
    led = {area.says: knowledge.read(area.says, datetime(2026, 11, 20, 1, tzinfo=UTC)).id for area in areas}

    assert led == {area.says: area.opens for area in areas}
    assert len(led) == 12


def test_every_label_on_the_menu_leads_there_in_words_too(knowledge):
    now = datetime(2026, 11, 20, 1, tzinfo=UTC)
    lost = {}
    for tab in knowledge.library.richmenu.tabs:
        for area in tab.areas:
            meaning = knowledge.read(area.label, now)
            if area.opens not in (meaning.id, *(candidate.id for candidate in meaning.candidates)):
                lost[area.label] = meaning.id

    assert lost == {}


def test_words_that_are_not_certain_to_be_understood_are_a_problem(pack):
    change(pack, "says: アクセス", "says: どんなとこ")

    assert "says: 'どんなとこ' is no keyword or phrasing of faq/access" in problems(pack)


def test_an_entry_or_an_icon_that_is_not_there_is_a_problem_with_its_line(pack):
    change(pack, "icon: heat, opens: check/back-heat", "icon: cold, opens: check/back-cold")

    assert re.search(r"richmenu\.yaml: \d+: icon: richmenu/cold\.svg does not exist", problems(pack))
    assert "opens: check/back-cold does not exist" in problems(pack)


def test_words_too_long_for_large_letters_are_a_problem(pack):
    change(pack, "[使い方]", "[このアカウントの使い方]")

    assert "has 11 characters; shorten it to 7" in problems(pack)


def test_staff_may_take_away_what_the_menu_opens(pack):
    library = load(pack, edits={"faq/access": {}, "message/menu_text": {"text": "こんにちは"}})

    assert "faq/access" not in library.entries
    assert library.richmenu is not None


def test_a_pack_without_a_menu_is_whole(pack):
    (pack / "richmenu.yaml").unlink()

    assert load(pack).richmenu is None


@pytest.fixture(scope="module")
def pictures() -> dict[str, bytes]:
    library = load(DEFAULT_CONTENT)
    assert library.richmenu is not None
    return menu_drawing.pictures(DEFAULT_CONTENT, library.richmenu)


def test_the_pictures_are_what_line_takes(pictures):
    for png in pictures.values():
        image = Image.open(io.BytesIO(png))

        assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
        assert len(png) < MOST_BYTES
    assert WIDTH == 2500
    assert WIDTH / HEIGHT >= 1.45


def test_the_words_are_drawn_and_every_tab_has_its_own_picture(pictures):
    shown = [Image.open(io.BytesIO(png)).convert("L") for png in pictures.values()]
    # Where the words of the first field stand, ink covers a good part of the white.
    ink = [
        sum(image.crop((60, 640, 800, 780)).point(lambda grey: grey < 90 and 255).histogram()[255:]) for image in shown
    ]

    assert min(ink) > 5_000
    assert len(set(pictures.values())) == len(pictures)


def test_an_icon_that_is_no_drawing_is_told(pack):
    library = load(pack)
    (pack / "richmenu" / "heat.svg").write_text("<svg>")

    with pytest.raises(DrawingError, match="richmenu/heat.svg is no drawing"):
        menu_drawing.pictures(pack, library.richmenu)


def test_the_areas_cover_the_picture_without_overlapping():
    boxes = [menu_drawing.tab_box(2, number) for number in range(2)] + [
        menu_drawing.area_box(number) for number in range(6)
    ]

    assert sum(width * height for _, _, width, height in boxes) == WIDTH * HEIGHT
    assert max(left + width for left, _, width, _ in boxes) == WIDTH
    assert max(top + height for _, top, _, height in boxes) == HEIGHT


def test_words_stand_out_from_what_is_behind_them():
    style = (DEFAULT_CONTENT / "richmenu" / "style.css").read_text(encoding="utf-8")
    colour = dict(re.findall(r"\.([a-z-]+) \{ fill: (#[0-9a-f]{6})", style))

    for words, behind in (("words", "tab-on"), ("words", "cell"), ("words-off", "tab-off")):
        light, dark = sorted((luminance(colour[words]), luminance(colour[behind])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= AA_LARGE_AND_SMALL


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
