import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from services.sandbox.vendor.faults import FaultKind
from tests.support.google import GoogleStandIn, google_stand_in

KEY = {"x-goog-api-key": "any"}
ANSWER = "/v1/models/gemini-3.8-flash:generateContent"
STREAM = "/v1/models/gemini-3.8-flash:streamGenerateContent?alt=sse"


@pytest.fixture
async def vendor() -> AsyncIterator[GoogleStandIn]:
    async with google_stand_in() as vendor:
        yield vendor


@pytest.fixture
async def http(vendor: GoogleStandIn) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(vendor.url, headers=KEY) as session:
        yield session


def body(text: str = "Hello", **more: object) -> dict[str, Any]:
    return {"contents": [{"role": "user", "parts": [{"text": text}]}], **more}


async def refusal(http: aiohttp.ClientSession, path: str, asked: object) -> dict[str, Any]:
    async with http.post(path, json=asked) as response:
        error: dict[str, Any] = (await response.json())["error"]
        assert response.status == error["code"]
        return error


async def test_a_call_without_a_key_is_refused_as_the_vendor_does(vendor: GoogleStandIn) -> None:
    async with aiohttp.ClientSession(vendor.url) as session:
        assert (await refusal(session, ANSWER, body()))["status"] == "PERMISSION_DENIED"


async def test_every_chunk_of_a_stream_counts_and_the_last_one_says_why_it_ends(
    http: aiohttp.ClientSession,
) -> None:
    async with http.post(STREAM, json=body("think")) as response:
        chunks = [json.loads(line[6:]) for line in (await response.text()).splitlines() if line]
    *deltas, last = chunks
    counts = [chunk["usageMetadata"]["candidatesTokenCount"] for chunk in deltas]
    assert counts == sorted(set(counts))
    assert last["candidates"][0]["finishReason"] == "STOP"
    assert last["usageMetadata"]["candidatesTokenCount"] == counts[-1]
    assert last["usageMetadata"]["thoughtsTokenCount"] > 0


@pytest.mark.parametrize("version", ["v1", "v1beta"])
async def test_an_answer_may_come_in_one_piece(http: aiohttp.ClientSession, version: str) -> None:
    async with http.post(ANSWER.replace("v1", version), json=body()) as response:
        whole = await response.json()
    assert "> Hello" in whole["candidates"][0]["content"]["parts"][0]["text"]


async def test_what_was_asked_before_is_remembered_and_the_system_prompt_is_no_question(
    http: aiohttp.ClientSession,
) -> None:
    said = [("user", "My cat is Murka"), ("model", "Nice."), ("user", "what did I ask?")]
    contents = [{"role": role, "parts": [{"text": text}]} for role, text in said]
    asked = {"contents": contents, "system_instruction": {"parts": [{"text": "Be kind."}]}}
    async with http.post(ANSWER, json=asked) as response:
        whole = await response.json()
    assert "> My cat is Murka" in whole["candidates"][0]["content"]["parts"][0]["text"]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        [],
        {"contents": []},
        body(nonsense=1),
        body(""),
        body(generationConfig={"maxOutputTokens": 0}),
        {"contents": [{"role": "assistant", "parts": [{"text": "x"}]}]},
        {"contents": [{"parts": [{"inlineData": {"mimeType": "image/gif", "data": "AA=="}}]}]},
    ],
)
async def test_a_request_that_makes_no_sense_is_refused(http: aiohttp.ClientSession, asked: object) -> None:
    assert (await refusal(http, ANSWER, asked))["status"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize("model", ["gemini-0", "gemini-embedding-001"])
async def test_a_model_that_does_not_answer_is_not_found(http: aiohttp.ClientSession, model: str) -> None:
    error = await refusal(http, f"/v1/models/{model}:generateContent", body())
    assert error["status"] == "NOT_FOUND"


async def test_a_pause_is_asked_for_in_the_vendors_way(
    vendor: GoogleStandIn, http: aiohttp.ClientSession
) -> None:
    await vendor.fail(FaultKind.RATE_LIMIT, retry_after=2.5)
    error = await refusal(http, STREAM, body())
    assert error["details"] == [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "2.5s"}]


async def test_a_blocked_question_has_no_candidate(
    vendor: GoogleStandIn, http: aiohttp.ClientSession
) -> None:
    await vendor.fail(FaultKind.MODERATION, code="SAFETY")
    async with http.post(ANSWER, json=body()) as response:
        blocked = await response.json()
    assert blocked["promptFeedback"]["blockReason"] == "SAFETY"
    assert "candidates" not in blocked


async def test_a_word_in_the_message_orders_a_fault(http: aiohttp.ClientSession) -> None:
    assert (await refusal(http, STREAM, body("sandbox:overloaded")))["status"] == "UNAVAILABLE"
