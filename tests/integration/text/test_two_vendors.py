from collections.abc import AsyncIterator

import pytest
from quartet.text.v1 import text_service_pb2 as pb

from tests.support.openai import OpenAIStandIn
from tests.support.ports import free_port
from tests.support.text_service import TextCaller, text_service

BREAKER_FAILURES = 2


@pytest.fixture
async def text(nats_url: str, vendor: OpenAIStandIn) -> AsyncIterator[TextCaller]:
    """The service with Google, which cannot be reached, before OpenAI, which can."""
    async with text_service(
        nats_url,
        vendor,
        text_providers=("google", "openai"),
        google_base_url=f"http://127.0.0.1:{free_port()}",
        text_breaker_failures=BREAKER_FAILURES,
    ) as caller:
        yield caller


async def test_openai_answers_while_google_is_away_and_the_caller_is_told(
    text: TextCaller, conversation_id: str
) -> None:
    for n in range(BREAKER_FAILURES + 1):
        reply = await text.ask(f"t{n}", conversation_id=conversation_id)
        assert reply.completed is not None
        assert reply.completed.failed_over
        assert reply.completed.usage.provider == "openai"
        assert reply.completed.usage.model == "gpt-6-luna"
    replayed = await text.ask("t0", conversation_id=conversation_id)
    assert replayed.completed is not None
    assert replayed.completed.replayed
    assert replayed.completed.failed_over
    chosen = await text.ask("t9", conversation_id=conversation_id, model="gpt-6.1-terra")
    assert chosen.completed is not None
    assert not chosen.completed.failed_over

    health = {model.provider: model.health for model in await text.models()}
    assert health == {"google": pb.MODEL_HEALTH_UNAVAILABLE, "openai": pb.MODEL_HEALTH_AVAILABLE}
    metrics = await text.metrics()
    assert 'provider="google",quartet_text_vendor_state="open"} 1.0' in metrics
    assert "quartet_text_vendor_failovers_total" in metrics
