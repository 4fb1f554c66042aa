from dataclasses import dataclass, field
from typing import Final

from services.sandbox.telegram.wire import Json

SPLITTABLE: Final = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
BLOCKQUOTES: Final = frozenset({"blockquote", "expandable_blockquote"})
PREFORMATTED: Final = frozenset({"pre", "code"})
HIDDEN_DATA: Final = frozenset({"text_link", "text_mention", "pre", "code"})
DETECTED: Final = frozenset(
    {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"}
)

# Outer first where two entities share their place:
# https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp (get_type_priority)
_PRIORITY: Final = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 11,
    "code": 20,
    "text_link": 49,
    "text_mention": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}


@dataclass(slots=True)
class Entity:
    """A special part of a text; offset and length count UTF-16 code units."""

    type: str
    offset: int
    length: int
    extra: Json = field(default_factory=dict)

    @property
    def end(self) -> int:
        return self.offset + self.length

    @property
    def is_splittable(self) -> bool:
        return self.type in SPLITTABLE

    @property
    def is_blockquote(self) -> bool:
        return self.type in BLOCKQUOTES

    @property
    def is_continuous(self) -> bool:
        return not self.is_splittable and not self.is_blockquote

    def order(self) -> tuple[int, int, int]:
        return self.offset, -self.length, _PRIORITY.get(self.type, 50)

    def to_json(self) -> Json:
        return {"offset": self.offset, "length": self.length, "type": self.type, **self.extra}


def in_order(entities: list[Entity]) -> list[Entity]:
    """Outer before inner, left to right: the order Telegram returns entities in."""
    return sorted(entities, key=Entity.order)
