from collections.abc import Iterable
from typing import Any

from aiogram.types import MessageEntity

from services.gateway.rendering.formatted_text import Entity, EntityType


def to_aiogram(entities: Iterable[Entity]) -> list[MessageEntity]:
    """The entities as aiogram sends them."""
    return [MessageEntity.model_validate(fields) for fields in to_dicts(entities)]


def from_aiogram(entities: Iterable[MessageEntity]) -> tuple[Entity, ...]:
    """The marking of what somebody wrote; what Telegram marks by itself, such as addresses, is left out."""
    return tuple(
        Entity(EntityType(one.type), one.offset, one.length, one.url, one.language)
        for one in entities
        if one.type in EntityType.__members__.values()
    )


def to_dicts(entities: Iterable[Entity]) -> tuple[dict[str, Any], ...]:
    """The entities as the Bot API's JSON, which can be stored and sent later."""
    return tuple(_fields(entity) for entity in entities)


def _fields(entity: Entity) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "type": entity.type.value,
        "offset": entity.offset,
        "length": entity.length,
        "url": entity.url,
        "language": entity.language,
    }
    return {name: value for name, value in fields.items() if value is not None}
