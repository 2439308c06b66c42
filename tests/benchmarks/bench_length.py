"""How the time for a letter changes with the length of a message: it shall not grow."""

import random
from collections.abc import Callable
from statistics import median
from time import perf_counter

from bot.app import Knowledge
from bot.understanding.morphology import analyse
from bot.understanding.normalise import normalise
from tests.benchmarks.bench_understanding import MESSAGES, NOW
from tests.benchmarks.conftest import Report

LENGTHS = (100, 1000, 5000)
TEXTS = 20
"""More than are kept ready, so that each is read anew in every round."""
ROUNDS = 3
MOST = 3.0


def chatter(length: int) -> list[str]:
    """Texts of *length* letters, each of other messages in another order."""
    source = random.Random(length)
    texts = []
    for _ in range(TEXTS):
        text = ""
        while len(text) < length:
            text += source.choice(MESSAGES) + "。"
        texts.append(text[:length])
    return texts


def per_letter(work: Callable[[str], object], texts: list[str]) -> float:
    begun = perf_counter()
    for text in texts:
        work(text)
    return (perf_counter() - begun) / sum(map(len, texts))


def test_bench_a_letter_costs_the_same_in_a_long_message(knowledge: Knowledge, report: Report) -> None:
    understanding = knowledge.understanding
    parts: dict[str, Callable[[str], object]] = {
        "normalise": normalise,
        "dictionary": analyse,
        "safety": understanding.safety.judge,
        "reminders": lambda text: understanding.reminders.read(text, NOW),
        "matcher": understanding.matcher.read,
        "all": lambda text: understanding.read(text, NOW),
    }
    texts = {length: chatter(length) for length in LENGTHS}
    costs: dict[tuple[str, int], list[float]] = {(name, length): [] for name in parts for length in LENGTHS}
    for _ in range(ROUNDS):
        for name, work in parts.items():
            # The lengths by turns: only times of one moment compare.
            for length in LENGTHS:
                costs[name, length].append(per_letter(work, texts[length]))

    report(f"us a letter in texts of {LENGTHS} letters, and as multiples of the shortest")
    growth: dict[str, float] = {}
    for name in parts:
        shown = [f"{median(costs[name, length]) * 1e6:6.1f}" for length in LENGTHS]
        ratios = [
            median(cost / short for cost, short in zip(costs[name, length], costs[name, LENGTHS[0]], strict=True))
            for length in LENGTHS
        ]
        growth[name] = max(ratios)
        report(f"{name:10} {' '.join(shown)}   {' '.join(f'{ratio:5.2f} x' for ratio in ratios)}", growth=growth[name])
    assert growth["all"] <= MOST
