import asyncio

import pytest

from tests.e2e.pictures import DRAWING, Patron
from tests.e2e.speakers import DRAWN
from tests.support.telegram import Json

pytestmark = pytest.mark.asyncio(loop_scope="session")

CAT = "рыжего кота"


async def expect_one(patron: Patron, announced: Json) -> None:
    """There is one picture, in the message that announced it; nothing of it is marked as a double."""
    await asyncio.gather(*map(patron.stack.until_ready, patron.stack.gateways))
    (shown,) = await patron.messages()
    assert shown["message_id"] == announced["message_id"]
    assert "photo" in shown
    assert CAT in shown["caption"]
    assert "дважды" not in shown["caption"]


async def test_a_speaker_killed_while_it_draws_leaves_the_picture_to_its_successor(patron: Patron) -> None:
    await patron.openai.pace(picture_seconds=2.0)
    mark = patron.telegram.mark()
    await patron.say(f"нарисуй {CAT}")
    announced = await patron.seen(mark, text=DRAWING)
    await patron.seen(mark, only="photo", caption=DRAWING)
    await patron.stack.kill_speaker()
    await patron.openai.pace()
    await patron.finished(mark)
    await expect_one(patron, announced)


async def test_a_speaker_killed_once_telegram_has_the_picture_leaves_one(patron: Patron) -> None:
    patron.stack.arm("reply.accepted")
    mark = patron.telegram.mark()
    await patron.say(f"нарисуй {CAT}")
    announced = await patron.seen(mark, text=DRAWING)
    await patron.stack.until_fired("reply.accepted")
    # Whatever would come twice comes before the answer to a later question is done.
    friend = await patron.another()
    await friend.say("вопрос после")
    await friend.seen(mark, text="вопрос после")
    await patron.finished(mark)
    await expect_one(patron, announced)
    assert len(await patron.orders()) == 1


async def test_an_image_service_killed_before_it_keeps_the_picture_draws_it_again(patron: Patron) -> None:
    patron.stack.arm(DRAWN)
    mark = patron.telegram.mark()
    await patron.say(f"нарисуй {CAT}")
    announced = await patron.seen(mark, text=DRAWING)
    await patron.finished(mark)
    await expect_one(patron, announced)
    assert len(await patron.orders()) == 2
