from typing import Any

from aiogram.filters import Filter
from aiogram.types import TelegramObject
from aiogram.utils.magic_filter import MagicFilter


class Matching(Filter):
    """Passes what a magic filter passes, and asks it at once.

    aiogram asks a bare one in another thread, as all that is no coroutine. Several of them stand before a
    question, and in a burst each change of threads waits for the loop's.
    """

    def __init__(self, magic: MagicFilter) -> None:
        self._magic = magic

    async def __call__(self, event: TelegramObject) -> Any:
        return self._magic.resolve(event)
