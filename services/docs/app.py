from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from services.chassis.client import channel
from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import Nats
from services.docs.answers import Answers
from services.docs.drawings import Drawings
from services.docs.inbox import Inbox
from services.docs.indexing import Indexer
from services.docs.language import Languages
from services.docs.library import Library, open_library
from services.docs.metrics import DocsMetrics
from services.docs.notebook import Notebook, open_notebook
from services.docs.notes import Notes
from services.docs.places import Places
from services.docs.preparation import Preparation
from services.docs.readings import Jail, Readings
from services.docs.recollection import open_recollection
from services.docs.servicer import DocumentServicer
from services.docs.settings import DocsSettings
from services.docs.stacks import Stacks
from services.docs.suggestions import Suggestions
from services.docs.sweeping import Sweeper
from services.docs.text_client import TextClient
from services.docs.uploads import Uploads
from services.docs.vault import open_vault


@asynccontextmanager
async def open_servicer(
    settings: DocsSettings, nats: Nats, jail: Jail, metrics: DocsMetrics, failpoints: Failpoints
) -> AsyncIterator[DocumentServicer]:
    """Put together what reads, keeps and answers, and sweep up while the block runs."""
    vault, notebook = await open_vault(nats, settings), await open_notebook(nats, settings)
    library = await open_library(nats, settings, vault, notebook, failpoints)
    stacks = Stacks(vault, Indexer(), max_characters=settings.docs_cached_characters)
    inbox = Inbox(settings.docs_directory, max_bytes=settings.docs_max_file_bytes)
    inbox.open()
    readings = Readings(jail, Languages(), metrics, max_readings=settings.docs_max_readings)
    places = Places(settings.docs_max_uploads, what="files are being read")
    uploads = Uploads(inbox, readings, library, vault, places, metrics=metrics, failpoints=failpoints)
    max_bytes = settings.docs_cached_picture_bytes
    drawings = Drawings(library, stacks, vault, inbox, readings, max_bytes=max_bytes)
    sweeper = Sweeper(library, vault, metrics)
    kept = timedelta(days=settings.docs_kept_days)
    opened = _open_answers(settings, nats, library, stacks, notebook, metrics)
    async with opened as answers, sweeper.sweeping():
        yield DocumentServicer(uploads, library, stacks, answers, drawings, kept=kept)


@asynccontextmanager
async def _open_answers(
    settings: DocsSettings,
    nats: Nats,
    library: Library,
    stacks: Stacks,
    notebook: Notebook,
    metrics: DocsMetrics,
) -> AsyncIterator[Answers]:
    recollection = await open_recollection(nats, settings)
    async with channel(settings.text_target) as opened:
        writer = TextClient(opened, digest_timeout_seconds=settings.docs_digest_timeout_seconds)
        notes = Notes(writer, notebook, max_at_once=settings.docs_max_notes)
        preparation = Preparation(stacks, notes, recollection, settings)
        suggestions = Suggestions(writer, notebook)
        places = Places(settings.docs_max_answers, what="answers are under way")
        yield Answers(library, stacks, preparation, suggestions, writer, places, metrics)
