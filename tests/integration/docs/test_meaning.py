import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final
from uuid import uuid4

import pytest
import pytest_asyncio
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from services.chassis.client import channel
from services.chassis.errors import ModelNotFound, ResourceNotFound
from services.chassis.jetstream import connect
from services.chassis.settings import Environment
from services.docs.embedder import Embedded, Embedder, Purpose
from services.docs.meaning import Meaning
from services.docs.metrics import DocsMetrics
from services.docs.passages import Passage
from services.docs.settings import DocsSettings
from services.docs.text_client import TextClient
from services.docs.vault import Vault, open_vault
from tests.support.docs_service import DocsCaller
from tests.support.failing_text import failing_text
from tests.support.openai import OpenAIStandIn

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATIENCE_SECONDS: Final = 20.0
PASSAGES: Final = [Passage(number, f"passage {number}") for number in range(1, 151)]


class Compass:
    """Sends the n-th passage, and what is like it, into the n-th direction of the space in fashion."""

    def __init__(self) -> None:
        self.space = "north"
        self.asked: list[tuple[Purpose, int, str]] = []

    async def embed(self, texts: Sequence[str], purpose: Purpose, *, space: str = "") -> Embedded:
        self.asked.append((purpose, len(texts), space))
        if space not in ("", self.space):
            raise ModelNotFound(metadata={"model": space})
        numbers = [int(text.rpartition(" ")[2]) for text in texts]
        directions = range(len(PASSAGES) + 1)
        return Embedded(self.space, tuple([float(each == n) for each in directions] for n in numbers))


@pytest_asyncio.fixture(loop_scope="module")
async def vault(docs_nats_url: str) -> AsyncIterator[Vault]:
    settings = DocsSettings(environment=Environment.TEST, docs_store_timeout_seconds=3.0)
    async with connect(docs_nats_url, name="test") as nats:
        yield await open_vault(nats, settings)


def meaning_of(embedder: Embedder, vault: Vault) -> Meaning:
    return Meaning(embedder, vault, DocsMetrics(CollectorRegistry()), max_bytes=1_000_000)


async def once_made(meaning: Meaning, transcript: str, question: str) -> list[int]:
    await meaning.ranked(transcript, PASSAGES, question)
    await meaning.made(transcript)
    return await meaning.ranked(transcript, PASSAGES, question)


async def test_the_first_question_does_not_wait_and_the_next_ones_find_by_meaning(vault: Vault) -> None:
    compass, transcript = Compass(), f"1-{uuid4().hex}"
    async with meaning_of(compass, vault).working() as meaning:
        assert await meaning.ranked(transcript, PASSAGES, "like passage 77") == []
        assert (await once_made(meaning, transcript, "like passage 77"))[:1] == [76]
        await meaning.ranked(transcript, PASSAGES, "like passage 77")
    passages, question = (Purpose.PASSAGE, 54, "north"), (Purpose.QUESTION, 1, "north")
    assert compass.asked == [(Purpose.PASSAGE, 96, ""), passages, question]
    async with meaning_of(Compass(), vault).working() as another:
        assert (await another.ranked(transcript, PASSAGES, "like passage 12"))[:1] == [11]


async def test_vectors_of_a_space_that_is_gone_are_made_anew(vault: Vault) -> None:
    compass, transcript = Compass(), f"1-{uuid4().hex}"
    async with meaning_of(compass, vault).working() as meaning:
        await once_made(meaning, transcript, "like passage 77")
        compass.space = "south"
        assert await meaning.ranked(transcript, PASSAGES, "like passage 12") == []
        assert (await once_made(meaning, transcript, "like passage 12"))[:1] == [11]


async def test_vectors_of_passages_that_were_cut_in_another_way_are_not_used(vault: Vault) -> None:
    transcript = f"1-{uuid4().hex}"
    async with meaning_of(Compass(), vault).working() as meaning:
        await once_made(meaning, transcript, "like passage 77")
    async with meaning_of(Compass(), vault).working() as meaning:
        assert await meaning.ranked(transcript, PASSAGES[1:], "like passage 77") == []


async def test_vectors_go_with_their_document(vault: Vault) -> None:
    transcript = f"1-{uuid4().hex}"
    await vault.put_vectors(transcript, b"vectors")
    assert transcript in [name async for name in vault.names(older_than_seconds=60)]
    await vault.delete([transcript])
    with pytest.raises(ResourceNotFound):
        await vault.get_vectors(transcript)


async def test_a_text_service_that_embeds_nothing_is_named_once_and_words_decide(vault: Vault) -> None:
    transcript = f"1-{uuid4().hex}"
    with capture_logs() as logs:
        async with failing_text() as target, channel(target) as opened:
            text = TextClient(opened, digest_timeout_seconds=1.0)
            async with meaning_of(text, vault).working() as meaning:
                for _ in range(3):
                    assert await meaning.ranked(transcript, PASSAGES, "like passage 77") == []
                    await meaning.made(transcript)
    assert [entry["event"] for entry in logs].count("embeddings_unavailable") == 1


async def test_through_the_whole_service_a_question_comes_to_be_embedded(
    docs: DocsCaller, vendor: OpenAIStandIn
) -> None:
    pages = [f"Обычная страница рассказывает о погоде и дороге номер {n}. " * 50 for n in range(150)]
    pages[76] += "\n\nСамовар тульский хранится в сарае за домом."
    document = (await docs.upload("\f".join(pages).encode(), "book.txt")).document
    async with asyncio.timeout(PATIENCE_SECONDS):
        while 'outcome="ok",purpose="question"' not in await docs.metrics():
            answer = await docs.ask("Где хранится самовар? [77]", document)
            assert answer.pages == [77]
    paths = {call.path for call in await vendor.calls()}
    assert "/v1/embeddings" in paths
