from typing import Any

import pytest
from quartet.image.v1.image_service_pb2 import GenerateImageRequest

from services.gateway.pictures import Version
from services.gateway.pictures.buttons import Verb, press_under
from services.gateway.updates import STOP_PREFIX
from tests.integration.gateway.pictures.atelier import PROMPT, Atelier
from tests.support.studio import FINISHED, colour_of

pytestmark = pytest.mark.asyncio(loop_scope="package")


def button_in(message: dict[str, Any], prefix: str) -> str:
    rows = message["reply_markup"]["inline_keyboard"]
    datas: list[str] = [button.get("callback_data", "") for row in rows for button in row]
    return next(data for data in datas if data.startswith(prefix))


async def photo_in(atelier: Atelier, message: dict[str, Any]) -> bytes:
    return await atelier.telegram.download(message["photo"][-1]["file_id"])


async def order_a_variation(atelier: Atelier, *, is_held: bool = False) -> tuple[dict[str, Any], int]:
    """Presses the button; returns the message in which the picture is announced, and where that was.

    Nothing comes of it until it has been seen announced, or while it `is_held` for the test to let it go.
    """
    atelier.studio.finish.clear()
    version, message_id = await atelier.hang_up_a_picture()
    mark = atelier.telegram.mark()
    await atelier.press(message_id, Verb.VARY, version)
    announced = await atelier.wait_for(after=mark, text="Рисую")
    if not is_held:
        atelier.studio.finish.set()
    return announced, mark


async def test_a_picture_is_announced_develops_and_is_there_in_one_message(atelier: Atelier) -> None:
    announced, mark = await order_a_variation(atelier, is_held=True)
    assert announced["text"].startswith(f"{PROMPT}\n")
    assert announced["reply_to_message"]["photo"]
    preview = await atelier.wait_for(after=mark, photo=True, caption="Рисую")
    assert colour_of(await photo_in(atelier, preview)) != FINISHED
    atelier.studio.finish.set()
    picture = await atelier.wait_for(after=mark, photo=True, caption="studio-1")
    assert announced["message_id"] == preview["message_id"] == picture["message_id"]
    assert "Из версии 1" in picture["caption"]
    assert colour_of(await photo_in(atelier, picture)) == FINISHED
    assert button_in(picture, "pic:here:").endswith(":2:2")
    (order,) = atelier.studio.orders
    assert order.picture_id.startswith(f"{atelier.bot_id}.{atelier.chat_id}.")
    assert order.caller.user_id == atelier.user_id


async def test_a_cancelled_drawing_stops_the_service_and_can_be_ordered_again(atelier: Atelier) -> None:
    announced, mark = await order_a_variation(atelier, is_held=True)
    await atelier.wait_for(after=mark, photo=True, caption="Рисую")
    stop = button_in(announced, STOP_PREFIX)
    await atelier.press_data(announced["message_id"], stop)
    stopped = await atelier.wait_for(after=mark, text="отменено")
    await atelier.telegram.wait_for(
        "delete", where=lambda event: announced["message_id"] in event["message_ids"], after=mark
    )
    assert await atelier.studio.until_cancelled() == atelier.studio.orders[0].picture_id
    atelier.studio.finish.set()
    await atelier.press_data(stopped["message_id"], button_in(stopped, "try:"))
    picture = await atelier.wait_for(after=mark, photo=True, caption="studio-1")
    assert picture["message_id"] == stopped["message_id"]


async def test_a_refused_picture_is_explained_and_not_offered_again(atelier: Atelier) -> None:
    atelier.studio.fails_with = "ERROR_REASON_CONTENT_REJECTED"
    _announced, mark = await order_a_variation(atelier)
    refused = await atelier.wait_for(after=mark, text="правила безопасности")
    assert "reply_markup" not in refused


