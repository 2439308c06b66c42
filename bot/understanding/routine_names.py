"""Which routine a sentence names: by its names in any spelling, or by its part of the day (朝のやつ)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.library.schema import Routine
from bot.understanding import morphology, times
from bot.understanding.normalise import normalise
from bot.understanding.time_spelling import fold, spell

MARK = "\ue000"
"""What stands in a text for the name of a routine."""

_PART = rf"(?<![毎今])(?!毎|今|午|[ap]m){times.PART}"
_HABIT = "るちん|るてぃん|めにゅ|体操|習慣"
_THING = (
    r"やつ|のん|方(?=[はをも]|だけ)|分(?!か)|ぶん(?=[はをもだ]|$)|運動|とれに?んぐ|りまいんど?だ?"
    rf"|通知|つうち|お?知らせ|おしらせ|あらむ|声かけ|{_HABIT}"
)
_PART_NAME = re.compile(rf"(?P<part>{_PART})(?:の(?P<thing>{_THING})|(?P<habit>{_HABIT})|の(?=[をはも]|だけ))")
_TOPIC = re.compile(
    rf"(?:^|、|。)(?P<part>{_PART})(?:は|だけ|のみ)(?=、?(?:[0-9今もちい要結通お変止やか休な消切少]))"
    r"(?=.*(?:に(?:し|す)|変|かえ|いら|止|やめ|休|なし|消|切))"
)
_JOINS = ("と", "・", "や", "、")
_AND_PART = re.compile(rf"({times.PART})[と・や、]$")
_LEAD = re.compile(rf"^(?:{times.PART}|お)?の?(?:\d+分の?)?")
# お風呂から上がったら is a moment, no name.
_BATHED = re.compile(
    r"(?:から|を|に)?(?:あがっ|上がっ|(?:あが|上が)りに|出[たて]|入っ|入る(?:ところ|とこ|から|ので)|[やだ]から|なので|が(?:遅|早|長|終|あと))"
)
# 今お風呂 says where one is.
_NOW = re.compile(r"(?:今|いま)$")
_NOTHING = re.compile(r"$|[!。、]|中")
_KANJI = re.compile(r"[一-龥]+")
_KANA = re.compile(r"[ぁ-ん]+")
_PART_AT_MARK = re.compile(rf"({times.PART})の?(?:\d+分の?)?{MARK}")
_PART_FIRST = re.compile(rf"{times.PART}の?")
_MARKS = re.compile(rf"(?:{_PART}の?)?(?:\d+分の?)?{MARK}(?:(?:の|と)?(?:\d+分の?)?(?:やつ|のん|{MARK}))*")


@dataclass(frozen=True)
class Naming:
    """A text with its routine names replaced by marks, and the routine that they mean."""

    text: str
    routine: Routine | None


class RoutineNames:
    """The names of the routines, ready to be looked for."""

    def __init__(self, routines: Sequence[Routine]) -> None:
        self._by_part: dict[str, list[Routine]] = {}
        owners: dict[str, dict[str, float]] = {}
        self._routines = {routine.id: routine for routine in routines}
        for routine in routines:
            self._by_part.setdefault(routine.part_of_day.value, []).append(routine)
            for name in dict.fromkeys((routine.title, routine.label, *routine.nicknames)):
                for form, weight in _forms(name):
                    claims = owners.setdefault(form, {})
                    claims[routine.id] = max(claims.get(routine.id, 0.0), weight)
        self._owners = owners
        forms = sorted(owners, key=len, reverse=True)
        self._pattern = re.compile(f"(?=({'|'.join(map(re.escape, forms)) or '(?!)'}))")

    def find(self, folded: str) -> Naming:
        """*folded* text with its routine names marked, spelled; and which routine they mean."""
        claims: dict[str, float] = {}
        several = False
        later, heard = 0, ""
        for start, name in self._names_in(folded):
            # 筋トレとストレッチ names two, so none by itself.
            joins = folded[start + len(name) : later] in _JOINS
            several |= joins and self._owners[name].keys().isdisjoint(self._owners.get(heard, ()))
            later, heard = start, name
            after = folded[start + len(name) :]
            if not _BATHED.match(after) and not (_NOW.search(folded[:start]) and _NOTHING.match(after)):
                for id, weight in self._owners[name].items():
                    claims[id] = claims.get(id, 0.0) + weight * len(name)
                # 今夜の深呼吸 is today's, 毎朝のストレッチ every day's: the part of day belongs to the word before.
                kept = _PART_FIRST.match(name) if folded[:start].endswith(("今", "毎")) else None
                folded = folded[:start] + (kept[0] if kept else "") + MARK + after
        text = spell(folded)
        for found in _PART_NAME.finditer(text):
            self._add_part(claims, found["part"])
            if other := _AND_PART.search(text[: found.start()]):
                # 朝と夜の通知 means both, so none by itself.
                self._add_part(claims, other[1])
        text = _PART_NAME.sub(_mark_part, text)
        if MARK in text:
            for found in _PART_AT_MARK.finditer(text):
                self._add_part(claims, found[1])
            text = _MARKS.sub(MARK, text)
        elif topic := _TOPIC.search(text):
            self._add_part(claims, topic["part"])
        return Naming(text, None if several else self._best(claims))

    def _names_in(self, folded: str) -> list[tuple[int, str]]:
        """The names in *folded* text with their places, last first; where two overlap the longer stands."""
        taken: list[tuple[int, str]] = []
        for found in sorted(self._pattern.finditer(folded), key=lambda found: -len(found[1])):
            start, name = found.start(), found[1]
            if all(start >= other + len(text) or start + len(name) <= other for other, text in taken):
                taken.append((start, name))
        return sorted(taken, reverse=True)

    def _add_part(self, claims: dict[str, float], word: str) -> None:
        part = times.part_of(word)
        for routine in self._by_part.get(part or "", ()):
            claims[routine.id] = claims.get(routine.id, 0.0) + 2.5

    def _best(self, claims: dict[str, float]) -> Routine | None:
        if not claims:
            return None
        best = max(claims.values())
        winners = [id for id, weight in claims.items() if weight == best]
        return self._routines[winners[0]] if len(winners) == 1 else None


def _mark_part(found: "re.Match[str]") -> str:
    return f"{MARK}の{found['thing']}" if found["thing"] else MARK


def _forms(name: str) -> list[tuple[str, float]]:
    """Every spelling of *name* with its weight: whole, without its part of the day, each half of a title that joins two."""
    forms: list[tuple[str, float]] = []
    folded = fold(normalise(name))
    if _PART_NAME.fullmatch(spell(folded)):
        # 朝のやつ is grammar: any part of the day with any such word.
        return forms
    pieces = {normalise(name): 1.0}
    bare = _bare(normalise(name))
    pieces.setdefault(bare, 0.9)
    for piece in bare.split("と"):
        pieces.setdefault(_bare(piece), 0.6)
    for piece, weight in pieces.items():
        words = morphology.analyse(piece)
        part = _PART_FIRST.match(piece)
        if part and len(part[0]) + len(words[-1].surface) < len(piece) - 1:
            # 夜のタオル for 夜のタオルリリース.
            forms.append((fold(piece.removesuffix(words[-1].surface)), weight * 0.9))
        if len(words) > 1 and (len(words[0].surface) > 2 or _KANJI.fullmatch(words[0].surface)):
            # タオルのやつ, 肩のやつ.
            forms.append((fold(words[0].surface) + "のやつ", weight * 0.9))
        for form in {fold(piece), fold(morphology.reading(words)), *_half_kana(words)}:
            # Two kana are too few to be a name by themselves.
            if len(form) >= (3 if _KANA.fullmatch(form) else 2):
                forms.append((form, weight))
    return forms


def _bare(name: str) -> str:
    spelled = _LEAD.sub("", name)
    return spelled if len(spelled) >= 2 else name


def _half_kana(words: tuple[morphology.Token, ...]) -> list[str]:
    """The spellings in which one word is in kana: 肩まわし for 肩回し."""
    written = [fold(word.surface) for word in words]
    return ["".join([*written[:n], fold(word.reading), *written[n + 1 :]]) for n, word in enumerate(words)]
