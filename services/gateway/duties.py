import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiogram import Bot
from nats.js.kv import KeyValue

from services.chassis.audit import Audit
from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import Nats
from services.chassis.roles import AdminRole
from services.gateway.access.refusing import Doorkeeper
from services.gateway.admin_client import AdminClient
from services.gateway.administration.campaigns import Campaigning
from services.gateway.administration.office import Office
from services.gateway.alerts import Alerts
from services.gateway.answers import Answers
from services.gateway.bookkeeping.bookkeeper import Bookkeeper
from services.gateway.broadcasts.deliveries import Deliveries
from services.gateway.commands_menu import publish_commands
from services.gateway.delivery.composing import Composer
from services.gateway.delivery.files import Files
from services.gateway.delivery.replies import Replies
from services.gateway.delivery.revisions import Revisions
from services.gateway.delivery.scheduler import Scheduler
from services.gateway.delivery.sending import Sender
from services.gateway.delivery.turn import Turn
from services.gateway.delivery.views import Views
from services.gateway.docs_client import DocsClient
from services.gateway.documents import Citation
from services.gateway.documents.library import Library
from services.gateway.drawings import Drawings
from services.gateway.feedback.correspondence import Correspondence
from services.gateway.feedback.reception import Reception
from services.gateway.house import House
from services.gateway.image_client import ImageClient
from services.gateway.inquiries import Inquiries
from services.gateway.lanes import Lanes
from services.gateway.lease import Tenure
from services.gateway.links.addresses import Addresses
from services.gateway.matters import Matters
from services.gateway.metrics import GatewayMetrics
from services.gateway.opinions import Opinions
from services.gateway.people import People
from services.gateway.pictures.portfolio import Portfolio
from services.gateway.premieres import Premieres
from services.gateway.privacy.dossier import Dossier
from services.gateway.privacy.oblivion import Oblivion
from services.gateway.questions import speaker_of
from services.gateway.quotas.quotas import Quotas
from services.gateway.reading import Reader
from services.gateway.respondents import Respondents
from services.gateway.routers import build_dispatcher
from services.gateway.screenings import Screenings
from services.gateway.settings import GatewaySettings
from services.gateway.shift import Shift
from services.gateway.speech import Speech
from services.gateway.stops import Stops
from services.gateway.telegram import knows_drafts
from services.gateway.text_client import TextClient
from services.gateway.threads import Threads
from services.gateway.turns import PageRef, TurnLog
from services.gateway.video_client import VideoClient
from services.gateway.videos.reel import Reel
from services.gateway.wording import Wording


@dataclass(frozen=True)
class Duty:
    """What the speaker does for one tenure."""

    shift: Shift
    alerts: Alerts
    premieres: Premieres
    deliver: Callable[[], Coroutine[Any, Any, None]]
    """Brings what others want sent, until cancelled."""


@dataclass(frozen=True)
class Clients:
    """The services that the gateway asks."""

    text: TextClient
    image: ImageClient
    docs: DocsClient
    video: VideoClient
    admin: AdminClient


