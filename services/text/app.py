from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final, TypedDict

from prometheus_client import CollectorRegistry

from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import Nats
from services.chassis.switches import open_switches
from services.providers.accounting import Books
from services.providers.board import open_board
from services.providers.breaker import BreakerPolicy, State
from services.providers.ledger import open_books
from services.providers.patience import Patience
from services.providers.switching import IsOff
from services.providers.troubles import Troubles, open_events
from services.providers.vendors import Watch
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


class Habits(TypedDict):
    """How all vendors are treated, whatever is asked of them."""

    patience: Patience
    policy: BreakerPolicy
    watch: Watch
    is_off: IsOff


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
    replicas = settings.stream_replicas
    board = await open_board(nats, service=SERVICE, replicas=replicas)
    able = tuple(providers.values())
    opened_books = open_books(nats, settings, registry, service=SERVICE, replicas=replicas)
    opened_switches = open_switches(nats, settings, SERVICE, replicas=replicas)
    async with opened_switches as switches, opened_books as books, troubles.publishing():
        habits = Habits(
            patience=settings.patience,
            policy=settings.breaker_policy,
            watch=troubles,
            is_off=switches.is_off,
        )
        vendors = LanguageVendors(providers, settings.models_by_vendor, **habits)
        speakers = VoiceVendors(able, **habits)
        embeddings = Embeddings.of(able, books, metrics, **habits)
        voice = Voice(speakers, Coder(), books, metrics, max_voices=settings.text_max_voices)
        voice.check(datetime.now(UTC).date())
        try:
            async with board.kept(vendors.all, troubles.news):
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
