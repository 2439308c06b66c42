"""The endpoints that send messages, check them, and tell how many were sent."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.simulator import sends
from bot.simulator.answers import Answer, RefusalError
from bot.simulator.calls import Call, invalid
from bot.simulator.world import World

_JAPAN = ZoneInfo("Asia/Tokyo")
"""LINE's statistics have Japanese days."""
_FIRST_COUNTED = "20180331"


def send(world: World, call: Call) -> Answer:
    """Reply, push, multicast, broadcast, narrowcast."""
    body = call.json()
    sends.check(call.kind, body)
    with world.lock:
        # Asked again under the lock, so that two threads with one key cannot both be taken.
        retry_key = call.headers.get("x-line-retry-key")
        sends.check_retry_key(world, call.kind, retry_key)
        return sends.send(world, endpoint=call.kind, body=body, retry_key=retry_key, request_id=call.id)


def validate(world: World, call: Call) -> Answer:
    sends.check("validate", call.json())
    return Answer(200, {}, {})


def quota(world: World, call: Call) -> Answer:
    if world.monthly_limit is None:
        return Answer(200, {}, {"type": "none"})
    return Answer(200, {}, {"type": "limited", "value": world.monthly_limit})


def consumption(world: World, call: Call) -> Answer:
    with world.lock:
        return Answer(200, {}, {"totalUsage": world.ledger.used_in_month(world.clock())})


def delivered(world: World, call: Call) -> Answer:
    """How many messages of a kind went out on a day, once that day is over."""
    day = asked_day(call)
    if day >= today(world):
        return Answer(200, {}, {"status": "unready"})
    if day < _FIRST_COUNTED:
        return Answer(200, {}, {"status": "out_of_service"})
    kind = call.kind.removesuffix(" count")
    with world.lock:
        of_day = [send for send in world.ledger.book if send.endpoint == kind and _day(send.at) == day]
    return Answer(200, {}, {"status": "ready", "success": sum(len(send.recipients) for send in of_day)})


def narrowcast_progress(world: World, call: Call) -> Answer:
    """A narrowcast is over as soon as it was taken here."""
    asked = call.asked("requestId")
    with world.lock:
        sent = next((send for send in world.ledger.book if send.request_id == asked), None)
    if sent is None or sent.endpoint != "narrowcast":
        raise RefusalError(404, "Not found")
    reached = len(sent.recipients)
    counts = {"successCount": reached, "failureCount": 0, "targetCount": reached}
    return Answer(
        200, {}, {"phase": "succeeded", **counts, "acceptedTime": iso(sent.at), "completedTime": iso(sent.at)}
    )


def unit_count(world: World, call: Call) -> Answer:
    return Answer(200, {}, {"numOfCustomAggregationUnits": len(_units(world))})


def unit_names(world: World, call: Call) -> Answer:
    start, limit = call.asked("start", "0"), call.asked("limit", "100")
    if not start.isdecimal() or not limit.isdecimal() or not 1 <= int(limit) <= 100:
        raise invalid("limit", "Must be between 1 and 100")
    units, first, end = _units(world), int(start), int(start) + int(limit)
    rest = {"next": str(end)} if end < len(units) else {}
    return Answer(200, {}, {"customAggregationUnits": units[first:end]} | rest)


def asked_day(call: Call) -> str:
    """The day that the query names."""
    day = call.asked("date")
    if not re.fullmatch(r"[0-9]{8}", day):
        raise invalid("date", "Must be yyyyMMdd")
    return day


def today(world: World) -> str:
    return _day(world.clock())


def iso(at: datetime) -> str:
    """A moment as LINE writes it."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _day(at: datetime) -> str:
    return at.astimezone(_JAPAN).strftime("%Y%m%d")


def _units(world: World) -> list[str]:
    """The aggregation units of this month."""
    with world.lock:
        month = today(world)[:6]
        return sorted({send.unit for send in world.ledger.book if send.unit and _day(send.at)[:6] == month})
