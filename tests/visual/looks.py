"""Compares a picture of the page with its reference, and renews references when told to.

Both pictures are blurred a little, so that letters smoothed otherwise by another machine are the same, and then a pixel
differs when one of its colours does by more than `NOTICEABLE`. A few such pixels are forgiven, `FORGIVEN` of all; a
picture of another size is another picture, but for two pixels.

``LOOKS=renew`` in the environment writes the references instead (``make looks``).
"""

import os
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

REFERENCES = Path(__file__).parent / "references"
SEEN = Path(__file__).parents[2] / ".cache" / "looks"
"""Where a picture is left that was not as expected."""
BLUR = 1.5
"""In pixels."""
NOTICEABLE = 28
"""Of 255; between two colours that a person would tell apart side by side."""
FORGIVEN = 0.001
SHADES = 256
"""So many colours has a reference: it is a third as large, and no difference is noticeable."""
_SIZE_PX = 2


def difference(seen: Image.Image, expected: Image.Image) -> float:
    """The share of pixels that a person would see to be different, from 0 to 1."""
    width, height = min(seen.width, expected.width), min(seen.height, expected.height)
    if max(seen.width, expected.width) - width > _SIZE_PX or max(seen.height, expected.height) - height > _SIZE_PX:
        return 1.0
    soft = [_soft(picture.crop((0, 0, width, height))) for picture in (seen, expected)]
    apart = ImageChops.difference(*soft)
    red, green, blue = apart.split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    different = sum(most.histogram()[NOTICEABLE + 1 :])
    return different / (width * height)


def check(name: str, png: bytes) -> None:
    """Fails unless *png* looks like the reference called *name*; renews that when told to."""
    path = REFERENCES / f"{name}.png"
    seen = Image.open(BytesIO(png)).convert("RGB")
    if os.environ.get("LOOKS") == "renew":
        if not path.exists() or difference(seen, Image.open(path).convert("RGB")) > 0:
            path.parent.mkdir(parents=True, exist_ok=True)
            seen.quantize(SHADES, dither=Image.Dither.NONE).save(path, optimize=True)
        return
    assert path.exists(), f"there is no reference {name}; make one: make looks"
    expected = Image.open(path).convert("RGB")
    found = difference(seen, expected)
    if found > FORGIVEN:
        left = SEEN / f"{name}.png"
        left.parent.mkdir(parents=True, exist_ok=True)
        beside(expected, seen).save(left)
        share = f"{100 * found:.2f} %"
        raise AssertionError(f"{name} looks different ({share}): compare {left}; if that is meant: make looks")


def beside(expected: Image.Image, seen: Image.Image) -> Image.Image:
    """Both pictures side by side, the expected one on the left."""
    both = Image.new("RGB", (expected.width + seen.width + 8, max(expected.height, seen.height)), "#d000d0")
    both.paste(expected, (0, 0))
    both.paste(seen, (expected.width + 8, 0))
    return both


def _soft(picture: Image.Image) -> Image.Image:
    return picture.convert("RGB").filter(ImageFilter.GaussianBlur(BLUR))
