import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from services.sandbox.vendor.faults import FaultKind
from services.sandbox.vendor.journal import Outcome
from tests.support.openai import OpenAIStandIn, openai_stand_in

KEY = {"authorization": "Bearer sk-any"}


@pytest.fixture
async def vendor() -> AsyncIterator[OpenAIStandIn]:
    async with openai_stand_in() as vendor:
        yield vendor


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers=KEY) as session:
        yield session


def body(text: str = "Hello", **more: object) -> dict[str, object]:
    return {"model": "gpt-6-luna", "input": text, **more}


async def events(response: aiohttp.ClientResponse) -> list[dict[str, Any]]:
    lines = (await response.text()).splitlines()
    return [json.loads(line[6:]) for line in lines if line.startswith("data: {")]


async def test_a_call_without_a_key_is_refused_as_the_vendor_does(vendor: OpenAIStandIn) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("responses", "chat/completions"):
            async with session.post(f"{vendor.base_url}/{path}", json=body()) as response:
                assert response.status == 401
                error = (await response.json())["error"]
                assert "You didn't provide an API key" in error["message"]


async def test_a_stream_has_the_vendors_events_in_their_order(
    vendor: OpenAIStandIn, http: aiohttp.ClientSession
) -> None:
    async with http.post(f"{vendor.base_url}/responses", json=body(stream=True)) as response:
        received = await events(response)
    kinds = [event["type"] for event in received]
    deltas = [event["delta"] for event in received if event["type"] == "response.output_text.delta"]
    assert [event["sequence_number"] for event in received] == list(range(len(received)))
    assert kinds[:4] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
    ]
    assert kinds[-4:] == [
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert set(kinds[4:-4]) == {"response.output_text.delta"}
    assert received[-1]["response"]["output"][0]["content"][0]["text"] == "".join(deltas)
    assert received[-1]["response"]["usage"]["output_tokens"] == len(deltas)


async def test_an_answer_may_come_in_one_piece(vendor: OpenAIStandIn, http: aiohttp.ClientSession) -> None:
    async with http.post(f"{vendor.base_url}/responses", json=body()) as response:
        whole = await response.json()
    assert whole["status"] == "completed"
    assert "> Hello" in whole["output"][0]["content"][0]["text"]
    messages = [{"role": "user", "content": "Hello"}]
    asked = {"model": "gpt-6-luna", "messages": messages}
    async with http.post(f"{vendor.base_url}/chat/completions", json=asked) as response:
        whole = await response.json()
    assert "> Hello" in whole["choices"][0]["message"]["content"]
    assert whole["usage"]["completion_tokens"] > 0


@pytest.mark.parametrize("asked", [{}, {"model": "gpt-6-luna"}, body(input=[]), body(max_output_tokens=0)])
async def test_a_request_that_makes_no_sense_is_refused(
    vendor: OpenAIStandIn, http: aiohttp.ClientSession, asked: dict[str, object]
) -> None:
    async with http.post(f"{vendor.base_url}/responses", json=asked) as response:
        assert response.status == 400
        assert (await response.json())["error"]["type"] == "invalid_request_error"


async def test_a_word_in_the_message_orders_a_fault(
    vendor: OpenAIStandIn, http: aiohttp.ClientSession
) -> None:
    said = body("please sandbox:rate_limit now", stream=True)
    async with http.post(f"{vendor.base_url}/responses", json=said) as response:
        assert response.status == 429
    async with http.post(f"{vendor.base_url}/responses", json=body("sandbox:nonsense")) as response:
        assert response.status == 200


async def test_a_fault_strikes_as_often_as_ordered(
    vendor: OpenAIStandIn, http: aiohttp.ClientSession
) -> None:
    await vendor.fail(FaultKind.OVERLOADED, times=2, retry_after=7)
    statuses = []
    for _ in range(3):
        async with http.post(f"{vendor.base_url}/responses", json=body()) as response:
            statuses.append(response.status)
    assert statuses == [503, 503, 200]


async def test_the_pace_decides_length_and_time(vendor: OpenAIStandIn, http: aiohttp.ClientSession) -> None:
    await vendor.pace(first_token_ms=50, tokens_per_second=500, tokens=50)
    async with http.post(f"{vendor.base_url}/responses", json=body(stream=True)) as response:
        received = await events(response)
    [call] = await vendor.until_ended()
    assert call.tokens_sent == 50
    assert sum(event["type"] == "response.output_text.delta" for event in received) == 50
    assert call.first_token_at is not None
    assert call.ended_at is not None
    assert call.first_token_at - call.started_at >= 0.04
    assert call.ended_at - call.started_at >= 0.05 + 49 / 500 - 0.01


@pytest.mark.parametrize("is_stream", [True, False])
async def test_a_client_that_hangs_up_is_noticed(
    vendor: OpenAIStandIn, http: aiohttp.ClientSession, is_stream: bool
) -> None:
    await vendor.pace(first_token_ms=60_000)

    async def listen() -> None:
        async with http.post(f"{vendor.base_url}/responses", json=body(stream=is_stream)) as response:
            await response.read()

    listening = asyncio.create_task(listen())
    await vendor.until_active()
    listening.cancel()
    async with asyncio.timeout(0.5):
        [call] = await vendor.until_ended()
    assert call.outcome is Outcome.CLIENT_GONE
    assert await vendor.active_streams() == 0
