import pytest
from quartet.gateway.v1.delivery_service_pb2 import DeliveryEntity

from services.admin.panel.look import look_of


def test_marking_is_drawn_where_telegram_shows_it_and_within_other_marking() -> None:
    quote = DeliveryEntity(type="blockquote", offset=0, length=12)
    bold, italic = (DeliveryEntity(type=kind, offset=3, length=4) for kind in ("bold", "italic"))
    code = DeliveryEntity(type="code", offset=13, length=2)
    # The emoji is two of Telegram's units.
    look = look_of("🎉 News, today and", [quote, bold, italic, code])
    assert look == "<blockquote>🎉 <b><i>News</i></b>, tod</blockquote>a<code>y </code>and"


@pytest.mark.parametrize("url", ["javascript:alert(1)", 'https://example.org/"onclick="alert(1)'])
def test_what_stands_in_a_message_is_never_markup_of_the_panel(url: str) -> None:
    entities = [DeliveryEntity(type="text_link", offset=0, length=8, url=url)]
    look = look_of("<script>", entities)
    assert "&lt;script&gt;" in look
    assert '"onclick' not in look
    assert "javascript:" not in look