class Duties:
    """Builds a tenure's objects: new for each, so that nothing outlives the right to speak."""

    def __init__(
        self,
        settings: GatewaySettings,
        bot: Bot,
        turns: TurnLog,
        people: KeyValue,
        nats: Nats,
        clients: Clients,
        bookkeeper: Bookkeeper,
        deliveries: Deliveries,
        metrics: GatewayMetrics,
        house: House,
    ) -> None:
        self._settings = settings
        self._bot = bot
        self._turns = turns
        self._people = people
        self._nats = nats
        self._clients = clients
        self._bookkeeper = bookkeeper
        self._deliveries = deliveries
        self._metrics = metrics
        self._house = house
        self._wording = Wording.load()
        office = self._office()
        campaigning = Campaigning(deliveries, clients.admin, office)
        self._dispatcher = build_dispatcher(
            self._wording, clients, Addresses.of(settings), settings.admins, office, campaigning
        )
        self._failpoints = Failpoints(settings.failpoints, settings.environment)
        self._publishing: asyncio.Task[None] | None = None

    async def open(self, tenure: Tenure, lanes: Lanes) -> Duty:
        pace = self._settings.telegram_messages_per_second
        scheduler = Scheduler(self._bot, tenure, self._metrics, messages_per_second=pace)
        self._publishing = asyncio.create_task(publish_commands(scheduler, self._wording))
        people = People(self._people, bot_id=self._bot.id, tenure=tenure)
        speech = await self._speech(tenure, lanes, scheduler, people)
        shift = Shift(
            tenure,
            lanes,
            speech,
            self._turns,
            self._dispatcher,
            self._bot,
            self._bookkeeper,
            self._metrics,
            Doorkeeper(self._house.gate, speech.replies, self._wording),
        )
        alerts = Alerts(
            self._nats,
            self._turns,
            people,
            speech.replies,
            scheduler,
            self._wording,
            tenure,
            bot_id=self._bot.id,
            admin_ids=self._settings.admin_ids,
        )
        deliver = partial(self._deliveries.run, scheduler, self._failpoints)
        return Duty(shift, alerts, Premieres(self._nats, speech.screenings, bot_id=self._bot.id), deliver)

    async def _speech(self, tenure: Tenure, lanes: Lanes, scheduler: Scheduler, people: People) -> Speech:
        """All that the routers speak with."""
        portfolio = Portfolio(self._clients.image)
        reel = Reel(self._clients.video)
        composer = Composer(
            self._speak, portfolio, self._draw_page, reel, self._clients.admin.board, self._dossier(people).of
        )
        sender = Sender(scheduler, composer, self._wording, self._metrics)
        replies = Replies(self._turns, scheduler, sender, self._metrics, self._failpoints)
        revisions, stops = Revisions(self._turns), Stops()
        views = Views(scheduler, replies, self._wording, has_drafts=await knows_drafts(self._bot))
        answers = Answers(self._respondents(), replies, revisions, views, stops, self._wording, self._metrics)
        me = await self._bot.me()
        quotas = await self._house.treasury.open(tenure)
        files = Files(self._bot, scheduler)
        reception = self._reception(people)
        return Speech(
            people=people,
            replies=replies,
            revisions=revisions,
            stops=stops,
            answers=answers,
            drawings=self._drawings(portfolio, replies, revisions, scheduler, stops),
            inquiries=Inquiries(self._library(files), answers, people, self._wording, bot_id=me.id),
            portfolio=portfolio,
            screenings=self._screenings(replies, quotas, tenure),
            reader=Reader(files, self._clients.text, bot_id=me.id, username=me.username or ""),
            threads=Threads(self._clients.text, people, scheduler, lanes, bot_id=me.id),
            scheduler=scheduler,
            oblivion=self._oblivion(people),
            opinions=Opinions(revisions, self._bookkeeper, reception),
            quotas=quotas,
            reception=reception,
        )

    def _office(self) -> Office:
        house = self._house
        correspondence = Correspondence(house.mailbox, self._deliveries, self._wording)
        audit = Audit(self._nats.js)
        return Office(
            house.register,
            house.policy,
            house.statements,
            house.mailbox,
            correspondence,
            Matters(self._nats.js),
            audit,
            self._settings.admins,
        )

    def _reception(self, people: People) -> Reception:
        operators = self._settings.admins.at_least(AdminRole.OPERATOR)
        return Reception(self._house.mailbox, self._deliveries, people, self._wording, operators)

    def _dossier(self, people: People) -> Dossier:
        asked = self._clients
        return Dossier(
            asked.text,
            asked.image,
            asked.docs,
            asked.video,
            self._house.mailbox,
            self._deliveries,
            people,
            bot_id=self._bot.id,
        )

    def _oblivion(self, people: People) -> Oblivion:
        return Oblivion(
            self._clients.text,
            self._clients.image,
            self._clients.docs,
            self._clients.video,
            self._house.mailbox,
            self._deliveries,
            self._bookkeeper,
            people,
            self._turns,
            self._failpoints,
            bot_id=self._bot.id,
        )

    def _drawings(
        self,
        portfolio: Portfolio,
        replies: Replies,
        revisions: Revisions,
        scheduler: Scheduler,
        stops: Stops,
    ) -> Drawings:
        return Drawings(
            self._clients.image,
            portfolio,
            replies,
            revisions,
            scheduler,
            stops,
            self._wording,
            self._metrics,
            patience_seconds=self._settings.image_patience_seconds,
        )

    def _screenings(self, replies: Replies, quotas: Quotas, tenure: Tenure) -> Screenings:
        return Screenings(
            self._clients.video,
            self._turns,
            replies,
            self._wording,
            self._metrics,
            self._bookkeeper,
            quotas,
            tenure,
            patience_seconds=self._settings.video_patience_seconds,
        )

    def _library(self, files: Files) -> Library:
        return Library(
            self._clients.docs,
            files,
            max_file_bytes=self._settings.telegram_max_file_bytes,
            patience_seconds=self._settings.docs_patience_seconds,
        )

    def _respondents(self) -> Respondents:
        return Respondents(
            self._clients.text,
            self._clients.docs,
            self._settings.text_patience_seconds,
            self._settings.docs_patience_seconds,
        )

    async def _draw_page(self, turn: Turn, page: PageRef) -> bytes:
        place = Citation(page.document_id, page.page_number, page.passage)
        return await self._clients.docs.render(place, speaker_of(turn))

    async def _speak(self, turn: Turn, text: str) -> bytes:
        return (await self._clients.text.speak(text, speaker_of(turn))).content
