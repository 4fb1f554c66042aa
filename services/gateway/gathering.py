import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from services.gateway.in_hand import InHand
from services.gateway.rendering import MAX_TEXT_UTF16, utf16_length
from services.gateway.updates import RawUpdate, origin_of

ALBUM_PAUSE_SECONDS: Final = 0.5
"""Telegram delivers an album's messages within moments of each other, and does not say how many there are."""
PASTE_PAUSE_SECONDS: Final = 0.7
"""Clients send the pieces of a long paste one after the other."""
FORWARDS_PAUSE_SECONDS: Final = 0.3
MAX_MESSAGES: Final = 100
"""So many messages may be forwarded at once."""
COMMENT_SECONDS: Final = 1
"""Telegram's dates are whole seconds."""
FULL_UTF16: Final = MAX_TEXT_UTF16 - 100
"""Clients cut a long text near the limit, some of them at the end of a word or a line."""


@dataclass
class _Open:
    first: InHand
    timer: asyncio.TimerHandle | None = None
    others: list[InHand] = field(default_factory=list)


class Gathering:
    """Joins what a person sends as one thing and Telegram delivers as several messages.

    That is an album, a text longer than one message, several messages forwarded at once. Each update is
    released alone or as the first of those it belongs to, in the order in which it came.
    """

    def __init__(self, release: Callable[[InHand], None]) -> None:
        self._release = release
        self._open: dict[tuple[object, ...], _Open] = {}

    def add(self, item: InHand) -> None:
        """Takes an update in. What belongs together is released a moment after its last one."""
        message: RawUpdate = item.update.get("message") or {}
        whose = _whose(item.update)
        key, pause_seconds, is_last = _group_of(message, whose)
        for other_key in [known for known in self._open if known[: len(whose)] == whose and known != key]:
            self._close(other_key)
        group = self._open.get(key) if key else None
        if not key or (group is None and is_last):
            self._release(item)
            return
        if group is None:
            group = self._open[key] = _Open(item)
        else:
            group.others.append(item)
        if group.timer:
            group.timer.cancel()
        if is_last or len(group.others) + 1 >= MAX_MESSAGES:
            self._close(key)
        else:
            group.timer = asyncio.get_running_loop().call_later(pause_seconds, self._close, key)

    def _close(self, key: tuple[object, ...]) -> None:
        group = self._open.pop(key)
        if group.timer:
            group.timer.cancel()
        group.first.others.extend(group.others)
        self._release(group.first)


def _whose(update: RawUpdate) -> tuple[object, ...]:
    origin = origin_of(update)
    return (origin.chat_id, origin.thread_id, origin.user_id)


def _group_of(message: RawUpdate, whose: tuple[object, ...]) -> tuple[tuple[object, ...], float, bool]:
    """What a message belongs to (nothing: empty), how long to wait for more of it, whether it is the last."""
    if "media_group_id" in message:
        return (*whose, "album", message["media_group_id"]), ALBUM_PAUSE_SECONDS, False
    if "forward_origin" in message:
        return (*whose, "forwards"), FORWARDS_PAUSE_SECONDS, False
    text = str(message.get("text", ""))
    if text and not text.startswith("/"):
        return (*whose, "paste"), PASTE_PAUSE_SECONDS, utf16_length(text) < FULL_UTF16
    return (), 0.0, True


def join_paste(pieces: list[str]) -> str:
    """The text as it was before a client cut it: at the limit, or at white space that it dropped."""
    text, *others = pieces
    for before, piece in zip(pieces, others, strict=False):
        is_cut_at_limit = utf16_length(before) == MAX_TEXT_UTF16
        text += piece if is_cut_at_limit else f"\n{piece}"
    return text


def is_comment_on(update: RawUpdate, forwards: RawUpdate) -> bool:
    """Whether one update's text was sent along with another's forwarded messages, as a comment on them."""
    comment: RawUpdate = update.get("message") or {}
    forwarded: RawUpdate = forwards.get("message") or {}
    if "forward_origin" not in forwarded or "forward_origin" in comment or "text" not in comment:
        return False
    is_command = str(comment["text"]).startswith("/")
    moments_before = forwarded["date"] - comment["date"]
    is_just_before = 0 <= moments_before <= COMMENT_SECONDS and (
        comment["message_id"] < forwarded["message_id"]
    )
    return is_just_before and not is_command and _whose(update) == _whose(forwards)
