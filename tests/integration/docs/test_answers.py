import asyncio
from io import BytesIO
from pathlib import Path
from typing import Final, NamedTuple

import pytest
import pytest_asyncio
from PIL import Image
from quartet.docs.v1 import document_service_pb2 as pb
from quartet.text.v1 import text_service_pb2 as text

from services.chassis.errors import ContentRejected, ServiceUnavailable
from services.sandbox.vendor.faults import FaultKind
from services.sandbox.vendor.journal import Outcome
from services.text.framing import GO_ON
from services.text.roles import ROLE_PROMPTS, Role
from tests.integration.docs.conftest import Heard
from tests.support.docs_service import DocsCaller, Document, docs_service
from tests.support.openai import OpenAIStandIn

pytestmark = pytest.mark.asyncio(loop_scope="module")

LEASE: Final = """Срок аренды составляет один год. Он продлевается сам.
\fПлощадь помещения сорок метров, оно светлое.
\fДоговор расторгают за тридцать дней."""
GOODS: Final = "Самовар тульский стоит девять тысяч рублей."


class Lease(NamedTuple):
    """A document, and who has it."""

    owner: DocsCaller
    document: Document


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lease(service: DocsCaller) -> Lease:
    owner = service.in_new_chat()
    return Lease(owner, (await owner.upload(LEASE.encode(), "договор.txt")).document)


# The stand-in repeats what it is asked: marks in a question are marks in the answer.
async def test_an_answer_names_pages_and_the_words_that_bear_it_out(lease: Lease) -> None:
    owner, document = lease
    answer = await owner.ask("Площадь сорок метров [2], срок аренды год [1].", document)
    assert "[2], срок аренды год [1]" in answer.text
    assert answer.completed
    named = [(each.page_number, each.passage) for each in answer.completed.citations]
    assert named == [
        (2, "Площадь помещения сорок метров, оно светлое."),
        (1, "Срок аренды составляет один год."),
    ]
    assert {each.document_id for each in answer.completed.citations} == {document.document_id}
    assert answer.completed.usage.output_token_count > 0
    assert not answer.completed.suggested_questions


async def test_who_asks_is_answered_in_the_manner_of_their_choice(lease: Lease, heard: Heard) -> None:
    owner, document = lease
    style = {"role": text.ROLE_TEACHER, "wishes": "Пишите без прилагательных.", "speaker_name": "Анна"}
    await owner.ask("Какой срок?", document, **style)
    asked = heard.bodies[-1]
    assert ROLE_PROMPTS[Role.TEACHER] in asked["instructions"]
    assert "Пишите без прилагательных." in asked["instructions"]
    assert "Анна" in [*heard.parts][-1]


async def test_pages_that_do_not_exist_are_never_named(lease: Lease) -> None:
    owner, document = lease
    answer = await owner.ask("Срок аренды год [7], это точно [12]!", document)
    assert "Срок аренды год, это точно!" in answer.text
    assert not answer.pages


async def test_several_documents_are_told_apart(lease: Lease) -> None:
    goods = (await lease.owner.upload(GOODS.encode(), "товары.txt")).document
    answer = await lease.owner.ask("Самовар стоит девять тысяч [2:1], срок год [1:1].", lease.document, goods)
    assert answer.completed
    cited = [(each.document_id, each.page_number) for each in answer.completed.citations]
    assert cited == [(goods.document_id, 1), (lease.document.document_id, 1)]


async def test_a_summary_comes_with_questions_that_are_paid_for_once(
    lease: Lease, vendor: OpenAIStandIn
) -> None:
    owner, document = lease
    first = await owner.ask("", document)
    assert first.completed
    assert 1 <= len(first.completed.suggested_questions) <= 3
    calls = len(await vendor.calls())
    again = await owner.ask("", document)
    assert again.completed
    assert again.completed.suggested_questions == first.completed.suggested_questions
    assert len(await vendor.calls()) == calls + 1


async def test_the_same_run_is_replayed_without_asking_the_vendor(
    lease: Lease, vendor: OpenAIStandIn
) -> None:
    owner, document = lease
    turn = {"turn_id": "t", "run_id": "r", "conversation_id": f"replayed-{owner.caller.chat_id}"}
    first = await owner.ask("Срок год [1].", document, **turn)
    calls = len(await vendor.calls())
    again = await owner.ask("Срок год [1].", document, **turn)
    assert (again.text, again.pages) == (first.text, first.pages)
    assert len(await vendor.calls()) == calls


async def test_whoever_stops_an_answer_stops_the_vendor(lease: Lease, vendor: OpenAIStandIn) -> None:
    owner, document = lease
    await vendor.forget_calls()
    await vendor.pace(tokens_per_second=20)
    try:
        call = owner.asking("Какой срок?", document)
        async for _response in call:
            call.cancel()
            break
        (ended,) = await vendor.until_ended()
    finally:
        await vendor.pace()
    assert ended.outcome is Outcome.CLIENT_GONE


async def test_a_stopped_answer_goes_on_where_it_ended(lease: Lease, vendor: OpenAIStandIn) -> None:
    owner, document = lease
    turn = {"turn_id": "lease-question", "conversation_id": "lease-conversation"}
    await owner.ask("Какой срок?", document, **turn)
    await vendor.forget_calls()
    more = await owner.ask("", document, run_id="more", run_kind=pb.RUN_KIND_CONTINUE, **turn)
    (call,) = await vendor.until_ended()
    assert call.text == GO_ON[: len(call.text)]
    assert more.completed
    assert not more.completed.suggested_questions


async def test_what_goes_wrong_at_the_vendor_is_told_as_it_is(lease: Lease, vendor: OpenAIStandIn) -> None:
    owner, document = lease
    await vendor.fail(FaultKind.MODERATION)
    try:
        with pytest.raises(ContentRejected):
            await owner.ask("Какой срок?", document)
    finally:
        await vendor.work_again()


async def test_a_page_is_drawn_with_the_passage_marked(lease: Lease) -> None:
    owner, document_id = lease.owner, lease.document.document_id
    plain, marked = await asyncio.gather(
        owner.render(document_id, 1), owner.render(document_id, 1, "Срок аренды составляет один год.")
    )
    assert plain != marked
    for content in (plain, marked):
        with Image.open(BytesIO(content)) as picture:
            assert picture.format == "PNG"
    assert await owner.render(document_id, 1) == plain


async def test_without_the_text_service_the_caller_may_come_again(docs_nats_url: str, tmp_path: Path) -> None:
    async with docs_service(docs_nats_url, "ipv4:127.0.0.1:9", tmp_path / "inbox") as docs:
        document = (await docs.upload(LEASE.encode())).document
        with pytest.raises(ServiceUnavailable) as refused:
            await docs.ask("Какой срок?", document)
        assert refused.value.retryable
        assert await docs.titles()
