import secrets
from collections import OrderedDict
from typing import Final

_MAX_KEPT: Final = 10_000
_ID_BYTES: Final = 20


class InlineMessages:
    """Messages sent through inline mode: the bot knows each by an id alone, never where it is."""

    def __init__(self) -> None:
        self._places: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._ids: dict[tuple[int, int], str] = {}

    def add(self, chat_id: int, message_id: int) -> str:
        """Names a message; the name is what the bot edits it by."""
        inline_message_id = secrets.token_urlsafe(_ID_BYTES)
        self._places[inline_message_id] = (chat_id, message_id)
        self._ids[chat_id, message_id] = inline_message_id
        if len(self._places) > _MAX_KEPT:
            _, place = self._places.popitem(last=False)
            del self._ids[place]
        return inline_message_id

    def find_place(self, inline_message_id: str) -> tuple[int, int] | None:
        """The chat and the message of an id."""
        return self._places.get(inline_message_id)

    def find_id(self, chat_id: int, message_id: int) -> str | None:
        return self._ids.get((chat_id, message_id))

    def clear(self) -> None:
        self._places.clear()
        self._ids.clear()
