"""The pictures of the pack: there, drawable, small enough for LINE, and at an address that only their content decides."""

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image

from bot.library.gallery import SHAPE, STYLE, WIDTHS, DrawingError, Gallery
from bot.library.library import Library
from bot.library.loader import load
from bot.library.schema import Drawing, Exercise, Routine, Term
from bot.settings import DEFAULT_CONTENT
from bot.talks.speaker import PICTURE

PICTURES = DEFAULT_CONTENT / "pictures"
NAMES = sorted(path.stem for path in PICTURES.glob("*.svg") if path.stem != PICTURE)
MUSCLES = ("latissimus-dorsi", "trapezius", "rhomboid", "erector-spinae")
SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 600"><rect class="{}" width="800" height="600"/></svg>'
)
MOST_BYTES = 1024 * 1024


@pytest.fixture(scope="module")
def library() -> Library:
    return load(DEFAULT_CONTENT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "square.svg").write_text(SQUARE.format("dark"), encoding="utf-8")
    (tmp_path / "pictures" / STYLE).write_text(".dark { fill: #000000 }", encoding="utf-8")
    return tmp_path / "pictures"


def gallery(folder: Path) -> Gallery:
    return Gallery(folder, folder.parent / "kept")


def path_of(gallery: Gallery, name: str = "square", width: int = 240) -> str:
    path = gallery.path(name, width)
    assert path is not None
    return path


def opened(png: bytes | None) -> Image.Image:
    assert png is not None
    return Image.open(io.BytesIO(png), formats=["PNG"]).convert("RGB")


def pictured(library: Library) -> dict[str, Drawing | None]:
    terms = {f"term/{muscle}": library.entry(f"term/{muscle}") for muscle in MUSCLES}
    assert all(isinstance(term, Term) for term in terms.values())
    entries = (*library.of(Exercise), *library.of(Routine), *terms.values())
    return {entry.id: getattr(entry, "picture", None) for entry in entries}


def test_each_exercise_routine_and_muscle_has_a_picture_of_its_own_and_words_for_it(library: Library) -> None:
    found = pictured(library)

    assert [id for id, picture in found.items() if picture is None] == []
    assert {picture.name for picture in found.values() if picture is not None} == set(NAMES), "drawn for nobody"
    assert len({picture.alt for picture in found.values() if picture is not None}) == len(found)


@pytest.mark.parametrize("name", NAMES)
def test_each_drawing_becomes_a_png_that_line_takes(name: str) -> None:
    png = Gallery(PICTURES).draw(name, WIDTHS[0])

    assert len(png) < MOST_BYTES
    image = opened(png)
    assert image.size == (WIDTHS[0], WIDTHS[0] * SHAPE[1] // SHAPE[0])
    assert len(image.getcolors(maxcolors=2**20) or ()) > 10, "an empty sheet"


def test_the_picture_beside_what_staff_write_is_square_as_line_wants_it() -> None:
    png = Gallery(PICTURES).draw(PICTURE, WIDTHS[0])

    assert len(png) < MOST_BYTES
    assert opened(png).size == (WIDTHS[0], WIDTHS[0])


@pytest.mark.parametrize("width", WIDTHS)
def test_a_drawing_has_the_width_that_was_asked_for(width: int) -> None:
    image = opened(Gallery(PICTURES).draw("bird-dog", width))

    assert image.size == (width, width * SHAPE[1] // SHAPE[0])


@pytest.mark.parametrize("name", NAMES)
def test_a_drawing_holds_no_words_and_nothing_from_elsewhere(name: str) -> None:
    drawing = (PICTURES / f"{name}.svg").read_text(encoding="utf-8")

    assert "<text" not in drawing
    assert "http" not in drawing.replace("http://www.w3.org/2000/svg", "")
    assert f'href="{STYLE}"' in drawing, "without it a browser shows the file in black"


def test_the_same_drawing_is_the_same_file_and_at_the_same_address(folder: Path) -> None:
    first, second = gallery(folder), gallery(folder)

    assert path_of(first) == path_of(second)
    assert first.draw("square", 240) == second.draw("square", 240)


@pytest.mark.parametrize("file", ["square.svg", STYLE])
def test_the_address_is_another_when_the_picture_is(folder: Path, file: str) -> None:
    before = path_of(gallery(folder))
    changed = folder / file
    changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")

    assert path_of(gallery(folder)) != before


def test_what_was_rendered_is_shown_after_the_picture_has_become_another(folder: Path) -> None:
    before = path_of(gallery(folder)).rpartition("/")[2]
    png = gallery(folder).shown(before)
    (folder / STYLE).write_text(".dark { fill: #ff0000 }", encoding="utf-8")

    assert png is not None
    assert gallery(folder).shown(before) == png


@pytest.mark.parametrize(
    "file",
    [
        "square.png",
        "square-240.png",
        "0" * 32 + "-square-240.png",
        "../pictures/square.svg",
        "..",
        "",
        "style.css",
    ],
)
def test_an_address_that_was_made_up_leads_nowhere(folder: Path, file: str) -> None:
    (folder.parent / "kept").mkdir()

    assert gallery(folder).shown(file) is None


def test_there_is_no_other_width_and_no_picture_of_another_name(folder: Path) -> None:
    assert gallery(folder).path("square", 241) is None
    assert gallery(folder).path("circle", 240) is None
    assert gallery(folder).shown(path_of(gallery(folder)).rpartition("/")[2].replace("240", "241")) is None


def test_a_picture_is_shown_where_nothing_can_be_kept(folder: Path) -> None:
    (folder.parent / "kept").write_text("no folder", encoding="utf-8")

    assert opened(gallery(folder).shown(path_of(gallery(folder)).rpartition("/")[2])).size == (240, 180)


def test_a_file_that_is_no_drawing_is_told_and_shown_to_nobody(folder: Path) -> None:
    (folder / "square.svg").write_text("<svg", encoding="utf-8")
    made = gallery(folder)

    with pytest.raises(DrawingError):
        made.draw("square", 240)
    assert made.shown(path_of(made).rpartition("/")[2]) is None


def test_a_photograph_is_cut_to_the_shape_of_the_drawings(folder: Path) -> None:
    photograph = Image.new("RGB", (300, 600), "#00ff00")
    photograph.paste("#ff0000", (0, 0, 300, 100))
    photograph.save(folder / "photo.png")

    image = opened(gallery(folder).draw("photo", 240))
    assert image.size == (240, 180)
    assert image.getpixel((120, 5)) == (0, 255, 0), "what stands out above is cut off"


def test_a_drawing_without_a_ground_lies_on_white(folder: Path) -> None:
    (folder / "square.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 6"/>', encoding="utf-8")

    assert opened(gallery(folder).draw("square", 240)).getpixel((1, 1)) == (255, 255, 255)


def test_a_picture_that_is_not_there_is_a_problem_of_the_pack(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(DEFAULT_CONTENT, pack)
    (pack / "pictures" / "walk.svg").unlink()

    with pytest.raises(Exception, match="pictures/walk.svg does not exist; draw it or mend the name") as told:
        load(pack)
    lines = (pack / "exercises" / "training.yaml").read_text(encoding="utf-8").splitlines()
    place = next(number for number, line in enumerate(lines, start=1) if "{name: walk," in line)
    assert str(told.value).startswith(f"exercises/training.yaml: {place}: ")
