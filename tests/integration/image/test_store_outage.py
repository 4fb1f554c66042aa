import asyncio
from collections.abc import AsyncIterator

import nats
import pytest
from nats.js import JetStreamContext

from services.chassis import errors
from services.sandbox.vendor.faults import FaultKind
from tests.support.image_service import image_service
from tests.support.nats import NatsServer
from tests.support.openai import OpenAIStandIn


@pytest.fixture
async def js(own_nats: NatsServer) -> AsyncIterator[JetStreamContext]:
    client = await nats.connect(own_nats.url)
    yield client.jetstream()
    await client.close()


async def test_a_store_that_comes_back_in_time_loses_no_picture(
    own_nats: NatsServer, vendor: OpenAIStandIn
) -> None:
    await vendor.fail(FaultKind.SLOW, after_previews=1)
    async with image_service(own_nats.url, vendor, image_store_timeout_seconds=10.0) as image:
        call = image.call("p1")
        await call.read()
        await own_nats.kill_and_start()
        drawing = await image.see(call)
        assert drawing.content
        assert (await image.fetch("p1")).content == drawing.content


async def test_without_a_store_nothing_is_spent(own_nats: NatsServer, vendor: OpenAIStandIn) -> None:
    async with image_service(own_nats.url, vendor, image_store_timeout_seconds=0.5) as image:
        await image.draw("p1")
        own_nats.kill()
        with pytest.raises(errors.ServiceUnavailable):
            await image.draw("p2")
        assert len(await vendor.calls()) == 1
        await asyncio.to_thread(own_nats.start)


async def test_a_picture_that_cannot_be_kept_is_an_outage_and_leaves_nothing(
    own_nats: NatsServer, vendor: OpenAIStandIn, js: JetStreamContext
) -> None:
    async with image_service(own_nats.url, vendor, image_store_timeout_seconds=0.5) as image:
        await image.draw("p1")
        config = (await js.stream_info("OBJ_drawings")).config
        await js.update_stream(config.evolve(max_bytes=1))
        with pytest.raises(errors.ServiceUnavailable):
            await image.draw("p2")
        await js.update_stream(config)
        with pytest.raises(errors.ResourceNotFound):
            await image.fetch("p2")
        assert not (await image.draw("p2")).picture.replayed


async def test_when_the_store_is_nearly_full_the_oldest_pictures_make_room(
    own_nats: NatsServer, vendor: OpenAIStandIn
) -> None:
    await vendor.pace(picture_seconds=0.02, picture_bytes=60_000)
    async with image_service(own_nats.url, vendor, image_store_bytes=1_500_000) as image:
        for number in range(16):
            assert (await image.draw(f"p{number}")).content
        assert (await image.fetch("p15")).content
        with pytest.raises(errors.ResourceNotFound):
            await image.fetch("p0")


async def test_a_store_that_others_have_filled_is_an_outage_before_anything_is_spent(
    own_nats: NatsServer, vendor: OpenAIStandIn, js: JetStreamContext
) -> None:
    async with image_service(own_nats.url, vendor, image_store_bytes=2_000_000) as image:
        with pytest.raises(errors.ResourceNotFound):
            await image.fetch("p1")
        await (await js.object_store("drawings")).put("foreign", b"x" * 1_960_000)
        with pytest.raises(errors.ServiceUnavailable):
            await image.draw("p1")
        assert not await vendor.calls()
