from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

from prometheus_client import CollectorRegistry

from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import Nats
from services.providers.accounting import Books
from services.providers.breaker import State
from services.providers.ledger import open_books
from services.providers.troubles import Troubles, open_events
from services.text.embeddings import Embeddings
from services.text.manner import Manner
from services.text.metrics import TextMetrics
from services.text.pictures import open_pictures
from services.text.providers import configured
from services.text.replies import Replies
from services.text.runs import Runs
from services.text.settings import TextSettings
from services.text.sound import Coder
from services.text.store import ConversationStore
from services.text.summaries import Habit, Summaries
from services.text.vendors import LanguageVendors
from services.text.voice import Voice
from services.text.voice_vendors import VoiceVendors

SERVICE: Final = "text"


@asynccontextmanager
async def open_vendors(
    settings: TextSettings, nats: Nats, registry: CollectorRegistry, metrics: TextMetrics
) -> AsyncIterator[tuple[LanguageVendors, Voice, Embeddings, Books]]:
    """Put the vendors and their skills together with what watches and counts; at the end it is closed."""
    publisher = await open_events(nats, service=SERVICE, replicas=settings.stream_replicas)
    troubles = Troubles(publisher, metrics.vendors, service=SERVICE)
    providers = configured.connect(settings)
    for name in providers:
        metrics.vendors.state(name, State.CLOSED)
    patience, policy = settings.patience, settings.breaker_policy
    vendors = LanguageVendors(
        providers, settings.models_by_vendor, patience=patience, policy=policy, watch=troubles
    )
    able = tuple(providers.values())
    speakers = VoiceVendors(able, patience=patience, policy=policy, watch=troubles)
    replicas = settings.stream_replicas
    opened_books = open_books(nats, settings, registry, service=SERVICE, replicas=replicas)
    async with opened_books as books, troubles.publishing():
        embeddings = Embeddings.of(able, books, metrics, patience=patience, policy=policy, watch=troubles)
        voice = Voice(speakers, Coder(), books, metrics, max_voices=settings.text_max_voices)
        voice.check(datetime.now(UTC).date())
        try:
            yield vendors, voice, embeddings, books
        finally:
            await vendors.aclose()


@asynccontextmanager
async def open_replies(
    settings: TextSettings,
    nats: Nats,
    vendors: LanguageVendors,
    store: ConversationStore,
    books: Books,
    *,
    metrics: TextMetrics,
    failpoints: Failpoints,
) -> AsyncIterator[Replies]:
    """Put together what answers; at the end the answers under way are stored, and no summary goes on."""
    pictures = await open_pictures(nats, settings, vendors.common_image_mime_types, metrics)
    summaries = Summaries(vendors, store, pictures, Habit.of(settings), books, metrics)
    runs = Runs(max_runs=settings.text_max_streams, interval_seconds=settings.text_coalescing_seconds)
    manner = Manner.of(settings)
    try:
        yield Replies(
            vendors, store, summaries, runs, manner, pictures, books, metrics=metrics, failpoints=failpoints
        )
    finally:
        await runs.ended()
        await summaries.aclose()
        await pictures.aclose()
