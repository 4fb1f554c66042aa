import asyncio
from typing import Any

import pytest

from services.gateway.gathering import FULL_UTF16, Gathering, is_comment_on, join_paste
from services.gateway.in_hand import InHand

FORWARD = {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Ann"}}


def an_update(number: int, **fields: Any) -> dict[str, Any]:
    chat, person = {"id": 42, "type": "private"}, {"id": 42}
    message = {"message_id": number, "date": 100, "chat": chat, "from": person}
    return {"update_id": number, "message": {**message, **fields}}


class Gatherer:
    """Gathers, and remembers what came out, as lists of message ids."""

    def __init__(self) -> None:
        self.gathering = Gathering(self._release)
        self._released: asyncio.Queue[list[int]] = asyncio.Queue()

    def add(self, number: int, **fields: Any) -> None:
        update = an_update(number, **fields)
        self.gathering.add(InHand(str(number), update, message=None, received_at=0.0))  # type: ignore[arg-type]

    async def next(self) -> list[int]:
        async with asyncio.timeout(5):
            return await self._released.get()

    @property
    def count(self) -> int:
        return self._released.qsize()

    def _release(self, in_hand: InHand) -> None:
        self._released.put_nowait([update["update_id"] for update in in_hand.updates])


@pytest.fixture
def gatherer() -> Gatherer:
    return Gatherer()


async def test_an_album_is_one(gatherer: Gatherer) -> None:
    for number in (1, 2, 3):
        gatherer.add(number, media_group_id="g")
    assert gatherer.count == 0
    assert await gatherer.next() == [1, 2, 3]


async def test_two_albums_are_two(gatherer: Gatherer) -> None:
    gatherer.add(1, media_group_id="a")
    gatherer.add(2, media_group_id="b")
    assert await gatherer.next() == [1]
    assert await gatherer.next() == [2]


async def test_an_ordinary_question_waits_for_nothing(gatherer: Gatherer) -> None:
    gatherer.add(1, text="how are you?")
    assert gatherer.count == 1


async def test_the_pieces_of_a_long_paste_are_one_question(gatherer: Gatherer) -> None:
    gatherer.add(1, text="a" * 4096)
    gatherer.add(2, text="b" * FULL_UTF16)
    gatherer.add(3, text="the end")
    assert gatherer.count == 1
    assert await gatherer.next() == [1, 2, 3]


async def test_a_long_question_without_more_is_released_after_a_moment(gatherer: Gatherer) -> None:
    gatherer.add(1, text="a" * 4096)
    assert await gatherer.next() == [1]


async def test_what_comes_next_ends_what_was_open_so_that_the_order_stays(gatherer: Gatherer) -> None:
    gatherer.add(1, media_group_id="g")
    gatherer.add(2, text="and?")
    assert await gatherer.next() == [1]
    assert await gatherer.next() == [2]


async def test_another_person_ends_nothing(gatherer: Gatherer) -> None:
    gatherer.add(1, media_group_id="g")
    gatherer.add(2, text="hi", **{"from": {"id": 7}})
    gatherer.add(3, media_group_id="g")
    assert await gatherer.next() == [2]
    assert await gatherer.next() == [1, 3]


async def test_messages_forwarded_at_once_are_one(gatherer: Gatherer) -> None:
    for number in (1, 2):
        gatherer.add(number, text="said before", **FORWARD)
    assert await gatherer.next() == [1, 2]


@pytest.mark.parametrize(
    ("comment", "forwards", "belongs"),
    [
        (an_update(1, text="is it true?"), an_update(2, text="news", **FORWARD), True),
        (an_update(1, text="is it true?"), an_update(2, text="news", date=105, **FORWARD), False),
        (an_update(1, text="/new"), an_update(2, text="news", **FORWARD), False),
        (an_update(3, text="is it true?"), an_update(2, text="news", **FORWARD), False),
        (an_update(1, text="is it true?"), an_update(2, text="news"), False),
        (an_update(1, text="hm", **{"from": {"id": 7}}), an_update(2, text="news", **FORWARD), False),
    ],
)
def test_a_comment_belongs_to_what_is_forwarded_right_after_it(
    comment: dict[str, Any], forwards: dict[str, Any], belongs: bool
) -> None:
    assert is_comment_on(comment, forwards) is belongs


def test_a_paste_is_joined_as_it_was_cut() -> None:
    assert join_paste(["a" * 4096, "b"]) == "a" * 4096 + "b"
    assert join_paste(["a" * 4090, "b"]) == "a" * 4090 + "\nb"
