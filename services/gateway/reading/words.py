from collections.abc import Sequence

from aiogram.types import Message

from services.gateway.gathering import join_paste


def own_words(messages: Sequence[Message]) -> str:
    """What the person wrote themselves: texts and captions, but nothing that they forward."""
    own = [message for message in messages if message.forward_origin is None]
    texts = [message.text for message in own if message.text]
    captions = [message.caption for message in own if message.caption]
    return "\n\n".join(([join_paste(texts)] if texts else []) + captions)


def without_mention(text: str, username: str | None) -> str:
    """The question without the "@bot" that only called for attention."""
    mention = f"@{username}"
    stripped = text.strip()
    if stripped.casefold().startswith(mention.casefold()):
        return stripped[len(mention) :].lstrip(" ,:")
    if stripped.casefold().endswith(mention.casefold()):
        return stripped[: -len(mention)].rstrip(" ,:")
    return stripped
