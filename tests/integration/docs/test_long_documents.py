from typing import Any, Final

import pytest

from tests.integration.docs.conftest import Open
from tests.support.openai import OpenAIStandIn

pytestmark = pytest.mark.asyncio(loop_scope="module")

SMALL: Final[dict[str, Any]] = {
    "docs_answer_characters": 60_000,
    "docs_passages_characters": 10_000,
    "docs_notes_characters": 20_000,
}
FILLER: Final = "Обычная страница рассказывает о погоде, дорогах и соседях. " * 25


def book() -> bytes:
    pages = [FILLER] * 120
    pages[76] += "\n\nСамовар тульский хранится в сарае за домом."
    return "\f".join(pages).encode()


# The stand-in repeats a question: a mark stays in the answer if its page was given to the model.
async def test_of_a_long_document_the_right_pages_are_given(another: Open) -> None:
    async with another(**SMALL) as docs:
        document = (await docs.upload(book(), "book.txt")).document
        conversation = {"conversation_id": f"long-{docs.caller.chat_id}"}
        answer = await docs.ask("Где хранится самовар? [77] [20]", document, **conversation)
        assert answer.pages == [77]
        followed_up = await docs.ask("А подробнее? [77]", document, **conversation)
        assert followed_up.pages == [77]
        alone = await docs.ask("А подробнее? [77]", document)
        assert alone.pages == []
        named = await docs.ask("О чём страница 100? [100]", document)
        assert named.pages == [100]
        assert 'made_of="passages"' in await docs.metrics()


async def test_a_long_document_is_summarised_from_notes_that_are_kept(
    another: Open, vendor: OpenAIStandIn
) -> None:
    async with another(**SMALL) as docs:
        document = (await docs.upload(book(), "book.txt")).document
        await vendor.forget_calls()
        first = await docs.ask("", document)
        assert first.completed
        count = first.progress[-1].step_count
        assert count >= 9
        assert [each.steps_done for each in first.progress] == list(range(count + 1))
        assert len(await vendor.calls()) == count + 2
        assert first.completed.usage.input_token_count > 50_000
        again = await docs.ask("", document)
        assert again.completed
        assert len(await vendor.calls()) == count + 3
        assert again.completed.usage.input_token_count < first.completed.usage.input_token_count / 3


async def test_a_short_document_beside_a_long_one_is_given_whole(another: Open) -> None:
    async with another(**SMALL) as docs:
        long = (await docs.upload(book(), "book.txt")).document
        short = (await docs.upload("Ключ под ковриком.".encode(), "note.txt")).document
        answer = await docs.ask("Где самовар? [1:77] И ключ? [2:1]", long, short)
        assert answer.completed
        assert [(each.document_id, each.page_number) for each in answer.completed.citations] == [
            (long.document_id, 77),
            (short.document_id, 1),
        ]
