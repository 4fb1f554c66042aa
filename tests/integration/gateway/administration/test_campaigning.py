import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

import grpc
import pytest
from prometheus_client import CollectorRegistry
from quartet.admin.v1.campaign_service_pb2_grpc import add_CampaignServiceServicer_to_server

from services.admin.panel.campaign_servicer import CampaignServicer
from services.admin.panel.campaigns import open_campaigns
from services.chassis.audit import STREAM, ensure_audit_stream
from services.chassis.client import channel
from services.chassis.errors import InvalidRequest, PermissionDenied, ResourceNotFound
from services.chassis.interceptors import ServerEdge
from services.chassis.jetstream import Nats
from services.chassis.roles import Admins
from services.chassis.telemetry.metrics import ServerMetrics
from services.gateway.admin_client import AdminClient
from services.gateway.administration.campaign_screens import CampaignScreens
from services.gateway.administration.campaigns import Campaigning, Segment
from services.gateway.bookkeeping.directory import open_directory
from services.gateway.broadcasts.deliveries import Deliveries, open_deliveries
from services.gateway.broadcasts.order import Course, Order
from services.gateway.rendering import Entity, EntityType
from services.gateway.wording import Language, Wording
from tests.integration.gateway.administration.rooms import ANALYST, OPERATOR, SOMEBODY, Rooms

NEWS = Order(
    markdown="News",
    is_plain=True,
    entities=(Entity(EntityType.BOLD, 0, 4),),
    picture_file_id="AgAC",
)


@dataclass
class Desk:
    campaigning: Campaigning
    deliveries: Deliveries


@pytest.fixture
async def desk(nats: Nats, rooms: Rooms) -> AsyncIterator[Desk]:
    """Nobody speaks, so what is ordered stays where it is."""
    admins = Admins(operators=frozenset({OPERATOR}), analysts=frozenset({ANALYST}))
    await ensure_audit_stream(nats.js, replicas=1)
    directory = await open_directory(nats, replicas=1)
    await directory.note(71, 7, 72, 7, "en")
    await directory.note(81, 8, 82, 8, "ru")
    deliveries = await open_deliveries(nats, directory, bot_id=secrets.randbelow(10**9), replicas=1)
    server = grpc.aio.server(interceptors=[ServerEdge(ServerMetrics(CollectorRegistry()))])
    servicer = CampaignServicer(await open_campaigns(nats, replicas=1), admins)
    add_CampaignServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with channel(f"ipv4:127.0.0.1:{port}") as opened:
        yield Desk(Campaigning(deliveries, AdminClient(opened), rooms.office), deliveries)
    await server.stop(None)


async def test_a_draft_keeps_its_picture_and_marking_and_goes_out_once_to_whom_it_was_first_sent(
    desk: Desk,
) -> None:
    draft_id = f"t{OPERATOR}-{secrets.randbelow(10**9)}-0"
    await desk.campaigning.draft(OPERATOR, draft_id, NEWS)
    assert (await desk.deliveries.ledger.order(draft_id)).audience.chat_id == OPERATOR
    sent = await desk.campaigning.send(OPERATOR, draft_id, Segment.ENGLISH)
    assert await desk.campaigning.send(OPERATOR, draft_id, Segment.EVERYBODY) == sent
    order = await desk.deliveries.ledger.order(sent)
    assert (order.entities, order.picture_file_id) == (NEWS.entities, NEWS.picture_file_id)
    assert order.audience.language_code == "en"
    (campaign, course), *_ = await desk.campaigning.latest(OPERATOR)
    assert (campaign.campaign_id, campaign.text, course) == (sent, "News", Course.RUNNING)


async def test_a_broadcast_waits_goes_on_and_ends_and_each_deed_is_in_the_audit(
    desk: Desk, nats: Nats
) -> None:
    draft_id = f"t{OPERATOR}-{secrets.randbelow(10**9)}-0"
    await desk.campaigning.draft(OPERATOR, draft_id, NEWS)
    sent = await desk.campaigning.send(OPERATOR, draft_id, Segment.EVERYBODY)
    screens = CampaignScreens(Wording.load(), Language.EN)
    for course, offered in (
        (Course.PAUSED, "Go on"),
        (Course.RUNNING, "Pause"),
        (Course.CANCELLED, "Delete everywhere"),
    ):
        await desk.campaigning.steer(OPERATOR, sent, course)
        text, found, tallies = await desk.campaigning.progress(OPERATOR, sent)
        assert found is course
        screen = screens.progress(sent, text, found, tallies)
        assert offered in str(screen.keyboard)
        deed = json.loads((await nats.js.get_last_msg(STREAM, "audit.broadcast.steer")).data or b"{}")
        assert deed["details"] == {"delivery_id": sent, "what": course.value}
    await desk.campaigning.steer(OPERATOR, sent, Course.RUNNING)
    assert (await desk.campaigning.progress(OPERATOR, sent))[1] is Course.CANCELLED


async def test_segments_are_counted_as_they_would_be_sent_to(desk: Desk) -> None:
    sizes = await desk.campaigning.sizes(OPERATOR)
    for segment, audience in ((Segment.ENGLISH, "en"), (Segment.RUSSIAN, "ru")):
        draft_id = f"t{OPERATOR}-{secrets.randbelow(10**9)}-0"
        await desk.campaigning.draft(OPERATOR, draft_id, NEWS)
        sent = await desk.campaigning.send(OPERATOR, draft_id, segment)
        order = await desk.deliveries.ledger.order(sent)
        assert order.audience.language_code == audience
        assert len(await desk.deliveries.recipients.of(order.audience)) == sizes[segment] > 0


@pytest.mark.parametrize("actor", [ANALYST, SOMEBODY])
async def test_whoever_is_no_operator_neither_sees_nor_sends_nor_steers(desk: Desk, actor: int) -> None:
    draft_id = f"t{OPERATOR}-{secrets.randbelow(10**9)}-0"
    await desk.campaigning.draft(OPERATOR, draft_id, NEWS)
    for asked in (
        desk.campaigning.latest(actor),
        desk.campaigning.sizes(actor),
        desk.campaigning.draft(actor, "t1-1-0", NEWS),
        desk.campaigning.send(actor, draft_id, Segment.EVERYBODY),
        desk.campaigning.progress(actor, draft_id),
        desk.campaigning.steer(actor, draft_id, Course.CANCELLED),
    ):
        with pytest.raises(PermissionDenied):
            await asked
    with pytest.raises(ResourceNotFound):
        await desk.deliveries.ledger.order(f"{draft_id}-sent")


async def test_what_is_too_long_for_one_message_is_no_draft(desk: Desk) -> None:
    with pytest.raises(InvalidRequest):
        await desk.campaigning.draft(OPERATOR, "t1-2-0", Order(markdown="x" * 5000, is_plain=True))
