"""How well messages are understood: the figures by which the matcher is judged."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from time import perf_counter
from typing import Any, TypedDict

from bot.understanding import perturb
from bot.understanding.meaning import Candidate, Meaning

AMBIGUOUS = "ambiguous"
BINS = 10


class Message(TypedDict):
    """One labelled message: *want* holds every id that would be right, nothing if no id would."""

    text: str
    want: Sequence[str]
    group: str
    style: str


Figures = dict[str, Any]
Read = Callable[[str], Meaning]
Rank = Callable[[str], Sequence[Candidate]]


def evaluate(read: Read, rank: Rank, messages: Iterable[Message], *, index_build_s: float | None = None) -> Figures:
    """The figures over *messages*; messages about safety are for the safety rules and are left out.

    ``right``, ``offered``, ``wrong`` and ``lost`` are shares of the messages that have a right id: answered rightly, the right id
    among the choices, answered with another id, and neither. ``out_of_scope_answered`` is the share of the others that got an
    answer. Ambiguous messages are right when a wanted id is offered. ``p_at_1``, ``mrr`` and ``recall_at_3`` judge the
    ranking that is made when an answer is forced.
    """
    ours: Counter[str] = Counter()
    styles: dict[str, Counter[str]] = defaultdict(Counter)
    bins: list[list[float]] = [[] for _ in range(BINS)]
    sure: list[list[float]] = [[] for _ in range(BINS)]
    ranks: list[int] = []
    strangers = answered = ambiguous = asked_back = 0
    times: list[float] = []
    for message in messages:
        want = set(message["want"])
        if message["group"].startswith("safety") and any(id.startswith("safety/") for id in want):
            continue
        start = perf_counter()
        meaning = read(message["text"])
        times.append((perf_counter() - start) * 1e6)
        if not want:
            strangers += 1
            answered += meaning.id is not None
        elif message["group"] == AMBIGUOUS:
            ambiguous += 1
            asked_back += meaning.outcome == "suggest" and not want.isdisjoint(_ids(meaning))
        else:
            found = outcome(meaning, want)
            ours[found] += 1
            styles[message["style"]][found] += 1
            ranks.append(_rank(rank(message["text"]), want))
        if meaning.id is not None:
            at = min(int(meaning.score * BINS), BINS - 1)
            bins[at].append(float(meaning.id in want))
            sure[at].append(meaning.score)
    times.sort()
    return {
        "messages": len(times),
        "p_at_1": _share(sum(rank == 1 for rank in ranks), len(ranks)),
        "mrr": _share(sum(1 / rank for rank in ranks if rank), len(ranks)),
        "recall_at_3": _share(sum(0 < rank <= 3 for rank in ranks), len(ranks)),
        **_shares(ours),
        "out_of_scope_answered": _share(answered, strangers),
        "ambiguous_ok": _share(asked_back, ambiguous),
        "styles": {style: _shares(found) for style, found in sorted(styles.items())},
        "reliability": [
            {
                "from": at / BINS,
                "messages": len(hits),
                "said": _share(sum(said), len(said)),
                "right": _share(sum(hits), len(hits)),
            }
            for at, (said, hits) in enumerate(zip(sure, bins, strict=True))
            if hits
        ],
        "message_us": {"p50": _quantile(times, 0.5), "p99": _quantile(times, 0.99)},
        "index_build_s": index_build_s,
    }


def outcome(meaning: Meaning, want: set[str]) -> str:
    """What became of a message for which any of *want* is right: right, offered, wrong or lost."""
    if meaning.id is not None:
        return "right" if meaning.id in want else "wrong"
    return "lost" if want.isdisjoint(_ids(meaning)) else "offered"


def in_kana(messages: Iterable[Message]) -> list[Message]:
    """*messages* typed all in hiragana."""
    return [{**message, "text": perturb.kana(message["text"])} for message in messages]


def with_typos(messages: Iterable[Message], seed: int = 1) -> list[Message]:
    """*messages* with one wrong flick each."""
    source = random.Random(seed)  # noqa: S311 - slips of the finger, no secret
    return [{**message, "text": perturb.typo(message["text"], source)} for message in messages]


def _ids(meaning: Meaning) -> set[str]:
    return {candidate.id for candidate in meaning.candidates}


def _rank(candidates: Sequence[Candidate], want: set[str]) -> int:
    """The place of the first wanted id, from one; 0 if there is none."""
    return next((place for place, candidate in enumerate(candidates, 1) if candidate.id in want), 0)


def _shares(found: Mapping[str, int]) -> dict[str, float | int]:
    total = sum(found.values())
    return {name: _share(found.get(name, 0), total) for name in ("right", "offered", "wrong", "lost")} | {"n": total}


def _share(part: float, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _quantile(ordered: Sequence[float], share: float) -> float:
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 1) if ordered else 0.0
