"""The figures of an evaluation as tables: plain for the terminal, in Markdown for the page in docs."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from bot.understanding.evaluate import Figures, Judged, confusions, mistakes, quantile

TITLES = {"": "As written", "kana": "All in kana", "typo": "With one wrong flick"}
COLUMNS = {
    "p_at_1": "P@1",
    "mrr": "MRR",
    "recall_at_3": "recall@3",
    "right": "right",
    "offered": "offered",
    "wrong": "wrong",
    "lost": "lost",
    "out_of_scope_answered": "strange answered",
    "ambiguous_ok": "ambiguous asked back rightly",
    "ambiguous_asked": "asked back at all",
}
EARNED = {
    "p_at_1": "P@1",
    "right": "right",
    "offered": "offered",
    "wrong": "wrong",
    "lost": "lost",
    "out_of_scope_answered": "strange answered",
}
WHOLE = "all of it"
BUILT = {
    "index_build_s": "The index is built in {:.2f} s when nothing is kept from before.",
    "safety_build_s": "The rules and examples of safety take {:.2f} s then.",
}
SAFETY = {"safety_recall": "noticed", "safety_kind": "right kind", "false_alarms": "false alarms"}
MOST = 20
UNREAD = "unseen"
"""What the name of a file holds whose messages nobody who works on the understanding shall read: the page has figures of them only."""

Table = Mapping[str, Figures]


class Part(NamedTuple):
    """What the matcher makes of a set of messages without one of its parts."""

    figures: Figures
    """As written."""
    right: Mapping[str, float | None]
    """What is answered rightly of each retyped copy."""
    pace: float
    """How long a message takes, where the whole matcher takes one."""


class Set(NamedTuple):
    """A set of messages and all that is shown of it."""

    name: str
    tables: Mapping[str, Table]
    """By title; the messages as written come first."""
    parts: Mapping[str, Part]
    """The whole matcher, and then the matcher without each of these."""
    judged: Sequence[Judged]
    """What became of them as written."""


def plain(table: Table) -> str:
    """All figures of *table*, the first row of which is ours, to be read in a terminal."""
    ours = next(iter(table.values()))
    parts = [
        _aligned(_methods(table)),
        _aligned(_safety(ours)),
        _aligned(_styles(ours)),
        _aligned(_reliability(ours)),
        _cost(ours),
    ]
    return "\n\n".join(parts)


LENGTHS = (5, 10, 20, 40, 80)
"""Letters up to which messages are counted together when the cost is shown by length."""
TIMES = (50, 100, 150, 200, 300, 400, 600, 1000)
"""Microseconds up to which messages are counted together in the histogram."""
BAR = 40
"""Marks of the longest bar."""


def page(sets: Sequence[Set]) -> str:
    """The whole page, one set of messages after the other."""
    parts = [
        "# How well messages are understood",
        "Written by `make evaluate`; do not edit. "
        "*Right*: answered with a wanted id. *Offered*: a wanted id among the choices. *Strange answered*: messages for no id that "
        "got an answer. *Ambiguous asked back rightly*: with a wanted id among the choices. P@1, MRR and recall@3 judge the ranking "
        "when an answer is forced. The baselines have no doubt: they answer whenever anything scores.",
    ]
    return "\n\n".join(chain(parts, *map(_set, sets))) + "\n"


def _set(shown: Set) -> Iterator[str]:
    first = next(iter(shown.tables.values()))
    ours = next(iter(first.values()))
    yield f"## {shown.name}"
    yield f"{ours['messages']} labelled messages, {ours['n']} of them in scope."
    for title, table in shown.tables.items():
        yield f"### {title}"
        yield _markdown(_methods(table))
    yield "### What each part earns"
    yield (
        "The matcher whole, and with each of its parts left out in turn. *Kana* and *typo*: right among the retyped copies. "
        "*Pace*: the time of reading, as a multiple of what the whole matcher takes at the same moment."
    )
    yield _markdown(_earned(shown.parts))
    yield "### Safety"
    for title, table in shown.tables.items():
        yield _markdown(_safety(next(iter(table.values())), title))
    yield from ("### By style", _markdown(_styles(ours)), "### Reliability", _markdown(_reliability(ours)))
    yield from ("### Cost", _cost(ours), _markdown(_by_length(shown.judged)), _markdown(_histogram(shown.judged)))
    yield "### Confusions when an answer is forced"
    pairs = [(wanted, got, str(count)) for (wanted, got), count in confusions(shown.judged).most_common(MOST)]
    yield _markdown([("wanted", "first", "messages"), *pairs])
    if UNREAD in shown.name:
        return
    yield "### The worst mistakes"
    worst = [
        (
            one.message["text"],
            ", ".join(one.message["want"]) or "-",
            one.meaning.outcome,
            one.meaning.id or ", ".join(each.id for each in one.meaning.candidates) or "-",
            f"{one.meaning.score:.2f}",
        )
        for one in mistakes(shown.judged)[:MOST]
    ]
    yield _markdown([("message", "wanted", "outcome", "got", "score"), *worst])


Rows = list[tuple[str, ...]]


def _methods(table: Table) -> Rows:
    rows: Rows = [("", *COLUMNS.values(), "us median")]
    for name, figures in table.items():
        rows.append((name, *(_number(figures[key]) for key in COLUMNS), f"{figures['message_us']['p50']:.0f}"))
    return rows


def _earned(parts: Mapping[str, Part]) -> Rows:
    copies = [name for name in TITLES if name]
    rows: Rows = [("", *EARNED.values(), *copies, "us median", "pace")]
    for name, part in parts.items():
        rows.append(
            (
                name if name == WHOLE else f"without {name}",
                *(_number(part.figures[key]) for key in EARNED),
                *(_number(part.right[copy]) for copy in copies),
                f"{part.figures['message_us']['p50']:.0f}",
                f"{part.pace:.2f}",
            )
        )
    return rows


def _safety(ours: Figures, title: str = "safety") -> Rows:
    return [(title, *SAFETY.values()), ("ours", *(_number(ours[key]) for key in SAFETY))]


def _styles(ours: Figures) -> Rows:
    rows: Rows = [("style", "messages", "right", "offered", "wrong", "lost")]
    for style, found in ours["by_style"].items():
        rows.append((style, str(found["n"]), *(_number(found[key]) for key in ("right", "offered", "wrong", "lost"))))
    return rows


def _reliability(ours: Figures) -> Rows:
    rows: Rows = [("certainty from", "answers", "said", "right")]
    for found in ours["reliability"]:
        rows.append((f"{found['from']:.1f}", str(found["messages"]), _number(found["said"]), _number(found["right"])))
    return rows


def _cost(ours: Figures) -> str:
    times = ours["message_us"]
    sentences = [
        f"One message: median {times['p50']:.0f} us, p99 {times['p99']:.0f} us.",
        *(sentence.format(ours[key]) for key, sentence in BUILT.items() if ours[key] is not None),
    ]
    return " ".join(sentences)


def _by_length(judged: Sequence[Judged]) -> Rows:
    rows: Rows = [("letters", "messages", "median us", "p99 us")]
    for least, most in zip((0, *LENGTHS), (*LENGTHS, None), strict=True):
        times = sorted(
            one.us
            for one in judged
            if least < len(one.message["text"]) and (most is None or len(one.message["text"]) <= most)
        )
        if times:
            letters = f"over {least}" if most is None else f"{least + 1}-{most}"
            rows.append((letters, str(len(times)), *(f"{quantile(times, share):.0f}" for share in (0.5, 0.99))))
    return rows


def _histogram(judged: Sequence[Judged]) -> Rows:
    counts = [
        sum(least < one.us <= most for one in judged)
        for least, most in zip((0.0, *TIMES), (*TIMES, float("inf")), strict=True)
    ]
    rows: Rows = [("up to us", "messages", "")]
    for most, count in zip((*map(str, TIMES), "more"), counts, strict=True):
        rows.append((most, str(count), "#" * round(BAR * count / max(*counts, 1))))
    return rows


def _number(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"


def _aligned(rows: Rows) -> str:
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _markdown(rows: Rows) -> str:
    head, *rest = rows
    lines = [head, tuple("---" for _ in head), *rest]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
