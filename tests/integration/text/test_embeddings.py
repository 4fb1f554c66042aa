from collections.abc import AsyncIterator

import pytest
from quartet.text.v1 import text_service_pb2 as pb

from services.chassis import errors
from services.sandbox.vendor.faults import FaultKind
from services.text.providers.embedding import DIMENSIONS
from tests.support.google import GoogleStandIn, google_stand_in
from tests.support.openai import OpenAIStandIn
from tests.support.text_service import TextCaller, text_service

OPENAI = f"openai/text-embedding-3-small/{DIMENSIONS}"
GOOGLE = f"google/gemini-embedding-2/{DIMENSIONS}"


@pytest.fixture
async def google() -> AsyncIterator[GoogleStandIn]:
    async with google_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
async def text(nats_url: str, vendor: OpenAIStandIn, google: GoogleStandIn) -> AsyncIterator[TextCaller]:
    settings = {"google_base_url": google.url, "text_breaker_failures": 2, "text_max_retries": 0}
    async with text_service(nats_url, vendor, **settings) as caller:
        yield caller


async def test_texts_become_vectors_and_another_vendor_takes_over_in_its_own_space(
    text: TextCaller, vendor: OpenAIStandIn
) -> None:
    embedded = await text.embed("Кошка", "Насос")
    assert [len(each.values) for each in embedded.embeddings] == [DIMENSIONS, DIMENSIONS]
    assert embedded.space == OPENAI
    assert embedded.usage.input_token_count > 0
    await vendor.fail(FaultKind.OVERLOADED)
    assert (await text.embed("Кошка")).space == GOOGLE
    await vendor.fail(FaultKind.OVERLOADED)
    with pytest.raises(errors.ProviderUnavailable):
        await text.embed("Кошка", space=OPENAI)
    assert (await text.embed("Кошка", space=GOOGLE)).space == GOOGLE


async def test_a_space_that_nobody_embeds_into_any_more_is_said_to_be_gone(text: TextCaller) -> None:
    with pytest.raises(errors.ModelNotFound):
        await text.embed("Кошка", space="openai/text-embedding-ada-002/1536")


@pytest.mark.parametrize("texts", [[], [" "], ["a" * 4001], ["a"] * 97])
async def test_too_little_and_too_much_is_refused(text: TextCaller, texts: list[str]) -> None:
    with pytest.raises(errors.InvalidRequest):
        await text.embed(*texts)


async def test_a_question_is_told_from_a_passage(text: TextCaller, google: GoogleStandIn) -> None:
    await text.embed("Где кошка?", space=GOOGLE, purpose=pb.EMBEDDING_PURPOSE_QUESTION)
    [call] = await google.calls()
    assert call.text == "task: search result | query: Где кошка?"
