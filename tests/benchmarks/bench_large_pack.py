"""What a message costs with a pack of 20,000 phrasings for 100 ids, as a multiple of what it costs with the shipped pack."""

import random
from statistics import median
from time import perf_counter

from bot.app import Knowledge
from bot.understanding.match import Matcher
from bot.understanding.perturb import slip
from tests.benchmarks.bench_understanding import MESSAGES, ROUNDS, took
from tests.benchmarks.conftest import Report

IDS = 100
PHRASINGS = 200
"""Of each id."""
BEFORE = (
    "",
    "すみません、",
    "ちょっと聞きたいのですが、",
    "前から気になってて、",
    "あの、",
    "こんにちは。",
    "もしもし、",
    "質問です。",
)
AFTER = (
    "",
    "教えてください",
    "お願いします",
    "なんですけど",
    "と言われました",
    "か知りたい",
    "ってどうですか",
    "の件です",
)


def large_pack(knowledge: Knowledge) -> list[tuple[str, str]]:
    """Pairs of an id and a text: phrasings of the shipped pack in other frames, and with other slips of the finger."""
    source = random.Random(1)
    own = [entry.phrasings for entry in knowledge.library.entries.values() if entry.kind != "safety"]
    topics = [texts for texts in own if texts]
    pairs: dict[tuple[str, str], None] = {}
    for number in range(IDS):
        texts = topics[number % len(topics)][number // len(topics) :: 2]
        while len(pairs) < (number + 1) * PHRASINGS:
            text = source.choice(BEFORE) + source.choice(texts) + source.choice(AFTER)
            pairs[f"id/{number}", slip(text, source) if source.random() < 0.3 else text] = None
    return list(pairs)


def test_bench_a_message_with_a_pack_of_20_000_phrasings(knowledge: Knowledge, report: Report) -> None:
    phrasings = large_pack(knowledge)
    begun = perf_counter()
    large = Matcher.from_phrasings(phrasings)
    built = perf_counter() - begun
    begun = perf_counter()
    shipped = Matcher.from_library(knowledge.library, cache=None)
    ratio_built = built / (perf_counter() - begun)
    ratios = []
    for _ in range(ROUNDS):
        own = took(shipped.read)
        ratios.append(took(large.read) / own)

    report(
        f"{len(phrasings)} phrasings for {IDS} ids: learnt in {built:.1f} s, {ratio_built:.1f} x the shipped pack",
        seconds=built,
        ratio=ratio_built,
    )
    report(f"a message: {median(ratios):.2f} x ({min(ratios):.2f}-{max(ratios):.2f})", ratio=median(ratios))
    assert len(phrasings) == IDS * PHRASINGS
    assert len(MESSAGES) > 0
