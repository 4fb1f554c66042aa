from typing import Any

from aiogram.filters import Filter
from aiogram.types import CallbackQuery

from services.gateway.videos.buttons import Verb, parse_video_press


class VideoPressed(Filter):
    """Passes a press of certain buttons about videos, which the handler gets as `press`.

    Those that open a choice are other buttons than those in it, which carry a value.
    """

    def __init__(self, *verbs: Verb, with_value: bool = False) -> None:
        self._verbs = verbs
        self._with_value = with_value

    async def __call__(self, query: CallbackQuery) -> bool | dict[str, Any]:
        press = parse_video_press(query.data or "")
        if press is None or press.verb not in self._verbs:
            return False
        return {"press": press} if bool(press.value) is self._with_value else False
