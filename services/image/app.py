from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import Nats
from services.chassis.switches import open_switches
from services.image.album import open_album
from services.image.darkroom.pool import Darkroom
from services.image.drawings import Drawings
from services.image.gallery import Gallery
from services.image.metrics import ImageMetrics
from services.image.places import Places
from services.image.providers import configured
from services.image.room import Room
from services.image.settings import ImageSettings
from services.image.vault import open_vault
from services.image.vendors import ImageVendors, is_drawn
from services.providers.accounting import Books
from services.providers.board import open_board
from services.providers.breaker import State
from services.providers.troubles import Troubles, open_events

SERVICE: Final = "image"
PIXELS_PER_MEGAPIXEL: Final = 1_000_000


@asynccontextmanager
async def open_vendors(
    settings: ImageSettings, nats: Nats, metrics: ImageMetrics
) -> AsyncIterator[ImageVendors]:
    """Put the vendors together with what watches them; at the end all of it is closed."""
    publisher = await open_events(nats, service=SERVICE, replicas=settings.stream_replicas)
    troubles = Troubles(publisher, metrics.vendors, service=SERVICE)
    board = await open_board(nats, service=SERVICE, replicas=settings.stream_replicas)
    providers = configured.connect(settings)
    for name in providers:
        metrics.vendors.state(name, State.CLOSED)
    opened = open_switches(nats, settings, SERVICE, replicas=settings.stream_replicas)
    async with opened as switches, troubles.publishing():
        vendors = ImageVendors(
            providers,
            settings.models_by_vendor,
            patience=settings.patience,
            policy=settings.breaker_policy,
            watch=troubles,
            is_proof=is_drawn,
            is_off=switches.is_off,
        )
        try:
            async with board.kept(vendors.all, troubles.news):
                yield vendors
        finally:
            await vendors.aclose()


@asynccontextmanager
async def open_drawings(
    settings: ImageSettings,
    nats: Nats,
    vendors: ImageVendors,
    books: Books,
    *,
    metrics: ImageMetrics,
    failpoints: Failpoints,
) -> AsyncIterator[tuple[Drawings, Gallery]]:
    """Put together what draws and what keeps; at the end nothing of it goes on."""
    album, vault = await open_album(nats, settings), await open_vault(nats, settings)
    gallery = Gallery(album, vault, failpoints)
    room = Room(album, vault, metrics, max_bytes=settings.image_store_bytes)
    places = Places(max_per_user=settings.image_max_per_user, max_drawings=settings.image_max_drawings)
    darkroom_opened = Darkroom.open(
        max_pixels=settings.image_max_input_megapixels * PIXELS_PER_MEGAPIXEL,
        max_processes=settings.image_reader_processes,
    )
    async with darkroom_opened as darkroom:
        drawings = Drawings(
            vendors, gallery, room, darkroom, places, books, metrics=metrics, failpoints=failpoints
        )
        try:
            yield drawings, gallery
        finally:
            await drawings.ended()
            await room.aclose()
