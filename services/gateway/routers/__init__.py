"""What the bot does with each kind of update. A router knows aiogram; what it calls does not."""

from aiogram import Dispatcher, Router

from services.gateway.group_admins import GroupAdmins
from services.gateway.routers import (
    answer_buttons,
    answer_forms,
    commands,
    dialogues,
    examples,
    inline,
    membership,
    menus,
    migration,
    questions,
    stop,
    threads,
    unsupported,
)
from services.gateway.text_client import TextClient
from services.gateway.wording import Wording


def build_dispatcher(wording: Wording, text_client: TextClient) -> Dispatcher:
    """All routers in the order in which they are asked. Handlers get these arguments by name."""
    dispatcher = Dispatcher(wording=wording, text_client=text_client, group_admins=GroupAdmins())
    root = Router(name="root")
    root.include_routers(
        dialogues.router(),
        stop.router(),
        menus.router(),
        examples.router(),
        answer_buttons.router(),
        answer_forms.router(),
        commands.router(),
        inline.router(),
        membership.router(),
        migration.router(),
        threads.router(),
        questions.router(),
        unsupported.router(),
    )
    dispatcher.include_router(root)
    return dispatcher
