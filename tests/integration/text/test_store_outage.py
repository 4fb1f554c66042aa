import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from services.chassis import errors
from services.sandbox.vendor.faults import FaultKind
from tests.support.nats import NatsServer, nats_server
from tests.support.openai import OpenAIStandIn
from tests.support.text_service import TextCaller, text_service


@pytest.fixture
def own_nats(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path) as server:
        yield server


@pytest.fixture
async def text(own_nats: NatsServer, vendor: OpenAIStandIn) -> AsyncIterator[TextCaller]:
    async with text_service(own_nats.url, vendor, text_store_timeout_seconds=1.0) as caller:
        yield caller


async def come_back(own_nats: NatsServer, text: TextCaller) -> None:
    await asyncio.to_thread(own_nats.start)
    await text.until_ready()


async def test_a_killed_store_that_comes_back_loses_nothing(
    text: TextCaller, own_nats: NatsServer, vendor: OpenAIStandIn
) -> None:
    await vendor.pace(tokens_per_second=50)
    call = text.call("t1", "My cat is called Murka")
    first = (await call.read()).text_delta
    await own_nats.kill_and_start()
    rest = await text.hear(call)
    assert rest.completed is not None
    assert "Murka" in first + rest.text
    reply = await text.ask("t2", "what did I ask?")
    assert "Murka" in reply.text


async def test_an_answer_reaches_the_user_although_the_store_is_gone(
    text: TextCaller, own_nats: NatsServer, vendor: OpenAIStandIn
) -> None:
    await vendor.pace(tokens_per_second=100)
    call = text.call("t1", "My cat is called Murka")
    first = (await call.read()).text_delta
    own_nats.kill()
    rest = await text.hear(call)
    assert rest.completed is not None
    assert "Murka" in first + rest.text
    assert "quartet_text_turns_not_kept_total 1.0" in await text.metrics()
    with pytest.raises(errors.ServiceUnavailable):
        await text.ask("t2")
    assert len(await vendor.calls()) == 1
    await come_back(own_nats, text)


async def test_a_stop_ends_in_time_although_the_store_is_gone(
    text: TextCaller, own_nats: NatsServer, vendor: OpenAIStandIn
) -> None:
    await vendor.fail(FaultKind.HANG, after_tokens=3)
    call = text.call("t1")
    await call.read()
    own_nats.kill()
    call.cancel()
    await vendor.until_ended()
    await come_back(own_nats, text)
