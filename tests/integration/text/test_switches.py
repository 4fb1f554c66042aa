from collections.abc import AsyncIterator, Iterator

import pytest
import structlog
from quartet.common.v1.caller_pb2 import Caller
from quartet.text.v1 import text_service_pb2 as pb

from services.chassis import errors
from services.chassis.jetstream import connect, ensure_bucket
from services.chassis.switches import switches_bucket
from tests.support.nats import nats_server
from tests.support.openai import OpenAIStandIn, openai_stand_in
from tests.support.text_service import TextCaller, text_service

LUNA = "gpt-6-luna"


@pytest.fixture(scope="module")
def own_nats_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What is switched here is no other test's concern."""
    with nats_server(tmp_path_factory.mktemp("nats")) as server:
        yield server.url


@pytest.fixture
async def openai() -> AsyncIterator[OpenAIStandIn]:
    async with openai_stand_in() as stand_in:
        yield stand_in


async def _switched(url: str, **names: bool) -> None:
    async with connect(url, name="admin") as nats:
        bucket = await ensure_bucket(nats.js, switches_bucket(1))
        for name, is_off in names.items():
            await (bucket.put(f"off.{name}", b"off") if is_off else bucket.delete(f"off.{name}"))


async def _model_of(text: TextCaller, turn_id: str) -> str:
    reply = await text.ask(turn_id, conversation_id=turn_id)
    assert reply.completed is not None
    assert not reply.completed.failed_over
    return reply.completed.usage.model


async def test_the_next_model_answers_for_one_that_is_off_and_is_the_usual_one_now(
    own_nats_url: str, openai: OpenAIStandIn
) -> None:
    await _switched(own_nats_url, **{f"openai.{LUNA}": True})
    async with text_service(own_nats_url, openai) as text:
        answered_by = await _model_of(text, "t1")
        models = await text.models()
        assert answered_by == models[0].model_id != LUNA
        health = {model.model_id: model.health for model in models}
        assert health[LUNA] == pb.MODEL_HEALTH_UNAVAILABLE
        chosen = await text.ask("t2", conversation_id="t2", model=LUNA)
        assert chosen.completed is not None
        assert chosen.completed.failed_over
    await _switched(own_nats_url, **{f"openai.{LUNA}": False})


async def test_whoever_asks_when_all_is_off_hears_at_once_that_it_passes(
    own_nats_url: str, openai: OpenAIStandIn
) -> None:
    await _switched(own_nats_url, openai=True)
    async with text_service(own_nats_url, openai) as text:
        with pytest.raises(errors.ProviderUnavailable) as refused:
            await text.ask("t3", conversation_id="t3")
        assert refused.value.retry_after_seconds == 60
        with pytest.raises(errors.ProviderUnavailable):
            await text.embed("words")
    await _switched(own_nats_url, openai=False)


async def test_each_request_is_one_line_with_who_asked_and_what_came_of_it(
    own_nats_url: str, openai: OpenAIStandIn
) -> None:
    async with text_service(own_nats_url, openai) as text:
        with structlog.testing.capture_logs() as lines:
            await text.ask("t4", conversation_id="t4", caller=Caller(user_id=1, chat_id=1, user_key=0xABC))
            with pytest.raises(errors.InvalidRequest):
                await text.ask("t 5", conversation_id="t5")
    told = [line for line in lines if line["event"] == "rpc_handled"]
    answered, refused = (line for line in told if line["method"].endswith("StreamReply"))
    assert (answered["user_key"], answered["code"], answered["reason"]) == ("0000000000000abc", "OK", None)
    assert (refused["code"], refused["reason"]) == ("INVALID_ARGUMENT", "ERROR_REASON_INVALID_REQUEST")
