"""How well messages are understood: the figures by which the matcher is judged."""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple, NotRequired, TypedDict

from bot.understanding import perturb
from bot.understanding.meaning import Candidate, Meaning

SAFETY = "safety"
BENIGN = "safety-negative"
STRANGE = "out-of-scope"
AMBIGUOUS = "ambiguous"
BINS = 10
WARMING = 20
"""Messages that are read before any is timed: a process's first readings load dictionaries and fill caches."""
FOUND = ("right", "offered", "wrong", "lost")


class Message(TypedDict):
    """One labelled message: *want* holds every id that would be right, nothing if no id would."""

    text: str
    want: Sequence[str]
    group: NotRequired[str]
    style: NotRequired[str]


class Judged(NamedTuple):
    """A message, what it was taken to mean, every id in order if an answer is forced, and how long the reading took."""

    message: Message
    meaning: Meaning
    ranking: Sequence[str]
    us: float

    @property
    def group(self) -> str:
        """What the message counts as; the groups with figures of their own have names, all others are in scope."""
        group = self.message.get("group", "")
        if group in (SAFETY, BENIGN, AMBIGUOUS):
            return group
        return "" if self.message["want"] else STRANGE

    @property
    def outcome(self) -> str:
        """What became of a message for which any wanted id is right: right, offered, wrong or lost."""
        want = self.message["want"]
        if self.meaning.id is not None:
            return "right" if self.meaning.id in want else "wrong"
        return "offered" if any(candidate.id in want for candidate in self.meaning.candidates) else "lost"

    @property
    def is_alarm(self) -> bool:
        """Whether it was taken for a matter of safety."""
        return self.meaning.outcome == "safety"


Figures = dict[str, Any]
Read = Callable[[str], Meaning]
Rank = Callable[[str], Sequence[Candidate]]


def labelled(path: Path) -> list[Message]:
    """The messages in a file of JSON lines; ValueError naming the line that is of another form."""
    messages: list[Message] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            message = json.loads(line)
            text, want = message["text"], message["want"]
            is_right = isinstance(text, str) and isinstance(want, list) and all(isinstance(id, str) for id in want)
        except (ValueError, TypeError, KeyError):
            is_right = False
        if not is_right:
            raise ValueError(f'{path}: line {number}: is not of the form {{"text": "…", "want": ["id", …]}}')
        messages.append(message)
    return messages


def judge(read: Read, rank: Rank, messages: Sequence[Message]) -> list[Judged]:
    """What becomes of *messages*.

    Some are read beforehand, so that no first reading is timed. Then each is read once, and all are read before any is ranked:
    so a reading is timed as it is in service, where a message comes unforeseen and nothing else has looked at it.
    """
    # From the end: the few texts that are kept ready are others again when these have their turn.
    for message in messages[-WARMING:]:
        read(message["text"])
    readings = []
    for message in messages:
        begun = perf_counter()
        meaning = read(message["text"])
        readings.append((message, meaning, (perf_counter() - begun) * 1e6))
    return [Judged(message, meaning, _ranking(meaning, rank(message["text"])), us) for message, meaning, us in readings]


def figures(
    judged: Sequence[Judged], *, index_build_s: float | None = None, safety_build_s: float | None = None
) -> Figures:
    """The figures over *judged*; all shares are 0 to 1, and None where there was no message to judge.

    ``right``, ``offered``, ``wrong`` and ``lost`` are shares of the messages in scope: answered rightly, the right id among the
    choices, answered with another id, and neither. ``p_at_1``, ``mrr`` and ``recall_at_3`` are about them, too, when an answer is
    forced. ``out_of_scope_answered`` is the share of the strange messages that got an answer. Ambiguous messages are right when a
    wanted id is offered; ``ambiguous_asked`` is how many were asked back at all, whatever the choices. ``safety_kind`` is how many of
    the safety messages got a wanted answer; ``false_alarms`` the share of the benign look-alikes that got a safety answer.
    """
    groups: dict[str, list[Judged]] = defaultdict(list)
    styles: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        groups[one.group].append(one)
        if not one.group and one.message.get("style"):
            styles[one.message["style"]].append(one)
    ours, alarms = groups[""], groups[SAFETY]
    places = [_place(one) for one in ours]
    times = sorted(one.us for one in judged)
    return {
        "messages": len(judged),
        "n": len(ours),
        "p_at_1": _share([place == 1 for place in places]),
        "mrr": _share([1 / place if place else 0 for place in places]),
        "recall_at_3": _share([0 < place <= 3 for place in places]),
        **_outcomes(ours),
        "out_of_scope_answered": _share([one.meaning.id is not None for one in groups[STRANGE]]),
        "ambiguous_ok": _share([one.meaning.id is None and one.outcome == "offered" for one in groups[AMBIGUOUS]]),
        "ambiguous_asked": _share([one.meaning.outcome == "suggest" for one in groups[AMBIGUOUS]]),
        "safety_recall": _share([one.is_alarm for one in alarms]),
        "safety_kind": _share([one.is_alarm and one.meaning.id in one.message["want"] for one in alarms]),
        "false_alarms": _share([one.is_alarm for one in groups[BENIGN]]),
        "by_style": {style: {**_outcomes(found), "n": len(found)} for style, found in sorted(styles.items())},
        "reliability": _reliability([one for one in judged if one.group in ("", STRANGE)]),
        "message_us": {"p50": quantile(times, 0.5), "p99": quantile(times, 0.99)},
        "index_build_s": index_build_s,
        "safety_build_s": safety_build_s,
    }


