import pytest
from quartet.admin.v1 import campaign_service_pb2 as pb
from quartet.common.v1.actor_pb2 import Actor

from services.admin.panel.campaign_servicer import CampaignServicer
from services.admin.panel.campaigns import open_campaigns
from services.chassis.errors import InvalidRequest, PermissionDenied
from services.chassis.jetstream import Nats
from services.chassis.roles import Admins

OPERATOR, ANALYST = Actor(user_id=2), Actor(user_id=3)


@pytest.fixture
async def servicer(nats: Nats) -> CampaignServicer:
    campaigns = await open_campaigns(nats, replicas=1)
    return CampaignServicer(campaigns, Admins(operators=frozenset({2}), analysts=frozenset({3})))


async def test_a_broadcast_that_is_written_down_twice_is_listed_once_newest_first(
    servicer: CampaignServicer,
) -> None:
    for campaign_id in ("t2-1-0-all", "t2-2-0-en", "t2-2-0-en"):
        request = pb.RecordCampaignRequest(actor=OPERATOR, campaign_id=campaign_id, text="Hello")
        await servicer.RecordCampaign(request, None)  # type: ignore[arg-type]
    listed = await servicer.ListCampaigns(pb.ListCampaignsRequest(actor=OPERATOR), None)  # type: ignore[arg-type]
    assert [one.campaign_id for one in listed.campaigns] == ["t2-2-0-en", "t2-1-0-all"]


async def test_only_operators_write_broadcasts_down_and_see_them(servicer: CampaignServicer) -> None:
    with pytest.raises(PermissionDenied):
        await servicer.RecordCampaign(pb.RecordCampaignRequest(actor=ANALYST, campaign_id="a"), None)  # type: ignore[arg-type]
    with pytest.raises(PermissionDenied):
        await servicer.ListCampaigns(pb.ListCampaignsRequest(actor=ANALYST), None)  # type: ignore[arg-type]


@pytest.mark.parametrize("campaign_id", ["", "a.b", "*", ">", "x" * 65])
async def test_an_id_that_could_be_no_key_is_refused(servicer: CampaignServicer, campaign_id: str) -> None:
    with pytest.raises(InvalidRequest):
        await servicer.RecordCampaign(
            pb.RecordCampaignRequest(actor=OPERATOR, campaign_id=campaign_id),
            None,  # type: ignore[arg-type]
        )
