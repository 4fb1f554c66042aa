from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Final

from services.chassis.client import channel
from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import Nats
from services.docs.answers import Answers
from services.docs.drawings import Drawings
from services.docs.embedder import Embedder
from services.docs.inbox import Inbox
from services.docs.indexing import Indexer
from services.docs.language import Languages
from services.docs.library import Library, open_library
from services.docs.meaning import Meaning
from services.docs.metrics import DocsMetrics
from services.docs.notebook import Notebook, open_notebook
from services.docs.notes import Notes
from services.docs.places import Places
from services.docs.preparation import Preparation
from services.docs.readings import Jail, Readings
from services.docs.recollection import open_recollection
from services.docs.servicer import DocumentServicer
from services.docs.settings import DocsSettings, Embeddings
from services.docs.stacks import Stacks
from services.docs.suggestions import Suggestions
from services.docs.sweeping import Sweeper
from services.docs.text_client import TextClient
from services.docs.uploads import Uploads
from services.docs.vault import Vault, open_vault
from services.docs.writer import Writer

# A passage has up to a thousand characters, and a vector of about 1,500 bytes.
VECTOR_BYTES_PER_CHARACTER: Final = 2


@asynccontextmanager
async def open_servicer(
    settings: DocsSettings, nats: Nats, jail: Jail, metrics: DocsMetrics, failpoints: Failpoints
) -> AsyncIterator[DocumentServicer]:
    """Put together what reads, keeps and answers, and sweep up while the block runs."""
    vault, notebook = await open_vault(nats, settings), await open_notebook(nats, settings)
    library = await open_library(nats, settings, vault, notebook, failpoints)
    inbox = Inbox(settings.docs_directory, max_bytes=settings.docs_max_file_bytes)
    inbox.open()
    readings = Readings(jail, Languages(), metrics, max_readings=settings.docs_max_readings)
    places = Places(settings.docs_max_uploads, what="files are being read")
    uploads = Uploads(inbox, readings, library, vault, places, metrics=metrics, failpoints=failpoints)
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(channel(settings.text_target, settings.tls_directory))
        text = TextClient(opened, digest_timeout_seconds=settings.docs_digest_timeout_seconds)
        stacks = await stack.enter_async_context(_open_stacks(settings, vault, text, metrics))
        answers = await _open_answers(settings, nats, library, stacks, notebook, text, metrics)
        max_bytes = settings.docs_cached_picture_bytes
        drawings = Drawings(library, stacks, vault, inbox, readings, max_bytes=max_bytes)
        await stack.enter_async_context(Sweeper(library, vault, metrics).sweeping())
        kept = timedelta(days=settings.docs_kept_days)
        yield DocumentServicer(uploads, library, stacks, answers, drawings, kept=kept)


@asynccontextmanager
async def _open_stacks(
    settings: DocsSettings, vault: Vault, embedder: Embedder, metrics: DocsMetrics
) -> AsyncIterator[Stacks]:
    max_characters = settings.docs_cached_characters
    if settings.docs_embeddings is Embeddings.OFF:
        yield Stacks(vault, Indexer(), None, max_characters=max_characters)
        return
    max_bytes = max_characters * VECTOR_BYTES_PER_CHARACTER
    async with Meaning(embedder, vault, metrics, max_bytes=max_bytes).working() as meaning:
        yield Stacks(vault, Indexer(), meaning, max_characters=max_characters)


async def _open_answers(
    settings: DocsSettings,
    nats: Nats,
    library: Library,
    stacks: Stacks,
    notebook: Notebook,
    writer: Writer,
    metrics: DocsMetrics,
) -> Answers:
    recollection = await open_recollection(nats, settings)
    notes = Notes(writer, notebook, max_at_once=settings.docs_max_notes)
    preparation = Preparation(stacks, notes, recollection, settings)
    suggestions = Suggestions(writer, notebook)
    places = Places(settings.docs_max_answers, what="answers are under way")
    return Answers(library, stacks, preparation, suggestions, writer, places, metrics)
