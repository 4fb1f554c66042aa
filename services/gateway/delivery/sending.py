import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import structlog
from aiogram.exceptions import AiogramError, TelegramMigrateToChat, TelegramNotFound
from aiogram.methods import TelegramMethod
from aiogram.types import Message

from services.chassis.backoff import Backoff
from services.chassis.errors import QuartetError, ServiceUnavailable
from services.gateway.delivery.budgets import Family, Priority
from services.gateway.delivery.composing import Composer
from services.gateway.delivery.outcomes import Outcome, describe, message_id_of, outcome_of
from services.gateway.delivery.scheduler import Scheduler
from services.gateway.delivery.turn import Turn
from services.gateway.metrics import GatewayMetrics
from services.gateway.pictures.refusals import refusal as picture_refusal
from services.gateway.rendering import utf16_length
from services.gateway.turns import Part, PictureRef, VideoRef
from services.gateway.videos.refusals import refusal as video_refusal
from services.gateway.wording import Language, Wording

log = structlog.get_logger()

GIVE_UP_SECONDS: Final = 6 * 3600
"""How long an answer waits for a Telegram that is down."""
VOICE_PATIENCE_SECONDS: Final = 60.0
"""How long the sound of an answer waits for the text service, and a page for the document service."""
PICTURE_PATIENCE_SECONDS: Final = 900.0
"""How long a picture that is drawn waits for the image service, which keeps it."""
MAX_DOUBTFUL_SENDS: Final = 3
"""How often a message is sent again that may have arrived each time."""
HOPELESS: Final = (Outcome.REFUSED, Outcome.BAD_FORMAT, Outcome.BAD_PHOTO, Outcome.NO_PICTURES)


class Undeliverable(Exception):
    """Telegram will never take this message."""


class RichRefused(Exception):
    """Telegram does not take the rich message; its plain parts are still to be tried."""


class Sender:
    """Sends one part of an answer, however often it takes."""

    def __init__(
        self, scheduler: Scheduler, composer: Composer, wording: Wording, metrics: GatewayMetrics
    ) -> None:
        self._scheduler = scheduler
        self._composer = composer
        self._wording = wording
        self._metrics = metrics

    async def send(self, turn: Turn, part: Part, *, in_doubt: bool) -> int:
        """Returns the message's id. `in_doubt`: it may have arrived already.

        Raises Undeliverable, RichRefused or LeaseLost.
        """
        gives_up_at = time.monotonic() + GIVE_UP_SECONDS
        backoff, doubtful_sends = Backoff(0.25, longest_seconds=15.0), 0
        while True:
            if in_doubt:
                self._doubt(turn, part)
                doubtful_sends += 1
            try:
                return await self._attempt(turn, self._marked(turn, part) if in_doubt else part)
            except TelegramMigrateToChat as error:
                turn, part = _moved(turn, part, error.migrate_to_chat_id)
            except AiogramError as error:
                if (sent_id := _sent_id(error, part)) is not None:
                    return sent_id
                if part.instead and isinstance(error, TelegramNotFound):
                    # A Bot API server that does not know rich messages.
                    raise RichRefused from error
                outcome = outcome_of(error)
                if (mended := self._mended(turn, part, outcome)) is not None:
                    part = mended
                    continue
                if outcome in HOPELESS or time.monotonic() > gives_up_at:
                    raise Undeliverable(describe(error)) from error
                in_doubt = in_doubt or (outcome is Outcome.UNKNOWN and not part.is_edit)
                if doubtful_sends == MAX_DOUBTFUL_SENDS:
                    raise Undeliverable("nobody knows how often it arrived") from error
                await backoff.pause()

    def _doubt(self, turn: Turn, part: Part) -> None:
        """Counts a send that may be a second one. Raises RichRefused: such a one has no room for the mark."""
        if part.instead:
            raise RichRefused
        self._metrics.ambiguous_sends.inc()
        log.warning("reply_sent_again_in_doubt", turn_id=turn.turn_id)

    async def _attempt(self, turn: Turn, part: Part) -> int:
        method = await self._compose(turn, part)
        result = await self._scheduler.call(method, turn.chat_id, Family.MESSAGES, Priority.FINAL)
        return result.message_id if isinstance(result, Message) else part.message_id or 0

    async def _compose(self, turn: Turn, part: Part) -> TelegramMethod[Any]:
        """The call, with a sentence in place of speech that cannot be made, or of a picture that is gone."""
        is_drawn = isinstance(part.picture, PictureRef | VideoRef)
        patience_seconds = PICTURE_PATIENCE_SECONDS if is_drawn else VOICE_PATIENCE_SECONDS
        gives_up_at = time.monotonic() + patience_seconds
        backoff = Backoff(0.5, longest_seconds=5.0)
        while True:
            try:
                compose = self._composer.edit if part.is_edit else self._composer.send
                return await compose(turn, part)
            except QuartetError as error:
                if not isinstance(error, ServiceUnavailable) or time.monotonic() > gives_up_at:
                    log.warning("content_not_made", turn_id=turn.turn_id, reason=error.reason)
                    say = _refusal_of(part)
                    part = _in_words(part, say(error, turn.language, self._wording))
            await backoff.pause()

    def _mended(self, turn: Turn, part: Part, outcome: Outcome) -> Part | None:
        """The part as Telegram may take it after it refused it so. Raises RichRefused for a rich one."""
        if outcome is Outcome.TARGET_GONE:
            return part.model_copy(update={"is_edit": False, "message_id": None})
        if outcome is Outcome.BAD_FORMAT and part.instead:
            raise RichRefused
        if outcome is Outcome.BAD_FORMAT and part.entities:
            return part.model_copy(update={"entities": ()})
        if part.picture is None or outcome not in HOPELESS:
            return None
        if outcome is Outcome.BAD_PHOTO and not part.picture.is_file:
            return part.model_copy(update={"picture": part.picture.model_copy(update={"is_file": True})})
        if outcome is Outcome.NO_PICTURES:
            return _in_words(part, self._wording.say("pictures-forbidden", turn.language))
        return None

    def _marked(self, turn: Turn, part: Part) -> Part:
        mark = self._wording.say("answer-resent", turn.language)
        if not part.text:
            return part.model_copy(update={"text": mark})
        mark += "\n\n"
        shift = utf16_length(mark)
        entities = tuple({**entity, "offset": entity["offset"] + shift} for entity in part.entities)
        return part.model_copy(update={"text": mark + part.text, "entities": entities})


def _moved(turn: Turn, part: Part, chat_id: int) -> tuple[Turn, Part]:
    """The part as a message of the supergroup that the chat has become: it numbers its messages anew."""
    new = {"is_edit": False, "message_id": None, "reply_to_message_id": None}
    return replace(turn, chat_id=chat_id), part.model_copy(update=new)


def _sent_id(error: AiogramError, part: Part) -> int | None:
    """The id of a message that is there in spite of the error."""
    if outcome_of(error) is Outcome.NOT_MODIFIED:
        return part.message_id
    return message_id_of(error)


def _in_words(part: Part, text: str) -> Part:
    """A sentence in place of what cannot be sent."""
    plain = {"speech": "", "picture": None, "keyboard": None, "text": text, "entities": ()}
    return part.model_copy(update=plain)


def _error(error: QuartetError, language: Language, wording: Wording) -> str:
    return wording.error(error, language)


def _refusal_of(part: Part) -> Callable[[QuartetError, Language, Wording], str]:
    """Who says why what is kept cannot be had."""
    if isinstance(part.picture, PictureRef):
        return picture_refusal
    return video_refusal if isinstance(part.picture, VideoRef) else _error
