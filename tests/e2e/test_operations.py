import json

import aiohttp
import pytest

from tests.e2e.conversation import Conversation
from tests.support.collector import Collector
from tests.support.stack import TOKEN

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_one_trace_follows_a_question_through_gateway_nats_and_text(
    talk: Conversation, collector: Collector
) -> None:
    await talk.ask("вопрос")
    path = {("gateway", "handle update"), ("text", "quartet.text.v1.TextService/StreamReply")}
    spans = await collector.wait_for(lambda spans: {(span.service, span.name) for span in spans} >= path)
    # The one without a parent is the storing of the update; all else hangs on it.
    assert [span.service for span in spans if not span.parent_id] == ["gateway"]


async def test_each_service_tells_its_metrics_and_its_readiness(talk: Conversation) -> None:
    await talk.ask("вопрос")
    speaker = await talk.stack.speaker()
    async with aiohttp.ClientSession() as session:
        async with session.get(talk.stack.metrics_url(speaker)) as response:
            gateway = await response.text()
        async with session.get(talk.stack.metrics_url("text")) as response:
            text = await response.text()
        for name in (speaker, "text"):
            async with session.get(talk.stack.metrics_url(name).replace("/metrics", "/readyz")) as response:
                assert response.status == 200
    assert 'quartet_gateway_answers_total{end="complete"}' in gateway
    assert "quartet_gateway_first_text_seconds_bucket" in gateway
    assert "quartet_grpc_server_handling_seconds" in text


async def test_no_log_line_holds_a_secret_and_each_can_be_read_by_machines(talk: Conversation) -> None:
    # Failures are where addresses with tokens leak.
    await talk.telegram.faults(
        {"method": "sendMessage", "kind": "cut_before", "times": 1},
        {"method": "sendMessageDraft", "kind": "http", "status": 500, "times": 1},
    )
    await talk.telegram.send(talk.user_id, "вопрос, которого нет в журнале")
    await talk.telegram.wait_for_reply(talk.user_id, timeout_seconds=20)
    written = "".join(talk.stack.logs(name) for name in (*talk.stack.gateways, "text"))
    assert TOKEN.partition(":")[2] not in written
    assert "sk-a-key-for-tests" not in written
    assert "которого нет в журнале" not in written
    lines = [json.loads(line) for line in written.splitlines()]
    assert all({"event", "level", "timestamp", "service"} <= line.keys() for line in lines)
    assert all("trace_id" in line for line in lines if line["event"] == "reply_sent")
