import re
from typing import Final

import structlog

from services.chassis.errors import QuartetError
from services.docs.document import Volume
from services.docs.materials import materials_of
from services.docs.notebook import Notebook
from services.docs.selecting import selected
from services.docs.writer import DigestKind, Inquiry, Usage, Writer

log = structlog.get_logger()

MAX_QUESTIONS: Final = 3
MAX_CHARACTERS: Final = 90
READ_CHARACTERS: Final = 20_000
BULLET: Final = re.compile(r"^[\s\-*•–—\d.)]+")
LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class Suggestions:
    """Thinks of questions that a document answers. Those that are kept are not thought of again."""

    def __init__(self, writer: Writer, notebook: Notebook) -> None:
        self._writer = writer
        self._notebook = notebook

    async def suggest(self, inquiry: Inquiry, volume: Volume) -> tuple[tuple[str, ...], tuple[Usage, ...]]:
        """Return questions, and what they cost: none where that fails, for an answer does not need them."""
        transcript = volume.document.content.transcript
        name = f"questions.{inquiry.language if LANGUAGE.fullmatch(inquiry.language) else 'any'}"
        try:
            kept = await self._notebook.find(transcript, name)
            if kept is not None:
                return _questions(kept), ()
            beginning = selected(volume.pages, [], "", room=READ_CHARACTERS)
            materials = materials_of(volume, beginning, volume_count=1)
            text, usage = await self._writer.digest(inquiry, DigestKind.QUESTIONS, materials)
            await self._notebook.keep(transcript, name, text)
        except QuartetError as error:
            log.warning("no_questions_suggested", reason=error.reason)
            return (), ()
        return _questions(text), (usage,)


def _questions(text: str) -> tuple[str, ...]:
    lines = (BULLET.sub("", line).strip().strip("«»\"'“”") for line in text.splitlines())
    return tuple(line for line in lines if 0 < len(line) <= MAX_CHARACTERS)[:MAX_QUESTIONS]
