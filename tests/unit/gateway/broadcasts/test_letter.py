from aiogram.methods import SendMessage, SendPhoto
from aiogram.types import MessageEntity

from services.gateway.broadcasts.letter import MAX_CAPTION_UTF16, Letter
from services.gateway.broadcasts.order import Order
from services.gateway.rendering import Entity, EntityType, from_aiogram

WRITTEN = [
    MessageEntity(type="bold", offset=0, length=4),
    MessageEntity(type="url", offset=5, length=11),
    MessageEntity(type="text_link", offset=0, length=4, url="https://example.org/"),
]


def test_what_somebody_wrote_goes_out_with_their_marking_and_no_mark_in_it_means_anything() -> None:
    order = Order(markdown="News *of* example.org", is_plain=True, entities=from_aiogram(WRITTEN))
    kept = Order.model_validate_json(order.model_dump_json(exclude_defaults=True))
    sent = Letter(kept).to(7)
    assert isinstance(sent, SendMessage)
    assert sent.text == "News *of* example.org"
    # Telegram finds addresses by itself.
    assert sent.entities == [WRITTEN[0], WRITTEN[2]]


def test_a_picture_that_telegram_has_is_not_uploaded_again() -> None:
    bold = (Entity(EntityType.BOLD, 0, 4),)
    order = Order(markdown="News", is_plain=True, entities=bold, picture_file_id="AgAC")
    sent = Letter(order).to(7)
    assert isinstance(sent, SendPhoto)
    assert (sent.photo, sent.caption) == ("AgAC", "News")
    assert sent.caption_entities == [WRITTEN[0]]


def test_a_caption_is_shorter_than_a_text() -> None:
    text = "x" * (MAX_CAPTION_UTF16 + 1)
    assert Letter(Order(markdown=text, is_plain=True)).fits
    assert not Letter(Order(markdown=text, is_plain=True, picture_file_id="AgAC")).fits
    assert Letter(Order(markdown="", is_plain=True, picture_file_id="AgAC")).fits
    assert not Letter(Order(markdown=" ", is_plain=True)).fits
