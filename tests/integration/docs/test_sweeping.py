import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio
from prometheus_client import CollectorRegistry

from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import Nats, connect
from services.chassis.settings import Environment
from services.docs.document import Document, Transcript
from services.docs.library import Library, open_library
from services.docs.metrics import DocsMetrics
from services.docs.notebook import Notebook, open_notebook
from services.docs.readers.base import Page
from services.docs.settings import DocsSettings
from services.docs.sweeping import Sweeper
from services.docs.vault import Vault, open_vault
from tests.support.nats import nats_server
from tests.unit.docs.test_shelf import content

pytestmark = pytest.mark.asyncio(loop_scope="module")
OWNER = -100123


class Kept(NamedTuple):
    library: Library
    vault: Vault
    notebook: Notebook
    sweeper: Sweeper


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nats(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Nats]:
    with nats_server(tmp_path_factory.mktemp("swept")) as server:
        async with connect(server.url, name="test") as nats:
            yield nats


@pytest_asyncio.fixture(loop_scope="module")
async def kept(nats: Nats) -> Kept:
    settings = DocsSettings(environment=Environment.TEST, docs_store_timeout_seconds=3.0)
    vault, notebook = await open_vault(nats, settings), await open_notebook(nats, settings)
    failpoints = Failpoints("", Environment.TEST)
    library = await open_library(nats, settings, vault, notebook, failpoints)
    return Kept(library, vault, notebook, Sweeper(library, vault, DocsMetrics(CollectorRegistry())))


async def stored(kept: Kept, file: Path, *, used: datetime) -> Document:
    """Put a document's objects into the vault; the shelf does not know it yet."""
    await asyncio.to_thread(file.write_bytes, b"content")
    objects = replace(
        content("a"),
        transcript=await kept.vault.put_transcript(Transcript((), (Page(1, "text"),))),
        file=await kept.vault.put_file(file),
    )
    return Document("a", "a", "a.txt", objects, used, used)


async def names(vault: Vault) -> set[str]:
    return {name async for name in vault.names(older_than_seconds=-60)}


async def test_what_a_kill_left_without_a_shelf_is_swept_up(kept: Kept, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    document = await kept.library.add(OWNER, await stored(kept, tmp_path / "a", used=now))
    left = await stored(kept, tmp_path / "b", used=now)
    await kept.sweeper.sweep()
    assert await names(kept.vault) == {*document.content.objects, *left.content.objects}
    await kept.sweeper.sweep(objects_age_seconds=-60)
    assert await names(kept.vault) == {*document.content.objects}
    await kept.library.delete(OWNER, "a")
    assert not await names(kept.vault)
    assert await kept.vault.size_bytes() == 0


async def test_a_document_nobody_used_for_too_long_goes_with_all_that_was_noted(
    kept: Kept, tmp_path: Path
) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=31)
    document = await stored(kept, tmp_path / "a", used=long_ago)
    await kept.library.add(OWNER, document)
    await kept.notebook.keep(document.content.transcript, "notes.1", "text")
    assert not (await kept.library.shelf(OWNER)).documents
    await kept.sweeper.sweep()
    assert not await names(kept.vault)
    assert await kept.notebook.find(document.content.transcript, "notes.1") is None
    assert not [owner async for owner, _shelf in kept.library.shelves()]


async def test_of_two_who_upload_at_once_one_is_kept_and_the_other_leaves_nothing(
    kept: Kept, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    first, second = [await stored(kept, tmp_path / "a", used=now) for _ in range(2)]
    assert await kept.library.add(OWNER, first) == first
    assert await kept.library.add(OWNER, second) == first
    assert await names(kept.vault) == {*first.content.objects}
    await kept.library.delete(OWNER, "a")


async def test_a_shelf_that_cannot_be_read_stops_the_sweeper_before_it_deletes_what_stands_there(
    kept: Kept, nats: Nats, tmp_path: Path
) -> None:
    document = await kept.library.add(OWNER, await stored(kept, tmp_path / "a", used=datetime.now(UTC)))
    bucket = await nats.js.key_value("documents")
    await bucket.put(str(OWNER), b"not a shelf")
    with pytest.raises(Exception, match="cannot be read"):
        await kept.sweeper.sweep(objects_age_seconds=-60)
    assert await names(kept.vault) == {*document.content.objects}
    await bucket.purge(str(OWNER))