async def test_a_picture_that_may_succeed_later_can_be_tried_again_in_its_place(atelier: Atelier) -> None:
    atelier.studio.fails_with = "ERROR_REASON_PROVIDER_UNAVAILABLE"
    _announced, mark = await order_a_variation(atelier)
    failed = await atelier.wait_for(after=mark, text="не отвечает")
    atelier.studio.fails_with = ""
    await atelier.press_data(failed["message_id"], button_in(failed, "try:"))
    picture = await atelier.wait_for(after=mark, photo=True, caption="studio-1")
    assert picture["message_id"] == failed["message_id"]


async def test_a_picture_waits_for_an_image_service_that_is_away(atelier: Atelier) -> None:
    atelier.studio.fails_with = "ERROR_REASON_SERVICE_UNAVAILABLE"
    _announced, mark = await order_a_variation(atelier)
    await atelier.wait_for(after=mark, photo=True, caption="Рисую")
    atelier.studio.fails_with = ""
    await atelier.wait_for(after=mark, photo=True, caption="studio-1")
    assert len({order.picture_id for order in atelier.studio.orders}) == 1


async def test_whoever_waits_for_a_picture_orders_another_one_meanwhile(atelier: Atelier) -> None:
    atelier.studio.finish.clear()
    version, message_id = await atelier.hang_up_a_picture()
    mark = atelier.telegram.mark()
    await atelier.press(message_id, Verb.VARY, version)
    await atelier.press(message_id, Verb.STYLE, version)
    pixel = press_under(Verb.STYLE, version, "pixel").data
    choice = await atelier.telegram.wait_for("edit", where=lambda event: pixel in str(event), after=mark)
    await atelier.press_data(choice["message"]["message_id"], pixel)
    first = await atelier.wait_for(after=mark, text="Рисую")
    await atelier.telegram.wait_for(
        "message",
        where=lambda event: (
            "Рисую" in event["message"].get("text", "")
            and event["message"]["message_id"] != first["message_id"]
        ),
        after=mark,
    )
    again = await atelier.press(message_id, Verb.VARY, version)
    assert await atelier.toast(again) == "Уже рисую…"
    assert len(atelier.studio.orders) == 2


async def test_a_picture_that_telegram_does_not_show_comes_as_a_file(atelier: Atelier) -> None:
    atelier.studio.size = (2100, 60)
    _announced, mark = await order_a_variation(atelier)
    message = await atelier.wait_for(after=mark, document=True, caption="studio-1")
    assert message["document"]["file_name"] == f"{PROMPT} 2.png"


async def test_a_successor_finishes_the_picture_under_the_same_id_in_the_same_message(
    atelier: Atelier,
) -> None:
    announced, mark = await order_a_variation(atelier, is_held=True)
    await atelier.wait_for(after=mark, photo=True, caption="Рисую")
    await atelier.close_gateway()
    atelier.open_gateway()
    atelier.studio.finish.set()
    picture = await atelier.wait_for(after=mark, photo=True, caption="studio-1")
    assert picture["message_id"] == announced["message_id"]
    assert len({order.picture_id for order in atelier.studio.orders}) == 1
    assert len(atelier.studio.orders) == 2


async def test_in_a_group_a_picture_is_drawn_for_whoever_pressed(atelier: Atelier) -> None:
    version, message_id = await atelier.hang_up_a_picture()
    other_id = await atelier.telegram.add_user("Борис", "ru")
    await atelier.telegram.change_member(atelier.chat_id, other_id, "add")
    mark = atelier.telegram.mark()
    data = press_under(Verb.VARY, version).data
    await atelier.telegram.press(other_id, message_id, data, chat_id=atelier.chat_id)
    picture = await atelier.wait_for(after=mark, photo=True, caption="studio-1")
    assert picture["reply_to_message"]["message_id"] == message_id
    (order,) = atelier.studio.orders
    assert isinstance(order, GenerateImageRequest)
    assert (order.caller.user_id, order.caller.chat_id) == (other_id, atelier.chat_id)
    assert Version(order.variation_of.series_id, order.variation_of.number) == version