def mistakes(judged: Sequence[Judged]) -> list[Judged]:
    """What went wrong, worst first: safety missed or raised without need, then wrong answers, most certain first, then losses."""
    found: list[tuple[tuple[int, float], int]] = []
    for number, one in enumerate(judged):
        sure = one.meaning.score
        if one.group == SAFETY:
            worth = (0, 0.0) if not one.is_alarm else (2, 0.0) if one.meaning.id not in one.message["want"] else None
        elif one.is_alarm:
            worth = (1, 0.0)
        elif one.group == STRANGE:
            worth = (3, -sure) if one.meaning.id is not None else None
        elif one.group:
            worth = None
        else:
            worth = {"wrong": (3, -sure), "lost": (4, -sure)}.get(one.outcome)
        if worth is not None:
            found.append((worth, number))
    return [judged[number] for _, number in sorted(found)]


def confusions(judged: Sequence[Judged]) -> Counter[tuple[str, str]]:
    """How often an id that was wanted (the first of them) lost to another when an answer was forced."""
    return Counter(
        (one.message["want"][0], one.ranking[0])
        for one in judged
        if not one.group and one.ranking and one.ranking[0] not in one.message["want"]
    )


def in_kana(messages: Iterable[Message]) -> list[Message]:
    """*messages* typed all in hiragana."""
    return [{**message, "text": perturb.kana(message["text"])} for message in messages]


def with_typos(messages: Iterable[Message], seed: int = 1) -> list[Message]:
    """*messages* with one wrong flick each."""
    source = random.Random(seed)  # noqa: S311 - slips of the finger, no secret
    return [{**message, "text": perturb.typo(message["text"], source)} for message in messages]


PERTURBED: Mapping[str, Callable[[Iterable[Message]], list[Message]]] = {"kana": in_kana, "typo": with_typos}


def _ranking(meaning: Meaning, rest: Iterable[Candidate]) -> list[str]:
    """The answer or the choices that were given, and then all others."""
    first = [] if meaning.id is None else [meaning.id]
    return list(dict.fromkeys([*first, *(one.id for one in meaning.candidates), *(one.id for one in rest)]))


def _place(one: Judged) -> int:
    """The place of the first wanted id, from one; 0 if there is none."""
    return next((place for place, id in enumerate(one.ranking, 1) if id in one.message["want"]), 0)


def _outcomes(judged: Sequence[Judged]) -> dict[str, float | None]:
    return {name: _share([one.outcome == name for one in judged]) for name in FOUND}


def _reliability(judged: Iterable[Judged]) -> list[Figures]:
    """Of the answers given with about the same certainty: how certain they were, and how many were right."""
    bins: list[list[Judged]] = [[] for _ in range(BINS)]
    for one in judged:
        if one.meaning.id is not None:
            bins[min(int(one.meaning.score * BINS), BINS - 1)].append(one)
    return [
        {
            "from": at / BINS,
            "messages": len(answers),
            "said": _share([one.meaning.score for one in answers]),
            "right": _share([one.meaning.id in one.message["want"] for one in answers]),
        }
        for at, answers in enumerate(bins)
        if answers
    ]


def _share(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which *share* of the *ordered* values lie; 0 where there are none."""
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 1) if ordered else 0.0
