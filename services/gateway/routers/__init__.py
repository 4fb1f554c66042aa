"""What the bot does with each kind of update. A router knows aiogram; what it calls does not."""

from typing import Protocol

from aiogram import Dispatcher, Router

from services.chassis.roles import Admins
from services.gateway.admin_client import AdminClient
from services.gateway.administration.campaigns import Campaigning
from services.gateway.administration.office import Office
from services.gateway.docs_client import DocsClient
from services.gateway.group_admins import GroupAdmins
from services.gateway.image_client import ImageClient
from services.gateway.links.addresses import Addresses
from services.gateway.routers import (
    administration,
    answer_buttons,
    answer_forms,
    commands,
    complaints,
    dialogues,
    document_buttons,
    document_dialogues,
    documents,
    documents_menu,
    drawing,
    easel,
    examples,
    feedback,
    inline,
    membership,
    menus,
    migration,
    opinions,
    picture_buttons,
    picture_views,
    privacy,
    questions,
    repeated,
    stats,
    stop,
    threads,
    unsupported,
    usage,
    video_buttons,
    videos,
    videos_menu,
)
from services.gateway.routers.authorship import FromPeople
from services.gateway.text_client import TextClient
from services.gateway.video_client import VideoClient
from services.gateway.wording import Wording


class Clients(Protocol):
    """The services that handlers ask."""

    @property
    def text(self) -> TextClient: ...

    @property
    def image(self) -> ImageClient: ...

    @property
    def docs(self) -> DocsClient: ...

    @property
    def video(self) -> VideoClient: ...

    @property
    def admin(self) -> AdminClient: ...


def build_dispatcher(
    wording: Wording,
    clients: Clients,
    addresses: Addresses | None,
    admins: Admins,
    office: Office,
    campaigning: Campaigning,
) -> Dispatcher:
    """All routers in the order in which they are asked. Handlers get these arguments by name."""
    dispatcher = Dispatcher(
        wording=wording,
        text_client=clients.text,
        image_client=clients.image,
        docs_client=clients.docs,
        video_client=clients.video,
        admin_client=clients.admin,
        admins=admins,
        office=office,
        campaigning=campaigning,
        addresses=addresses,
        group_admins=GroupAdmins(),
    )
    root = Router(name="root")
    for observer in (root.message, root.edited_message):
        observer.filter(FromPeople())
    root.include_routers(
        repeated.router(),
        complaints.router(),
        administration.router(),
        dialogues.router(),
        feedback.router(),
        document_dialogues.router(),
        stop.router(),
        menus.router(),
        examples.router(),
        answer_buttons.router(),
        answer_forms.router(),
        opinions.router(),
        easel.router(),
        picture_buttons.router(),
        picture_views.router(),
        document_buttons.router(),
        documents_menu.router(),
        video_buttons.router(),
        videos_menu.router(),
        videos.router(),
        drawing.router(),
        stats.router(),
        privacy.router(),
        usage.router(),
        commands.router(),
        inline.router(),
        membership.router(),
        threads.router(),
        documents.router(),
        questions.router(),
        unsupported.router(),
    )
    # That a group has moved is nobody's message.
    dispatcher.include_routers(migration.router(), root)
    return dispatcher
