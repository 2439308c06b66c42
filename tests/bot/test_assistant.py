from collections.abc import Callable

from bot.talk import Heard, Visitor

Talk = Callable[[str], Heard]


def outcome(heard: Heard) -> str | None:
    assert heard.reply is not None
    return heard.reply.meaning.outcome if heard.reply.meaning is not None else None


def test_a_reply_brings_along_the_reading_that_led_to_it(talk: Talk) -> None:
    assert outcome(talk("予約したい")) == "answer"
    assert outcome(talk("せなか")) == "suggest"
    assert outcome(talk("胸が苦しい")) == "safety"


def test_what_a_running_flow_takes_counts_as_not_read(talk: Talk) -> None:
    assert outcome(talk("リマインドを設定したい")) == "command"
    assert outcome(talk("朝のストレッチ")) is None


def test_a_tap_counts_as_not_read(talk: Talk, visitor: Visitor) -> None:
    label = talk("せなか").actions[0]["label"]

    assert outcome(visitor.tap(label)) is None
