from aiogram import Bot

from services.chassis.errors import QuartetError
from services.gateway.delivery.turn import Turn
from services.gateway.dialogue import Memory
from services.gateway.menus import Scene, Screen, Trail, draw
from services.gateway.models import Model
from services.gateway.questions import conversation_of, speaker_of
from services.gateway.text_client import TextClient
from services.gateway.turns import Part
from services.gateway.wording import Wording

_NAMING = frozenset({Screen.HOME, Screen.MODELS})
"""Screens that name models."""


class Drawing:
    """Draws the screens of one update, with what they show from the text service."""

    def __init__(self, bot: Bot, turn: Turn, wording: Wording, text_client: TextClient) -> None:
        self._bot = bot
        self._turn = turn
        self._wording = wording
        self._text = text_client

    async def part(self, trail: Trail, *, name: str = "", note: str = "") -> Part:
        """The screen as a message. What cannot be learnt now is said on it."""
        turn = self._turn
        models: tuple[Model, ...] = ()
        memory: Memory | None = None
        try:
            models, memory = await self._models(trail.screen), await self._memory(trail.screen)
        except QuartetError as error:
            if trail.screen is not Screen.HOME:
                note = self._wording.error(error, turn.language)
        scene = Scene(
            trail,
            self._wording,
            turn.language,
            turn.preferences,
            turn.is_private,
            name=name,
            models=models,
            memory=memory,
            note=note,
        )
        page = draw(scene)
        return Part(text=page.text, entities=tuple(page.entities), keyboard=page.keyboard)

    async def models(self) -> tuple[Model, ...]:
        """Those to choose from. Raises QuartetError."""
        return tuple(await self._text.models(speaker_of(self._turn)))

    async def forget(self) -> None:
        """Forgets the conversation of this chat and thread. Raises QuartetError."""
        await self._text.clear(conversation_of(self._turn, self._bot.id), speaker_of(self._turn))

    async def _models(self, screen: Screen) -> tuple[Model, ...]:
        is_named = bool(self._turn.preferences.model) or screen is Screen.MODELS
        return await self.models() if screen in _NAMING and is_named else ()

    async def _memory(self, screen: Screen) -> Memory | None:
        if screen is not Screen.MEMORY:
            return None
        return await self._text.memory(conversation_of(self._turn, self._bot.id), speaker_of(self._turn))
