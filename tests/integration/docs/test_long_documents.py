from typing import Final, NamedTuple

import pytest
import pytest_asyncio

from tests.support.docs_service import DocsCaller, Document
from tests.support.openai import OpenAIStandIn

pytestmark = pytest.mark.asyncio(loop_scope="module")

FILLER: Final = "Обычная страница рассказывает о погоде, дорогах и соседях. " * 25


def book() -> bytes:
    pages = [FILLER] * 120
    pages[76] += "\n\nСамовар тульский хранится в сарае за домом."
    return "\f".join(pages).encode()


class Novel(NamedTuple):
    """A long document, and who has it."""

    owner: DocsCaller
    document: Document


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def novel(tight_service: DocsCaller) -> Novel:
    owner = tight_service.in_new_chat()
    return Novel(owner, (await owner.upload(book(), "book.txt")).document)


# The stand-in repeats a question: a mark stays in the answer if its page was given to the model.
async def test_of_a_long_document_the_right_pages_are_given(novel: Novel) -> None:
    owner, document = novel
    answer = await owner.ask("Где хранится самовар? [77] [20]", document)
    assert answer.pages == [77]
    named = await owner.ask("О чём страница 100? [100] [77]", document)
    assert named.pages == [100]
    assert 'made_of="passages"' in await owner.metrics()


async def test_a_question_without_words_of_its_own_is_about_the_one_before(novel: Novel) -> None:
    owner, document = novel
    conversation = {"conversation_id": f"talk-{owner.caller.chat_id}"}
    assert (await owner.ask("А подробнее? [77]", document)).pages == []
    await owner.ask("Где хранится самовар?", document, **conversation)
    assert (await owner.ask("А подробнее? [77]", document, **conversation)).pages == [77]


async def test_a_long_document_is_summarised_from_notes_that_are_kept(
    novel: Novel, vendor: OpenAIStandIn
) -> None:
    owner, document = novel
    await vendor.forget_calls()
    first = await owner.ask("", document)
    assert first.completed
    count = first.progress[-1].step_count
    assert count >= 9
    assert [each.steps_done for each in first.progress] == list(range(count + 1))
    assert len(await vendor.calls()) == count + 2
    assert first.completed.usage.input_token_count > 50_000
    again = await owner.ask("", document)
    assert again.completed
    assert len(await vendor.calls()) == count + 3
    assert again.completed.usage.input_token_count < first.completed.usage.input_token_count / 3


async def test_a_short_document_beside_a_long_one_is_given_whole(novel: Novel) -> None:
    owner, document = novel
    short = (await owner.upload("Ключ под ковриком.".encode(), "note.txt")).document
    answer = await owner.ask("Где самовар? [1:77] И ключ? [2:1]", document, short)
    assert answer.completed
    assert [(each.document_id, each.page_number) for each in answer.completed.citations] == [
        (document.document_id, 77),
        (short.document_id, 1),
    ]
