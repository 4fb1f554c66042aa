from typing import Any, Final

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from quartet.admin.v1 import campaign_service_pb2 as pb
from quartet.admin.v1.campaign_service_pb2_grpc import (
    CampaignServiceServicer,
    add_CampaignServiceServicer_to_server,
)

from services.admin.panel.campaigns import Campaign, Campaigns, new_campaign
from services.chassis.errors import InvalidRequest, Violation
from services.chassis.roles import AdminRole, Admins
from services.chassis.server import Registration

USUAL_MOST: Final = 10
MOST: Final = 100
MAX_TEXT_CHARACTERS: Final = 4096
MAX_ID_CHARACTERS: Final = 64

Context = grpc.aio.ServicerContext[Any, Any]


class CampaignServicer(CampaignServiceServicer):
    """quartet.admin.v1.CampaignService, in terms of the domain."""

    def __init__(self, campaigns: Campaigns, admins: Admins) -> None:
        self._campaigns = campaigns
        self._admins = admins

    def registration(self) -> Registration:
        """Return what a server needs to serve this."""
        name = pb.DESCRIPTOR.services_by_name["CampaignService"].full_name
        return Registration(add_CampaignServiceServicer_to_server, self, name)

    async def RecordCampaign(  # noqa: N802 - the contract's name
        self, request: pb.RecordCampaignRequest, _context: Context
    ) -> pb.RecordCampaignResponse:
        actor_id, campaign_id = request.actor.user_id, request.campaign_id
        self._admins.require(actor_id, AdminRole.OPERATOR)
        is_id = campaign_id.isascii() and campaign_id.replace("-", "").replace("_", "").isalnum()
        if not is_id or len(campaign_id) > MAX_ID_CHARACTERS:
            raise InvalidRequest(violations=[Violation("campaign_id", "1 to 64 of A-Z a-z 0-9 _ -")])
        await self._campaigns.keep(new_campaign(campaign_id, actor_id, request.text[:MAX_TEXT_CHARACTERS], 0))
        return pb.RecordCampaignResponse()

    async def ListCampaigns(  # noqa: N802 - the contract's name
        self, request: pb.ListCampaignsRequest, _context: Context
    ) -> pb.ListCampaignsResponse:
        self._admins.require(request.actor.user_id, AdminRole.OPERATOR)
        latest = await self._campaigns.latest(min(request.page_size or USUAL_MOST, MOST))
        return pb.ListCampaignsResponse(campaigns=map(_campaign, latest))


def _campaign(campaign: Campaign) -> pb.Campaign:
    ordered = Timestamp()
    ordered.FromMilliseconds(round(campaign.ordered_at * 1000))
    return pb.Campaign(campaign_id=campaign.campaign_id, text=campaign.markdown, order_time=ordered)
