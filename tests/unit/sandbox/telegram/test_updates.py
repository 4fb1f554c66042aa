import asyncio

import pytest

from services.sandbox.telegram.errors import ApiError
from services.sandbox.telegram.identifiers import Counter
from services.sandbox.telegram.updates import MAX_PENDING, UpdateQueue


def queue(lifetime_seconds: float = 60.0) -> UpdateQueue:
    return UpdateQueue(Counter(0), lifetime_seconds)


async def poll_ids(updates: UpdateQueue, offset: int = 0, limit: int = 100) -> list[int]:
    return [update["update_id"] for update in await updates.poll(offset, limit, 0)]


async def test_updates_stay_until_a_higher_offset_confirms_them() -> None:
    updates = queue()
    for _ in range(3):
        updates.add("message", {}, 1)
    assert await poll_ids(updates) == [1, 2, 3]
    assert await poll_ids(updates, offset=2, limit=1) == [2]
    assert await poll_ids(updates) == [2, 3]
    assert await poll_ids(updates, offset=4) == []


async def test_a_negative_offset_keeps_only_the_last_updates() -> None:
    updates = queue()
    for _ in range(5):
        updates.add("message", {}, 1)
    assert await poll_ids(updates, offset=-2) == [4, 5]
    assert await poll_ids(updates) == [4, 5]


async def test_a_waiting_poll_ends_with_the_first_update() -> None:
    updates = queue()
    waiting = asyncio.create_task(updates.poll(0, 100, 30))
    await asyncio.sleep(0)
    updates.add("message", {"n": 1}, 1)
    assert await waiting == [{"update_id": 1, "message": {"n": 1}}]


async def test_a_newer_poll_ends_the_older_one_with_a_conflict() -> None:
    updates = queue()
    older = asyncio.create_task(updates.poll(0, 100, 30))
    await asyncio.sleep(0)
    newer = asyncio.create_task(updates.poll(0, 100, 30))
    with pytest.raises(ApiError, match="Conflict: terminated by other getUpdates request"):
        await older
    updates.add("message", {}, 1)
    assert len(await newer) == 1


async def test_kinds_that_are_not_wanted_are_not_queued() -> None:
    updates = queue()
    assert updates.add("message_reaction", {}, 1) is None
    updates.allowed = ["message_reaction"]
    assert updates.add("message", {}, 1) is None
    assert updates.add("message_reaction", {}, 1) is not None


async def test_updates_expire() -> None:
    updates = queue(lifetime_seconds=-1.0)
    updates.add("message", {}, 1)
    assert await poll_ids(updates) == []


async def test_a_full_queue_takes_no_more() -> None:
    updates = queue()
    for _ in range(MAX_PENDING):
        updates.add("message", {}, 1)
    assert updates.add("message", {}, 1) is None
    assert len(updates) == MAX_PENDING
