import pytest

from tests.e2e.pictures import Patron, blank_png, moving, opened, photo_with_place

pytestmark = pytest.mark.asyncio(loop_scope="session")

JPEG = photo_with_place()


async def test_a_photo_is_changed_by_its_caption_and_nobody_learns_where_it_was_taken(
    patron: Patron,
) -> None:
    mark = patron.telegram.mark()
    await patron.show(JPEG, "убери фон")
    picture = await patron.finished(mark)
    assert "убери фон" in picture["caption"]
    (call,) = await patron.picture_calls()
    sent = opened(await patron.openai.sent_picture(call))
    assert sent.size == (800, 600)
    assert not sent.getexif()
    assert "exif" not in sent.info


async def test_a_photo_that_is_replied_to_is_drawn_in_another_manner(patron: Patron) -> None:
    friend = await patron.another()
    photo = await friend.show(JPEG, "мой дом")
    await friend.seen(0, text="мой дом")
    picture = await friend.draws("нарисуй в стиле акварели", reply_to_message_id=photo["message_id"])
    assert "в стиле акварели" in picture["caption"]
    (call,) = await patron.picture_calls()
    sent = opened(await patron.openai.sent_picture(call))
    assert sent.size == (800, 600)
    assert "exif" not in sent.info


@pytest.mark.parametrize(
    ("file_name", "content", "sentence"),
    [
        ("notes.png", b"These are words and no picture.", "не картинка"),
        ("torn.jpg", JPEG[: len(JPEG) // 2], "повреждён"),
        ("cat.gif", moving("GIF"), "движущимися"),
        ("cat.webp", moving("WEBP"), "движущимися"),
        ("poster.png", blank_png(10_000, 10_000), "мегапикселей"),
    ],
    ids=["words", "torn", "gif", "webp", "too many pixels"],
)
async def test_what_cannot_be_changed_is_said_plainly_and_costs_nothing(
    patron: Patron, file_name: str, content: bytes, sentence: str
) -> None:
    mark = patron.telegram.mark()
    await patron.show(content, "убери фон", file_name=file_name)
    refused = await patron.seen(mark, text=sentence)
    assert "reply_markup" not in refused
    assert await patron.openai.calls() == []
    assert len(await patron.messages()) == 1
