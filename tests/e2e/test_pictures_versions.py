import asyncio

import pytest

from tests.e2e.chatter import labels_of
from tests.e2e.pictures import BOT, DRAWING, Patron, size_of
from tests.support.telegram import Json

pytestmark = pytest.mark.asyncio(loop_scope="session")

CAT = "рыжего кота"


async def test_versions_are_made_by_buttons_and_replies_and_walked_by_everyone_in_place(
    patron: Patron,
) -> None:
    ann, bob = await patron.in_group()
    first = await ann.draws(f"{BOT} нарисуй {CAT}")
    second = await ann.chosen(first, "Ещё вариант")
    third = await bob.chosen(second, "Формат", "16:9")
    # The reply goes to the first version: that is where the branch begins.
    fourth = await bob.draws("надень на него шляпу", reply_to_message_id=first["message_id"])
    pictures = [first, second, third, fourth]
    assert len({picture["message_id"] for picture in pictures}) == 4
    contents = [await ann.content(picture) for picture in pictures]
    assert len(set(contents)) == 4
    width, height = size_of(contents[2])
    assert abs(width / height - 16 / 9) < 0.05
    origins = ["", "Из версии 1", "Из версии 2", "Из версии 1"]
    assert all(origin in picture["caption"] for origin, picture in zip(origins, pictures, strict=True))
    assert "4/4" in labels_of(fourth)
    back = await bob.walked(fourth, "⬅️")
    assert "3/4" in labels_of(back)
    assert await bob.content(back) == contents[2]
    on = await ann.walked(back, "➡️")
    assert await ann.content(on) == contents[3]
    assert await ann.toast(await ann.press(on, "➡️")) == "Это последняя версия."


async def test_a_change_is_asked_for_by_a_button_and_said_in_the_next_message(patron: Patron) -> None:
    first = await patron.draws(f"нарисуй {CAT}")
    mark = patron.telegram.mark()
    await patron.press(first, "Изменить")
    await patron.seen(mark, text="Что изменить")
    changed = await patron.draws("сделай фон ночным")
    assert "сделай фон ночным" in changed["caption"]
    assert "2/2" in labels_of(changed)
    order = (await patron.orders())[-1]
    assert len(order.sent) == 1


async def test_a_style_is_chosen_under_the_picture_and_the_original_comes_as_a_file(patron: Patron) -> None:
    ann, bob = await patron.in_group()
    first = await ann.draws(f"/image {CAT}")
    painted = await bob.chosen(first, "Стиль", "Акварель")
    assert "Акварель" in painted["caption"]
    mark = patron.telegram.mark()
    await ann.press(painted, "Оригинал")
    content = await ann.content(await ann.seen(mark, only="document"))
    order = (await patron.orders())[-1]
    assert len(content) == order.file_bytes
    assert "x".join(map(str, size_of(content))) == order.size


async def test_a_better_description_of_a_picture_draws_its_next_version(patron: Patron) -> None:
    ann, _bob = await patron.in_group()
    first = await ann.draws(f"/img {CAT}")
    mark = patron.telegram.mark()
    await ann.press(first, "Улучшить")
    easel = await ann.seen(mark, text="Улучшенное описание")
    assert len(await patron.orders()) == 1
    better = await ann.chosen(easel, "🎨 Нарисовать")
    assert "вечерний свет" in better["caption"]
    assert "2/2" in labels_of(better)


async def test_in_a_group_a_picture_is_ordered_by_command_or_mention_and_not_in_passing(
    patron: Patron,
) -> None:
    ann, bob = await patron.in_group()
    mark = ann.telegram.mark()
    await bob.say(f"нарисуй {CAT}")
    said = [await ann.say(f"/img {CAT}"), await bob.say(f"{BOT} нарисуй {CAT}")]

    async def announced(order: Json) -> None:
        await ann.telegram.wait_for(
            "message",
            chat_id=ann.chat_id,
            after=mark,
            where=lambda event: (
                DRAWING in event["message"].get("text", "")
                and event["message"]["reply_to_message"]["message_id"] == order["message_id"]
            ),
        )

    await asyncio.gather(*map(announced, said))
    await ann.openai.until_ended(2)
    assert len(await ann.orders()) == 2
