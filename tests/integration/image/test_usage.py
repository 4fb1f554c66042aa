import pytest
from quartet.common.v1.usage_events_pb2 import ModelCalled, UsageOutcome

from services.chassis import errors
from services.chassis.jetstream import connect
from services.chassis.usage import request_id
from services.sandbox.vendor.faults import FaultKind
from tests.support.image_service import ImageCaller
from tests.support.openai import OpenAIStandIn
from tests.support.usage_taken import taking_usage


async def test_a_picture_is_counted_with_what_it_cost_and_once(
    image: ImageCaller, nats_url: str, picture_id: str
) -> None:
    async with connect(nats_url, name="analyst") as nats, taking_usage(nats) as taken:
        drawn = await image.draw(picture_id)
        await image.draw(picture_id)
        await image.draw(f"{picture_id}-2")
        first, second = await taken.until(ModelCalled, 2)
    assert first.request_id == request_id(picture_id)
    assert second.request_id == request_id(f"{picture_id}-2")
    assert (first.service, first.operation, first.unit, first.unit_count) == ("image", "new", "picture", 1)
    assert first.output_token_count == drawn.picture.usage.output_token_count > 0
    assert first.latency_ms > 0


async def test_a_picture_that_is_refused_is_counted_as_wasted(
    image: ImageCaller, vendor: OpenAIStandIn, nats_url: str, picture_id: str
) -> None:
    await vendor.fail(FaultKind.MODERATION)
    async with connect(nats_url, name="analyst") as nats, taking_usage(nats) as taken:
        with pytest.raises(errors.ContentRejected):
            await image.draw(picture_id)
        (call,) = await taken.until(ModelCalled, 1)
    assert call.outcome == UsageOutcome.USAGE_OUTCOME_ERROR
    assert call.wasted
