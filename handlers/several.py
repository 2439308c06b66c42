"""Answer several questions of one message in one go, each by its own handler.

Understands: 「場所どこ？あと土曜やってます？」「朝のお知らせを7時にして。あと料金いくらですか？」
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation import Reply, Text, Turn

MOST_BUBBLES, MOST_QUICK = 5, 13
"""What LINE takes in one go, and quick replies that it shows."""


def together(turn: Turn, replies: Sequence[Reply]) -> Reply:
    """*replies* to the questions of the message as one, in their order; one that asks something back comes last.

    That a question was not understood is said.
    """
    in_order = sorted(replies, key=lambda reply: reply.step is not None)
    bubbles = [bubble for reply in in_order for bubble in reply.bubbles]
    if any(one.id is None for one in turn.meaning.also):
        bubbles.append(Text(turn.words("another_unclear")))
    last = in_order[-1]
    quick = {choice.label: choice for reply in reversed(in_order) for choice in reply.quick}
    return replace(
        replies[0],
        bubbles=tuple(dict.fromkeys(bubbles))[:MOST_BUBBLES],
        quick=tuple(quick.values())[:MOST_QUICK],
        offered=tuple(dict.fromkeys(id for reply in in_order for id in reply.offered)),
        topic=last.topic or last.about,
        step=last.step,
        keeps_step=last.keeps_step,
        keeps_topic=False,
        is_worth_a_push=any(reply.is_worth_a_push for reply in replies),
    )
