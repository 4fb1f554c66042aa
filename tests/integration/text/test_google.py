from collections.abc import AsyncIterator

import pytest

from services.sandbox.vendor.faults import FaultKind
from tests.support.google import GoogleStandIn, google_stand_in
from tests.support.openai import OpenAIStandIn
from tests.support.text_service import TextCaller, text_service


@pytest.fixture
async def google() -> AsyncIterator[GoogleStandIn]:
    async with google_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
async def text(nats_url: str, vendor: OpenAIStandIn, google: GoogleStandIn) -> AsyncIterator[TextCaller]:
    async with text_service(nats_url, vendor, google_base_url=google.url) as caller:
        yield caller


async def test_google_takes_over_where_openai_is_out_of_money(
    text: TextCaller, vendor: OpenAIStandIn, google: GoogleStandIn
) -> None:
    await vendor.fail(FaultKind.OUT_OF_FUNDS)
    reply = await text.ask("turn-1", "My cat is Murka")
    assert reply.completed is not None
    assert reply.completed.failed_over
    assert (reply.completed.usage.provider, reply.completed.usage.model) == ("google", "gemini-3.8-flash")
    assert reply.completed.usage.output_token_count > 0
    assert len(await google.until_ended()) == 1


async def test_a_conversation_goes_on_with_the_other_vendors_model(text: TextCaller) -> None:
    await text.ask("turn-1", "My cat is Murka")
    reply = await text.ask("turn-2", "what did I ask before?", model="gemini-4-argon")
    assert "> My cat is Murka" in reply.text
    assert reply.completed is not None
    assert reply.completed.usage.model == "gemini-4-argon"


async def test_both_vendors_models_are_listed_with_their_prices(text: TextCaller) -> None:
    models = {model.model_id: model for model in await text.models()}
    assert {"gpt-6-luna", "gemini-3.8-flash", "gemini-3.5-flash-lite"} <= models.keys()
    assert models["gemini-3.8-flash"].provider == "google"
