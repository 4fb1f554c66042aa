from enum import Enum
from typing import Final, NamedTuple

import grpc
from quartet.admin.v1 import access_service_pb2 as pb
from quartet.admin.v1 import campaign_service_pb2 as campaign_pb
from quartet.admin.v1 import usage_service_pb2 as usage_pb
from quartet.admin.v1.access_service_pb2_grpc import AccessServiceStub
from quartet.admin.v1.campaign_service_pb2_grpc import CampaignServiceStub
from quartet.admin.v1.usage_service_pb2_grpc import UsageServiceStub
from quartet.common.v1.actor_pb2 import Actor

from services.gateway.delivery.turn import Turn
from services.gateway.turns import BoardRef, StatsPeriod

ASK_SECONDS: Final = 5.0
DRAW_SECONDS: Final = 40.0
PERIODS: Final = {
    StatsPeriod.DAY: usage_pb.Period.PERIOD_DAY,
    StatsPeriod.WEEK: usage_pb.Period.PERIOD_WEEK,
    StatsPeriod.MONTH: usage_pb.Period.PERIOD_MONTH,
}


class FigureUnit(Enum):
    """What a figure counts in."""

    COUNT = usage_pb.FigureUnit.FIGURE_UNIT_COUNT
    PERCENT = usage_pb.FigureUnit.FIGURE_UNIT_PERCENT
    SECONDS = usage_pb.FigureUnit.FIGURE_UNIT_SECONDS
    USD = usage_pb.FigureUnit.FIGURE_UNIT_USD


class Figure(NamedTuple):
    """One number of a period, and of as long a time before, if there was anything to count."""

    name: str
    unit: FigureUnit
    now: float
    before: float | None
    better_when_less: bool


class Doors(NamedTuple):
    """The ways into the admins' panel: a link that opens it once, and the Mini App's address, or nothing."""

    url: str
    mini_app_url: str


class Campaign(NamedTuple):
    """A broadcast: the id of its delivery, and what it says."""

    campaign_id: str
    text: str


class AdminClient:
    """The admin service, as the gateway speaks to it. Raises QuartetError."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._access = AccessServiceStub(channel)
        self._usage = UsageServiceStub(channel)
        self._campaigns = CampaignServiceStub(channel)

    async def doors(self, user_id: int) -> Doors:
        """Raises PermissionDenied for whoever has no role."""
        request = pb.CreateLinkRequest(actor=Actor(user_id=user_id))
        response = await self._access.CreateLink(request, timeout=ASK_SECONDS)
        return Doors(response.url, response.mini_app_url)

    async def record_campaign(self, user_id: int, campaign_id: str, text: str) -> None:
        """Write a broadcast down before it is ordered. Raises PermissionDenied for whoever is no operator."""
        request = campaign_pb.RecordCampaignRequest(
            actor=Actor(user_id=user_id), campaign_id=campaign_id, text=text
        )
        await self._campaigns.RecordCampaign(request, timeout=ASK_SECONDS)

    async def campaigns(self, user_id: int, most: int) -> list[Campaign]:
        """The latest broadcasts, the newest first. Raises PermissionDenied for whoever is no operator."""
        request = campaign_pb.ListCampaignsRequest(actor=Actor(user_id=user_id), page_size=most)
        response = await self._campaigns.ListCampaigns(request, timeout=ASK_SECONDS)
        return [Campaign(one.campaign_id, one.text) for one in response.campaigns]

    async def figures(self, user_id: int, period: StatsPeriod) -> list[Figure]:
        """What an admin wants to see first, as far as it is known.

        Raises PermissionDenied for whoever has no role.
        """
        request = usage_pb.GetFiguresRequest(actor=Actor(user_id=user_id), period=PERIODS[period])
        response = await self._usage.GetFigures(request, timeout=ASK_SECONDS)
        return [_figure(figure) for figure in response.figures if figure.HasField("now")]

    async def board(self, turn: Turn, ref: BoardRef) -> bytes:
        """The charts of the overview: a PNG. Raises PermissionDenied for whoever has no role."""
        request = usage_pb.DrawChartRequest(
            actor=Actor(user_id=turn.user_id), period=PERIODS[ref.period], language_code=turn.language
        )
        response = await self._usage.DrawChart(request, timeout=DRAW_SECONDS)
        return bytes(response.content)


def _figure(figure: usage_pb.Figure) -> Figure:
    before = figure.before if figure.HasField("before") else None
    return Figure(figure.name, FigureUnit(figure.unit), figure.now, before, figure.better_when_less)
