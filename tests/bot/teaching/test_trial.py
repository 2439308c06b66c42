"""What is told to be harm, and what is the chance that learning anew brings with it."""

import pytest

from bot.teaching.trial import Change, Trial
from bot.understanding.evaluate import Judged, Message, figures
from bot.understanding.meaning import Meaning

UNKNOWN = Meaning("fallback")


def trial(*, worse: int, better: int = 0, messages: int = 0, is_its_doing: bool = False) -> Trial:
    change = Change(Message(text="歯", want=("faq/whitening",)), UNKNOWN, UNKNOWN, is_its_doing)
    some = [Judged(Message(text="歯", want=("faq/whitening",)), UNKNOWN, (), 0.0)] * messages
    measured = (figures(some), figures(some)) if messages else None
    return Trial(UNKNOWN, UNKNOWN, True, (change,) * worse, better, 9000 + messages, measured)


def test_a_single_phrasing_that_is_answered_worse_is_harm() -> None:
    assert trial(worse=1, better=50, is_its_doing=True).does_harm


@pytest.mark.parametrize(("messages", "by_chance"), [(100, 3), (500, 4), (2000, 7)])
def test_messages_may_tip_over_by_chance_but_only_a_few(messages: int, by_chance: int) -> None:
    assert not trial(worse=by_chance, messages=messages).does_harm
    assert trial(worse=by_chance + 1, messages=messages).does_harm


def test_what_gets_better_makes_up_for_what_tips_over() -> None:
    assert not trial(worse=9, better=8, messages=100).does_harm
