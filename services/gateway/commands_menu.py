from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import Any, Final

import structlog
from aiogram.exceptions import AiogramError
from aiogram.methods import (
    DeleteMyCommands,
    GetMyCommands,
    GetMyDescription,
    GetMyShortDescription,
    SetMyCommands,
    SetMyDescription,
    SetMyShortDescription,
)
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeChatAdministrators,
)

from services.gateway.delivery.outcomes import describe
from services.gateway.delivery.scheduler import Scheduler
from services.gateway.lease import LeaseLost
from services.gateway.wording import Language, Wording

log = structlog.get_logger()

Scope = (
    BotCommandScopeAllPrivateChats
    | BotCommandScopeAllGroupChats
    | BotCommandScopeAllChatAdministrators
    | BotCommandScopeChat
    | BotCommandScopeChatAdministrators
)


class Audience(Enum):
    """Those who see the same commands."""

    PERSON = auto()
    GROUP = auto()
    GROUP_ADMINS = auto()


SETTINGS: Final = ("menu", "roles", "models", "instructions", "memory", "voice", "language")
COMMANDS: Final[Mapping[Audience, tuple[str, ...]]] = MappingProxyType(
    {
        Audience.PERSON: (
            "new",
            "img",
            "video",
            "videos",
            "docs",
            "stop",
            *SETTINGS,
            "usage",
            "feedback",
            "export",
            "forget",
            "help",
            "start",
        ),
        Audience.GROUP: ("new", "img", "video", "videos", "docs", "stop", "feedback", "help"),
        Audience.GROUP_ADMINS: (
            "new",
            "img",
            "video",
            "videos",
            "docs",
            "stop",
            *SETTINGS,
            "feedback",
            "help",
        ),
    }
)
CODES: Final = ((Language.EN, None), (Language.RU, "ru"))
"""What a person sees goes by the language of their Telegram; English where that is none of ours."""


async def publish_commands(scheduler: Scheduler, wording: Wording) -> None:
    """Fills the menus of commands and the bot's descriptions, in each language, where they differ.

    A server that cannot is not worth failing for.
    """
    scopes: tuple[tuple[Audience, Scope], ...] = (
        (Audience.PERSON, BotCommandScopeAllPrivateChats()),
        (Audience.GROUP, BotCommandScopeAllGroupChats()),
        (Audience.GROUP_ADMINS, BotCommandScopeAllChatAdministrators()),
    )
    try:
        for language, code in CODES:
            for audience, scope in scopes:
                await _publish(scheduler, scope, _commands(wording, audience, language), code)
            await _describe(scheduler, wording, language, code)
    except (AiogramError, LeaseLost) as error:
        log.warning("commands_not_published", detail=describe(error))


async def publish_chat_commands(
    scheduler: Scheduler, wording: Wording, chat_id: int, language: Language | None, *, is_private: bool
) -> None:
    """Shows a chat its commands in the language it has chosen; by each one's Telegram where that is None."""
    scopes: tuple[tuple[Audience, Scope], ...] = (
        (Audience.PERSON if is_private else Audience.GROUP, BotCommandScopeChat(chat_id=chat_id)),
    )
    if not is_private:
        scopes += ((Audience.GROUP_ADMINS, BotCommandScopeChatAdministrators(chat_id=chat_id)),)
    try:
        for audience, scope in scopes:
            if language is None:
                await scheduler.ask(DeleteMyCommands(scope=scope))
            else:
                await scheduler.ask(
                    SetMyCommands(commands=_commands(wording, audience, language), scope=scope)
                )
    except (AiogramError, LeaseLost) as error:
        log.warning("commands_not_published", detail=describe(error))


async def _publish(scheduler: Scheduler, scope: Any, commands: list[BotCommand], code: str | None) -> None:
    if await scheduler.ask(GetMyCommands(scope=scope, language_code=code)) != commands:
        await scheduler.ask(SetMyCommands(commands=commands, scope=scope, language_code=code))


async def _describe(scheduler: Scheduler, wording: Wording, language: Language, code: str | None) -> None:
    """Telegram allows few changes of these a day."""
    long, short = wording.say("bot-description", language), wording.say("bot-short-description", language)
    if (await scheduler.ask(GetMyDescription(language_code=code))).description != long:
        await scheduler.ask(SetMyDescription(description=long, language_code=code))
    if (await scheduler.ask(GetMyShortDescription(language_code=code))).short_description != short:
        await scheduler.ask(SetMyShortDescription(short_description=short, language_code=code))


def _commands(wording: Wording, audience: Audience, language: Language) -> list[BotCommand]:
    return [
        BotCommand(command=name, description=wording.say(f"command-{name}", language))
        for name in COMMANDS[audience]
    ]
