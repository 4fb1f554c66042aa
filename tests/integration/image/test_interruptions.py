from typing import Any

import pytest
from quartet.common.v1.caller_pb2 import Caller
from quartet.image.v1 import picture_pb2

from services.chassis import errors
from services.sandbox.vendor.faults import FaultKind
from services.sandbox.vendor.journal import Outcome
from tests.support.google import google_stand_in
from tests.support.image_service import ImageCaller, image_service
from tests.support.openai import OpenAIStandIn


async def until_preview(call: Any) -> None:
    response = await call.read()
    assert response.HasField("preview")


async def test_cancelling_ends_the_vendors_call_and_leaves_nothing(
    image: ImageCaller, vendor: OpenAIStandIn, picture_id: str
) -> None:
    await vendor.fail(FaultKind.HANG, after_previews=1)
    call = image.call(picture_id)
    await until_preview(call)
    call.cancel()
    (ended,) = await vendor.until_ended()
    assert ended.outcome is Outcome.CLIENT_GONE
    with pytest.raises(errors.ResourceNotFound):
        await image.fetch(picture_id)
    assert not (await image.draw(picture_id)).picture.replayed
    assert 'outcome="cancelled"' in await image.metrics()


async def test_who_asks_again_for_a_picture_under_way_waits_for_the_same_one(
    image: ImageCaller, vendor: OpenAIStandIn, picture_id: str
) -> None:
    await vendor.fail(FaultKind.SLOW, after_previews=1)
    lost = image.call(picture_id)
    await until_preview(lost)
    again = image.call(picture_id, rendition=picture_pb2.RENDITION_ORIGINAL)
    await until_preview(again)
    lost.cancel()
    drawing = await image.see(again)
    assert drawing.content
    assert not drawing.picture.replayed
    assert len(await vendor.calls()) == 1


async def test_an_order_that_comes_while_the_cancelled_one_ends_is_drawn(
    image: ImageCaller, vendor: OpenAIStandIn, picture_id: str
) -> None:
    await vendor.fail(FaultKind.HANG, after_previews=1)
    call = image.call(picture_id)
    await until_preview(call)
    call.cancel()
    assert (await image.draw(picture_id)).picture.version.number == 1


async def test_a_vendor_that_breaks_off_after_a_preview_gives_way_to_the_next_round(
    image: ImageCaller, vendor: OpenAIStandIn, picture_id: str
) -> None:
    await vendor.fail(FaultKind.CUT_MID_STREAM, after_previews=1)
    drawing = await image.draw(picture_id)
    assert drawing.content
    assert [call.outcome for call in await vendor.calls()] == [Outcome.FAULT, Outcome.COMPLETED]


async def test_the_next_vendor_draws_what_the_first_broke_off_even_after_a_preview(
    nats_url: str, vendor: OpenAIStandIn, picture_id: str
) -> None:
    await vendor.fail(FaultKind.CUT_MID_STREAM, after_previews=1)
    async with (
        google_stand_in() as google,
        image_service(nats_url, vendor, google_base_url=google.url) as image,
    ):
        drawing = await image.draw(picture_id)
        assert len(await google.calls()) == 1
    assert drawing.previews
    assert drawing.picture.failed_over
    assert drawing.picture.usage.provider == "google"
    assert drawing.picture.usage.cost_micros > 0


async def test_one_user_draws_only_so_many_pictures_at_once(
    nats_url: str, vendor: OpenAIStandIn, picture_id: str
) -> None:
    await vendor.fail(FaultKind.HANG, after_previews=1, times=2)
    async with image_service(nats_url, vendor, image_max_per_user=1, image_max_drawings=2) as image:
        call = image.call(picture_id)
        await until_preview(call)
        with pytest.raises(errors.QuotaExceeded) as refused:
            await image.draw(f"{picture_id}-2")
        assert refused.value.metadata == {"quota": "pictures_at_once", "limit": "1", "used": "1"}
        other = image.call(f"{picture_id}-3", caller=Caller(user_id=2, chat_id=2))
        await until_preview(other)
        with pytest.raises(errors.ServiceUnavailable):
            await image.draw(f"{picture_id}-4", caller=Caller(user_id=3, chat_id=3))
        call.cancel()
        await vendor.until_ended()
        assert (await image.draw(f"{picture_id}-2")).content
        other.cancel()


async def test_a_slow_reader_sees_the_newest_preview_and_the_whole_picture(
    image: ImageCaller, vendor: OpenAIStandIn, picture_id: str
) -> None:
    call = image.call(picture_id, rendition=picture_pb2.RENDITION_ORIGINAL)
    await vendor.until_ended()
    drawing = await image.see(call)
    assert len(drawing.content) == drawing.picture.size_bytes
