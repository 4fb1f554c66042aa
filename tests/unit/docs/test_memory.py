import asyncio

import pytest

from services.docs.memory import Memory


async def test_what_is_kept_is_not_made_again_until_newer_things_need_the_room() -> None:
    made: list[str] = []
    kept = Memory[str, str](10, len)

    async def make(value: str) -> str:
        made.append(value)
        return value

    for value in ("aaaa", "bbbb", "aaaa", "cccc", "aaaa", "bbbb"):
        assert await kept.get(value, lambda value=value: make(value)) == value  # type: ignore[misc]
    assert made == ["aaaa", "bbbb", "cccc", "bbbb"]


async def test_two_who_want_the_same_wait_for_one_making() -> None:
    release, count = asyncio.Event(), 0
    kept = Memory[str, str](10, len)

    async def make() -> str:
        nonlocal count
        count += 1
        await release.wait()
        return "x"

    first = asyncio.create_task(kept.get("a", make))
    second = asyncio.create_task(kept.get("a", make))
    await asyncio.sleep(0)
    first.cancel()
    release.set()
    assert await second == "x"
    assert count == 1


async def test_what_could_not_be_made_is_tried_again() -> None:
    kept = Memory[str, str](10, len)

    async def fail() -> str:
        raise ValueError

    async def make() -> str:
        return "x"

    with pytest.raises(ValueError):  # noqa: PT011  # ours
        await kept.get("a", fail)
    assert await kept.get("a", make) == "x"


async def test_what_is_larger_than_the_room_is_given_and_not_kept() -> None:
    kept = Memory[str, str](3, len)

    async def make() -> str:
        return "too long"

    assert await kept.get("a", make) == "too long"
    assert kept.weight == 0
