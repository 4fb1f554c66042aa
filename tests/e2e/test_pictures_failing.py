import pytest

from services.sandbox.vendor.faults import FaultKind
from tests.e2e.pictures import Patron

pytestmark = pytest.mark.asyncio(loop_scope="session")

CAT = "рыжего кота"


async def test_a_picture_that_is_refused_is_explained_and_offered_to_nobody_else(patron: Patron) -> None:
    await patron.openai.fail(FaultKind.MODERATION)
    mark = patron.telegram.mark()
    await patron.say(f"нарисуй {CAT}")
    refused = await patron.seen(mark, text="правила безопасности")
    assert "reply_markup" not in refused
    assert await patron.orders(patron.google) == []
    assert len(await patron.messages()) == 1


async def test_when_one_vendor_has_no_money_the_other_draws_and_it_is_said(patron: Patron) -> None:
    await patron.openai.fail(FaultKind.OUT_OF_FUNDS)
    picture = await patron.draws(f"нарисуй {CAT}")
    assert "gemini" in picture["caption"]
    assert "недоступна" in picture["caption"]
    assert len(await patron.orders(patron.google)) == 1


async def test_a_picture_that_one_vendor_breaks_off_is_drawn_by_the_other_in_the_same_message(
    patron: Patron,
) -> None:
    await patron.openai.fail(FaultKind.CUT_MID_STREAM, after_previews=1)
    picture = await patron.draws(f"нарисуй {CAT}")
    assert "gemini" in picture["caption"]
    assert [message["message_id"] for message in await patron.messages()] == [picture["message_id"]]


async def test_when_nobody_draws_it_is_said_and_can_be_tried_again(patron: Patron) -> None:
    await patron.openai.fail(FaultKind.OUT_OF_FUNDS)
    await patron.google.fail(FaultKind.OUT_OF_FUNDS)
    mark = patron.telegram.mark()
    await patron.say(f"нарисуй {CAT}")
    failed = await patron.seen(mark, text="закончились средства")
    mark = patron.telegram.mark()
    await patron.press(failed, "Ещё раз")
    picture = await patron.finished(mark)
    assert CAT in picture["caption"]
    assert [message["message_id"] for message in await patron.messages()] == [picture["message_id"]]
