import asyncio

import pytest

from services.sandbox.vendor.journal import Outcome
from tests.e2e.chatter import data_of, labels_of
from tests.e2e.pictures import DRAWING, Patron, size_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

CAT = "рыжего кота"


async def test_a_picture_develops_in_one_message_and_keeps_its_prompt(patron: Patron) -> None:
    await patron.openai.pace(picture_seconds=1.5)
    mark = patron.telegram.mark()
    await patron.say(f"Нарисуй {CAT}")
    announced = await patron.seen(mark, text=DRAWING)
    assert announced["text"].startswith(CAT)
    assert labels_of(announced) == ["✖️ Отменить"]
    picture = await patron.finished(mark)
    edits = await patron.telegram.calls(method="editMessageMedia", chat_id=patron.chat_id)
    assert len(edits) >= 2, "no preview was shown"
    assert {int(call["params"]["message_id"]) for call in edits} == {announced["message_id"]}
    (shown,) = await patron.messages()
    assert shown["message_id"] == picture["message_id"] == announced["message_id"]
    quote = shown["caption_entities"][0]
    assert (quote["type"], shown["caption"][: quote["length"]]) == ("blockquote", CAT)
    assert size_of(await patron.content(shown)) == (1024, 1024)
    (order,) = await patron.orders()
    assert CAT in order.prompt


async def test_the_chat_goes_on_while_a_picture_is_drawn(patron: Patron) -> None:
    await patron.openai.pace(first_token_ms=20, picture_seconds=20)
    mark = patron.telegram.mark()
    await patron.say(f"нарисуй {CAT}")
    announced = await patron.seen(mark, text=DRAWING)
    await patron.say("а сколько будет дважды два?")
    await patron.seen(mark, text="дважды два")
    assert [call.outcome for call in await patron.picture_calls()] == [Outcome.RUNNING]
    await patron.press(announced, "Отменить")
    await patron.seen(mark, text="отменено")


async def test_a_cancelled_drawing_ends_the_vendors_call_and_can_be_tried_again(patron: Patron) -> None:
    await patron.openai.pace(picture_seconds=20)
    mark = patron.telegram.mark()
    await patron.say(f"нарисуй {CAT}")
    announced = await patron.seen(mark, text=DRAWING)
    await patron.openai.until_active()
    async with asyncio.timeout(1):
        await patron.press(announced, "Отменить")
        (call,) = await patron.openai.until_ended()
    assert call.outcome is Outcome.CLIENT_GONE
    stopped = await patron.seen(mark, text="отменено")
    await patron.openai.pace()
    mark = patron.telegram.mark()
    await patron.press(stopped, "Ещё раз")
    picture = await patron.finished(mark)
    (shown,) = await patron.messages()
    assert shown["message_id"] == picture["message_id"]
    assert CAT in shown["caption"]


async def test_a_fourth_picture_at_once_has_to_wait(patron: Patron) -> None:
    await patron.openai.pace(picture_seconds=20)
    mark = patron.telegram.mark()
    for number in range(1, 4):
        await patron.say(f"нарисуй кота номер {number}")
    await patron.openai.until_active(3)
    await patron.say("нарисуй кота номер 4")
    refused = await patron.seen(mark, text="уже рисую вам 3 картинки")
    assert data_of(refused, "Ещё раз")
    assert len(await patron.orders()) == 3
    await patron.say("/stop")
    calls = await patron.openai.until_ended(3)
    assert {call.outcome for call in calls} == {Outcome.CLIENT_GONE}


async def test_an_order_that_is_edited_meanwhile_leaves_one_picture_of_its_last_words(
    patron: Patron,
) -> None:
    ann, _bob = await patron.in_group()
    await patron.openai.pace(picture_seconds=1.5)
    mark = patron.telegram.mark()
    order = await ann.say(f"/img {CAT}")
    await ann.seen(mark, only="photo", caption=DRAWING)
    await ann.telegram.edit(ann.user_id, order["message_id"], "/img собаку", chat_id=ann.chat_id)
    await patron.openai.until_ended(1)
    await patron.openai.pace()
    picture = await ann.finished(mark)
    assert "собаку" in picture["caption"]
    stopped = await ann.seen(mark, text="отменено")
    await patron.telegram.wait_for(
        "delete", after=mark, where=lambda event: stopped["message_id"] in event["message_ids"]
    )
    pictures = [message["message_id"] for message in await ann.messages() if "photo" in message]
    assert pictures == [picture["message_id"]]
    cancelled, drawn = await patron.picture_calls()
    assert (cancelled.outcome, drawn.outcome) == (Outcome.CLIENT_GONE, Outcome.COMPLETED)
