"""What understanding a message costs, as multiples of the dictionary pass that it cannot do without."""

import json
from collections.abc import Callable
from datetime import datetime
from statistics import median
from time import perf_counter

from bot.app import Knowledge
from bot.settings import DEFAULT_CONTENT
from bot.understanding.morphology import analyse
from bot.understanding.normalise import normalise
from tests.benchmarks.conftest import Report

ROUNDS = 7
NOW = datetime.fromisoformat("2026-11-20T10:00:00+09:00")
MESSAGES = [
    json.loads(line)["text"]
    for line in (DEFAULT_CONTENT / "evaluation" / "messages.jsonl").read_text(encoding="utf-8").splitlines()
]


def took(work: Callable[[str], object]) -> float:
    begun = perf_counter()
    for text in MESSAGES:
        work(text)
    return perf_counter() - begun


def test_bench_reading_a_message_against_one_dictionary_pass(knowledge: Knowledge, report: Report) -> None:
    parts: dict[str, Callable[[str], object]] = {
        "normalise": normalise,
        "safety": knowledge.understanding.safety.judge,
        "reminders": lambda text: knowledge.understanding.reminders.read(text, NOW),
        "matcher": lambda text: knowledge.understanding.matcher.read(text),
        "all": lambda text: knowledge.understanding.read(text, NOW),
    }
    ratios: dict[str, list[float]] = {name: [] for name in parts}
    floors = []
    for _ in range(ROUNDS):
        # Floor and subject by turns: this kind of machine is shared, and only ratios of one moment hold.
        floor = took(analyse)
        floors.append(floor)
        for name, work in parts.items():
            ratios[name].append(took(work) / floor)

    floor = median(floors) / len(MESSAGES) * 1e6
    report(f"{len(MESSAGES)} messages; one dictionary pass {floor:.0f} us a message", us=floor)
    for name, found in ratios.items():
        report(f"{name:10} {median(found):5.1f} x  ({min(found):.1f}-{max(found):.1f})", ratio=median(found))
    assert median(ratios["all"]) > 0
