"""Copies of a text as other fingers would have typed it: all in kana, or with one slip."""

import random

from bot.understanding.morphology import analyse, hiragana, reading
from bot.understanding.normalise import normalise

# The flick keyboard: one key carries one consonant, so a slip stays in its column or changes the marks on the letter.
_KEYS = (
    "あいうえおぁぃぅぇぉ", "かきくけこがぎぐげご", "さしすせそざじずぜぞ", "たちつてとっだぢづでど", "なにぬねの",
    "はひふへほばびぶべぼぱぴぷぺぽ", "まみむめも", "やゆよゃゅょ", "らりるれろ", "わをん",
)  # fmt: skip
_SAME_KEY = {letter: key.replace(letter, "") for key in _KEYS for letter in key}


def kana(text: str) -> str:
    """*text* all in hiragana, as its words are read."""
    return reading(analyse(normalise(text)))


def typo(text: str, source: random.Random) -> str:
    """*text* with one wrong flick: a kana exchanged for another of its key, dropped, or doubled."""
    return slip(normalise(text), source)


def slip(text: str, source: random.Random) -> str:
    """A normalised *text* with one such slip; *text* itself where it has no kana."""
    places = [place for place, letter in enumerate(text) if hiragana(letter) in _SAME_KEY]
    if not places:
        return text
    place = source.choice(places)
    slip = source.random()
    if slip < 0.15 and len(text) > 3:
        return text[:place] + text[place + 1 :]
    if slip < 0.25:
        return text[:place] + text[place] + text[place:]
    soft = hiragana(text[place])
    wrong = source.choice(_SAME_KEY[soft])
    if soft != text[place]:
        wrong = chr(ord(wrong) + 0x60)
    return text[:place] + wrong + text[place + 1 :]
