"""Reminders and announcements stopped, each by itself or both, and the other one offered."""

from collections.abc import Callable

import pytest

from bot.talk import Heard, House, Visitor
from tests.talks import labels, ring_at, said

Talk = Callable[[str], Heard]


@pytest.mark.parametrize(
    "sentence", ["リマインドやめて", "もう通知いらない", "配信停止", "全部やめて", "はいしんていし"]
)
def test_stops_for_good(house: House, visitor: Visitor, talk: Talk, sentence: str) -> None:
    talk("毎朝6時半にストレッチ")
    talk(sentence)

    assert not ring_at(house, visitor, "2026-11-21T06:30:00").messages
    assert "06:30" not in said(talk("お知らせの確認"))


@pytest.mark.parametrize("sentence", ["リマインドをやめて", "全部やめて", "お知らせの配信を止めて"])
def test_all_reminders_are_stopped_and_announcements_offered(visitor: Visitor, talk: Talk, sentence: str) -> None:
    talk("毎朝6時半にストレッチ")
    talk("夕方の筋トレを19時に")

    answer = talk(sentence)

    assert "お知らせ（リマインド）をすべて止めました。" in said(answer)
    assert "朝のストレッチと深呼吸：06:30（毎日）\n夕方の10分筋トレ：19:00（毎日）" in said(answer)
    assert "案内の配信は、そのままです" in said(answer)
    assert {"元に戻す", "案内の配信を止める"} <= set(labels(answer))
    assert "案内の配信：受け取る" in said(talk("わたしのデータ"))

    visitor.last = answer
    assert "お店からの案内の配信を止めました" in said(visitor.tap("案内の配信を止める"))


@pytest.mark.parametrize("sentence", ["配信停止", "配信を全部止めて", "案内とリマインドの配信を止めて"])
def test_both_are_stopped_and_both_can_come_back(visitor: Visitor, talk: Talk, sentence: str) -> None:
    talk("毎朝6時半にストレッチ")

    answer = talk(sentence)

    assert "お知らせ（リマインド）と、お店からの案内の配信を、どちらも止めました" in said(answer)
    assert {"元に戻す", "案内の配信を受け取る"} <= set(labels(answer))
    assert "案内の配信：止めている" in said(talk("わたしのデータ"))
    visitor.tap("案内の配信を受け取る")
    assert "案内の配信：受け取る" in said(talk("わたしのデータ"))


@pytest.mark.parametrize("sentence", ["案内の配信を止める", "お店からの配信もういりません", "広告いらない"])
def test_announcements_are_stopped_and_reminders_offered(visitor: Visitor, talk: Talk, sentence: str) -> None:
    talk("毎朝6時半にストレッチ")

    answer = talk(sentence)

    assert "お店からの案内の配信を止めました" in said(answer)
    assert "お知らせ（リマインド）は、そのままです" in said(answer)
    assert "06:30" in said(talk("お知らせの確認"))
    visitor.last = answer
    assert "すべて止めました" in said(visitor.tap("すべて止める"))


def test_one_is_stopped_by_name_or_button(visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("夕方の筋トレを19時に")

    visitor.tap("止める")
    listed = said(talk("お知らせの確認"))
    assert "19:00" not in listed
    assert "06:30" in listed

    assert "「朝のストレッチと深呼吸」のお知らせ（リマインド）を止めました" in said(talk("朝のやつは解除で"))
    assert "いま動いていません" in said(talk("朝のやつは解除で"))


def test_with_nothing_on_the_answer_says_so_and_offers_the_announcements(talk: Talk) -> None:
    answer = talk("リマインドいらない")

    assert "いま動いているお知らせ（リマインド）はありません" in said(answer)
    assert "案内の配信を止める" in labels(answer)
    assert "元に戻す" not in labels(answer)
