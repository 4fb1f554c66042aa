from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final

from markupsafe import Markup, escape
from quartet.gateway.v1.delivery_service_pb2 import DeliveryEntity

QUOTE: Final = Markup("<blockquote>{}</blockquote>")
LINK: Final = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>')
TAGS: Final[Mapping[str, Markup]] = {
    "bold": Markup("<b>{}</b>"),
    "italic": Markup("<i>{}</i>"),
    "underline": Markup("<u>{}</u>"),
    "strikethrough": Markup("<s>{}</s>"),
    "spoiler": Markup('<span class="spoiler">{}</span>'),
    "code": Markup("<code>{}</code>"),
    "pre": Markup("<pre>{}</pre>"),
    "blockquote": QUOTE,
    "expandable_blockquote": QUOTE,
}


def look_of(text: str, entities: Iterable[DeliveryEntity]) -> Markup:
    """Draw a message as Telegram shows it; whatever stands in it is escaped."""
    units = text.encode("utf-16-le")
    return _drawn(units, 0, len(units) // 2, deque(entities))


def _drawn(units: bytes, begin: int, end: int, waiting: deque[DeliveryEntity]) -> Markup:
    """What stands between two places, with those that begin there taken from `waiting`."""
    parts: list[Markup] = []
    while waiting and waiting[0].offset < end:
        entity = waiting.popleft()
        stop = min(entity.offset + entity.length, end)
        inner = _drawn(units, entity.offset, stop, waiting)
        parts += [_plain(units, begin, entity.offset), _marked(entity, inner)]
        begin = stop
    return Markup("").join([*parts, _plain(units, begin, end)])


def _marked(entity: DeliveryEntity, inner: Markup) -> Markup:
    if entity.type == "text_link" and entity.url.startswith(("https://", "http://")):
        return LINK.format(entity.url, inner)
    return TAGS.get(entity.type, Markup("{}")).format(inner)


def _plain(units: bytes, begin: int, end: int) -> Markup:
    return escape(units[2 * begin : 2 * end].decode("utf-16-le", "replace"))
