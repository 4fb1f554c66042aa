from typing import Any

import pytest

from services.gateway.pictures.buttons import Verb, press_under
from tests.integration.gateway.pictures.atelier import PROMPT, Atelier

pytestmark = pytest.mark.asyncio(loop_scope="package")


def datas_in(message: dict[str, Any]) -> list[str]:
    rows = message["reply_markup"]["inline_keyboard"]
    return [button.get("callback_data", "") for row in rows for button in row]


def data_in(message: dict[str, Any], prefix: str) -> str:
    return next(data for data in datas_in(message) if data.startswith(prefix))


async def test_versions_are_walked_in_place_and_the_ends_are_said(atelier: Atelier) -> None:
    version, message_id = await atelier.hang_up_a_picture()
    mark = atelier.telegram.mark()
    await atelier.press(message_id, Verb.VARY, version)
    second = await atelier.wait_for(after=mark, photo=True, caption="Из версии 1")
    mark = atelier.telegram.mark()
    await atelier.press_data(second["message_id"], data_in(second, "pic:back:"))
    walked = await atelier.wait_for(after=mark, photo=True, caption="studio-1")
    assert walked["message_id"] == second["message_id"]
    assert "Из версии" not in walked["caption"]
    assert walked["reply_markup"]["inline_keyboard"][0][1]["text"] == "1/2"
    pressed = await atelier.press_data(walked["message_id"], data_in(walked, "pic:back:"))
    assert await atelier.toast(pressed) == "Это первая версия."
    mark = atelier.telegram.mark()
    await atelier.press_data(walked["message_id"], data_in(walked, "pic:on:"))
    again = await atelier.wait_for(after=mark, photo=True, caption="Из версии 1")
    pressed = await atelier.press_data(again["message_id"], data_in(again, "pic:on:"))
    assert await atelier.toast(pressed) == "Это последняя версия."


async def test_old_buttons_learn_how_many_versions_there_are_now(atelier: Atelier) -> None:
    version, message_id = await atelier.hang_up_a_picture(number=1, count=2)
    mark = atelier.telegram.mark()
    for _ in range(2):
        await atelier.press(message_id, Verb.VARY, version)
        await atelier.wait_for(after=mark, photo=True, caption="Из версии 1")
        # A press that comes before the former one is done with is one finger's doing: something lies between.
        mark = atelier.telegram.mark()
        await atelier.telegram.send(atelier.user_id, "/help", chat_id=atelier.chat_id)
        await atelier.wait_for(after=mark, text="/img")
        mark = atelier.telegram.mark()
    pressed = await atelier.press(message_id, Verb.HERE, version, "2")
    assert await atelier.toast(pressed) == "Версия 1 из 3."
    await edited_buttons(atelier, message_id, mark, press_under(Verb.HERE, version, "3").data)


async def test_a_style_is_chosen_in_place_and_drawn_as_a_version_of_its_own(atelier: Atelier) -> None:
    version, message_id = await atelier.hang_up_a_picture()
    mark = atelier.telegram.mark()
    await atelier.press(message_id, Verb.STYLE, version)
    await edited_buttons(atelier, message_id, mark, "pic:shut:")
    mark = atelier.telegram.mark()
    await atelier.press_data(message_id, press_under(Verb.STYLE, version, "pixel").data)
    restored = await edited_buttons(atelier, message_id, mark, "pic:vary:")
    assert any("copy_text" in button for row in restored["reply_markup"]["inline_keyboard"] for button in row)
    picture = await atelier.wait_for(after=mark, photo=True, caption="Пиксели")
    assert picture["message_id"] != message_id


async def edited_buttons(atelier: Atelier, message_id: int, after: int, prefix: str) -> dict[str, Any]:
    edited = await atelier.telegram.wait_for(
        "edit",
        where=lambda event: (
            event["message"]["message_id"] == message_id
            and any(data.startswith(prefix) for data in datas_in(event["message"]))
        ),
        after=after,
    )
    return dict(edited["message"])


async def test_the_original_comes_bit_by_bit_as_a_file_with_a_name(atelier: Atelier) -> None:
    version, message_id = await atelier.hang_up_a_picture()
    mark = atelier.telegram.mark()
    await atelier.press(message_id, Verb.ORIGINAL, version)
    message = await atelier.wait_for(after=mark, document=True)
    assert message["document"]["file_name"] == f"{PROMPT} 1.png"
    assert message["reply_to_message"]["message_id"] == message_id
    content = await atelier.telegram.download(message["document"]["file_id"])
    assert content == atelier.studio.kept[version.series_id].original


@pytest.mark.parametrize("verb", [Verb.BACK, Verb.HERE, Verb.ORIGINAL, Verb.ON])
async def test_a_picture_that_is_no_longer_kept_is_said_to_be_gone(atelier: Atelier, verb: Verb) -> None:
    version, message_id = await atelier.hang_up_a_picture(number=2, count=3)
    del atelier.studio.kept[version.series_id]
    pressed = await atelier.press(message_id, verb, version, "3" if verb is Verb.HERE else "")
    assert "больше нет" in await atelier.toast(pressed)


async def test_a_variation_of_what_is_no_longer_kept_says_so(atelier: Atelier) -> None:
    version, message_id = await atelier.hang_up_a_picture()
    del atelier.studio.kept[version.series_id]
    mark = atelier.telegram.mark()
    await atelier.press(message_id, Verb.VARY, version)
    await atelier.wait_for(after=mark, text="больше нет")


async def test_in_a_group_the_words_for_a_change_come_as_a_reply(atelier: Atelier) -> None:
    version, message_id = await atelier.hang_up_a_picture()
    pressed = await atelier.press(message_id, Verb.EDIT, version)
    assert "Ответьте на эту картинку" in await atelier.toast(pressed)
