import pytest

from tests.e2e.chatter import labels_of
from tests.e2e.pictures import BOT, Patron, size_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_without_words_a_description_is_made_on_the_easel_before_anything_is_spent(
    patron: Patron,
) -> None:
    mark = patron.telegram.mark()
    await patron.say("/img")
    await patron.seen(mark, text="Что нарисовать?")
    await patron.say("маяк в шторм")
    easel = await patron.seen(mark, text="Нарисую так")
    assert "маяк в шторм" in easel["text"]
    await patron.press(easel, "Улучшить")
    improved = await patron.seen(mark, text="Улучшенное описание")
    assert "маяк в шторм, мягкий вечерний свет" in improved["text"]
    assert "Ваши слова" in improved["text"]
    mark = patron.telegram.mark()
    await patron.press(improved, "мои слова")
    own = await patron.seen(mark, text="Нарисую так")
    assert "вечерний свет" not in own["text"]
    assert await patron.orders() == []


async def test_the_easel_and_old_buttons_outlive_a_restart_of_all_that_draws(patron: Patron) -> None:
    ann, bob = await patron.in_group()
    first = await ann.draws(f"/img{BOT} рыжего кота")
    second = await ann.chosen(first, "Ещё вариант")
    mark = bob.telegram.mark()
    await bob.say(f"/img{BOT}")
    asked = await bob.seen(mark, text="Что нарисовать?")
    await bob.say("маяк в шторм", reply_to_message_id=asked["message_id"])
    easel = await bob.seen(mark, text="Нарисую так")
    content = await ann.content(first)
    await patron.stack.roll_out(await patron.stack.speaker(), "image")
    back = await ann.walked(second, "⬅️")
    assert await ann.content(back) == content
    assert "3/3" in labels_of(await ann.chosen(first, "Ещё вариант"))
    for choice, wanted in (("Стиль", "Акварель"), ("Формат", "9:16")):
        mark = bob.telegram.mark()
        await bob.press(easel, choice)
        await bob.press(await bob.seen(mark, reply_markup=wanted), wanted)
        easel = await bob.seen(mark, text=wanted)
    drawn = await bob.chosen(easel, "🎨 Нарисовать")
    width, height = size_of(await bob.content(drawn))
    assert width < height
    assert "Акварель" in drawn["caption"]
    order = (await patron.orders())[-1]
    assert "маяк в шторм" in order.prompt
    assert "watercolour" in order.prompt
    # The easel stays for another try.
    assert easel["message_id"] in [message["message_id"] for message in await bob.messages()]
