from dataclasses import dataclass
from typing import Any, Final

from aiogram.filters import Filter
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from services.chassis.errors import QuartetError
from services.gateway.delivery.turn import Purpose, Turn
from services.gateway.questions import speaker_of
from services.gateway.speech import Speech
from services.gateway.turns import Part
from services.gateway.video_client import VideoClient
from services.gateway.videos import Job
from services.gateway.videos.buttons import Verb, VideoPress, parse_video_press
from services.gateway.videos.refusals import refusal
from services.gateway.wording import Wording

LONGEST_TOAST_CHARACTERS: Final = 60
"""What is longer is shown so that it can be read in peace."""


@dataclass(frozen=True)
class Pressed:
    """A press of a button about a video, and the ways to answer it."""

    query: CallbackQuery
    turn: Turn
    speech: Speech
    wording: Wording
    videos: VideoClient
    press: VideoPress

    @property
    def message_id(self) -> int | None:
        """Of the message under which the button stands."""
        return self.query.message.message_id if self.query.message else None

    async def job(self) -> Job | None:
        """The job that the button names; where there is none, the person is told so."""
        try:
            return await self.videos.get(self.press.job_id, speaker_of(self.turn))
        except QuartetError as error:
            await self.refuse(error)
            return None

    async def refuse(self, error: QuartetError) -> None:
        await self.toast(refusal(error, self.turn.language, self.wording))

    async def toast(self, text: str = "") -> None:
        """Answers the press, with a text or just so that the button rests."""
        if self.turn.purpose is Purpose.RETRY:
            return
        is_long = len(text) > LONGEST_TOAST_CHARACTERS
        method = AnswerCallbackQuery(callback_query_id=self.query.id, text=text or None, show_alert=is_long)
        await self.speech.replies.toast(self.turn, method)

    async def redraw(self, part: Part) -> None:
        """Makes the message with the button another one."""
        if self.message_id is not None:
            await self.speech.replies.redraw(self.turn, self.message_id, part)


class VideoPressed(Filter):
    """Passes a press of certain buttons about videos, which the handler gets as `pressed`.

    Those that open a choice are other buttons than those in it, which carry a value.
    """

    def __init__(self, *verbs: Verb, with_value: bool = False) -> None:
        self._verbs = verbs
        self._with_value = with_value

    async def __call__(
        self, query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording, video_client: VideoClient
    ) -> bool | dict[str, Any]:
        press = parse_video_press(query.data or "")
        if press is None or press.verb not in self._verbs or bool(press.value) is not self._with_value:
            return False
        return {"pressed": Pressed(query, turn, speech, wording, video_client, press)}
