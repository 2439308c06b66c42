"""Texts without letters that nobody sees: they hide words from a reader, turn lines around, or count without being there."""

import re

import regex

_PICTURE = r"[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F]"
_HIDDEN = regex.compile(
    rf"""
      [\p{{Cc}}\p{{Co}}\p{{Cs}}--[\n\t]]                 # controls, private use, halves of a letter
    | [\p{{Cf}}--[\u200D\U000E0020-\U000E007F]]          # zero width, bidi, soft hyphens, marks of order
    | (?<!{_PICTURE})\u200D | \u200D(?!\p{{Extended_Pictographic}})    # joins pictures (a family), nothing else
    | (?<!\p{{Emoji}})\uFE0F | (?<=[0-9\#*])\uFE0F(?!\u20E3)         # asks for a picture where there is one
    | [\uFE00-\uFE0E]
    | (?<!\p{{Han}})[\U000E0100-\U000E01EF]              # tells the forms of a letter in names apart
    | (?<!\U0001F3F4[\U000E0020-\U000E007F]*)[\U000E0020-\U000E007F]   # spells the flags of some countries
    | [\u115F\u1160\u3164\uFFA0\u2800]                   # letters that are blank
    """,
    regex.VERBOSE | regex.VERSION1,
)

# ASCII, Japanese punctuation, kana, the common Han letters and their wide forms, without the marks that join what stands before them.
_PLAIN = re.compile("[\n\t -~\u3000-\u3029\u3030-\u303f\u3041-\u3096\u309b-\u30ff\u4e00-\u9fff\uff01-\uff5e]*")


def is_plain(text: str) -> bool:
    """Whether each letter of *text* stands by itself and is seen; most texts are so, and need no further look."""
    return _PLAIN.fullmatch(text) is not None


def visible(text: str) -> str:
    """*text* with all that can be seen in it, and nothing else; line breaks and emoji stay whole. Idempotent."""
    if is_plain(text):
        return text
    before = None
    while text != before:  # What stood on either side of a hidden letter may now stand together.
        before, text = text, _HIDDEN.sub("", text)
    return text
