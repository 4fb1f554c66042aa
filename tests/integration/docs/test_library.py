from collections.abc import AsyncIterator
from typing import NamedTuple

import nats
import pytest
import pytest_asyncio
from nats.aio.client import Client

from services.chassis.errors import InvalidRequest, ResourceNotFound
from tests.support.docs_service import DocsCaller

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = "Срок аренды составляет один год."


class Kept(NamedTuple):
    """How much the stores of the service hold."""

    documents: int
    objects: int
    notes: int


class Store:
    def __init__(self, client: Client) -> None:
        self._js = client.jetstream()

    async def kept(self, chat_id: int) -> Kept:
        documents = await self._count("KV_documents", f"$KV.documents.{chat_id}")
        return Kept(
            documents,
            await self._count("OBJ_documents", "$O.documents.>"),
            await self._count("KV_document_notes", "$KV.document_notes.>"),
        )

    async def _count(self, stream: str, subject: str) -> int:
        info = await self._js.stream_info(stream, subjects_filter=subject)
        return sum((info.state.subjects or {}).values())


@pytest_asyncio.fixture(loop_scope="module")
async def store(docs_nats_url: str) -> AsyncIterator[Store]:
    client = await nats.connect(docs_nats_url)
    yield Store(client)
    await client.close()


async def test_documents_are_listed_renamed_and_found(docs: DocsCaller) -> None:
    uploaded = await docs.upload(TEXT.encode(), "a.txt")
    document_id = uploaded.document.document_id
    renamed = await docs.rename(document_id, "Аренда\nквартиры")
    assert renamed.title == "Аренда квартиры"
    assert (await docs.get(document_id)).title == "Аренда квартиры"
    assert await docs.titles() == ["Аренда квартиры"]


async def test_a_long_list_comes_in_pages(docs: DocsCaller) -> None:
    for number in range(3):
        await docs.upload(f"Документ номер {number}".encode(), f"{number}.txt")
    titles, token = [], ""
    while True:
        listed = await docs.listed(page_size=2, page_token=token)
        titles += [document.title for document in listed.documents]
        token = listed.next_page_token
        if not token:
            break
    assert titles == ["2", "1", "0"]


async def test_nobody_else_finds_a_document(docs: DocsCaller) -> None:
    document = (await docs.upload(TEXT.encode())).document
    stranger = docs.in_new_chat()
    assert not await stranger.titles()
    for attempt in (
        stranger.get(document.document_id),
        stranger.rename(document.document_id, "mine"),
        stranger.render(document.document_id, 1),
        stranger.ask("Какой срок?", document),
    ):
        with pytest.raises(ResourceNotFound):
            await attempt
    await stranger.delete(document.document_id)
    assert await docs.titles()


async def test_deleting_deletes_everything(docs: DocsCaller, store: Store) -> None:
    before = await store.kept(docs.caller.chat_id)
    document = (await docs.upload(TEXT.encode())).document
    twin = (await docs.upload(TEXT.encode())).document
    await docs.ask("", document)
    during = await store.kept(docs.caller.chat_id)
    assert during.documents == 1
    assert during.objects > before.objects
    assert during.notes == before.notes + 1
    await docs.delete(document.document_id)
    assert await store.kept(docs.caller.chat_id) == during
    await docs.delete(twin.document_id)
    await docs.delete(twin.document_id)
    after = await store.kept(docs.caller.chat_id)
    assert (after.objects, after.notes) == (before.objects, before.notes)
    with pytest.raises(ResourceNotFound):
        await docs.ask("Какой срок?", document)


async def test_documents_follow_their_chat(docs: DocsCaller) -> None:
    document = (await docs.upload(TEXT.encode(), "old.txt")).document
    moved = docs.in_new_chat()
    await moved.upload(b"Another one.", "new.txt")
    for _ in range(2):
        await docs.move_to(moved.caller.chat_id)
    assert not await docs.titles()
    assert set(await moved.titles()) == {"old", "new"}
    assert (await moved.ask("Какой срок? [1]", document)).pages == [1]
    await moved.delete(document.document_id)
    assert await moved.titles() == ["new"]
    with pytest.raises(InvalidRequest):
        await docs.move_to(docs.caller.chat_id)


async def test_what_is_asked_for_wrongly_says_what_is_wrong(docs: DocsCaller) -> None:
    for attempt in (
        docs.get("../../x"),
        docs.rename("a", ""),
        docs.rename("a", "a" * 129),
        docs.listed(page_size=101),
        docs.in_chat(0).titles(),
        docs.ask("Какой срок?"),
    ):
        with pytest.raises(InvalidRequest) as refused:
            await attempt
        assert refused.value.violations
