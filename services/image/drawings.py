from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime

import structlog
from opentelemetry.trace import SpanKind

from services.chassis.errors import ProviderUnavailable
from services.chassis.failpoints import Failpoints
from services.chassis.telemetry import tracing
from services.image.darkroom import Developed, Form, UnusablePicture
from services.image.darkroom.pool import Darkroom
from services.image.gallery import Gallery
from services.image.metrics import ImageMetrics
from services.image.order import Order
from services.image.picture import Picture
from services.image.places import Places
from services.image.prices import cost_micros, spent
from services.image.providers.base import Drawn, InputPicture, Preview
from services.image.report import Outcome, Report, reporting
from services.image.room import Room
from services.image.runs import Finished, Run, Runs
from services.image.sketch import Sketch, Sketches
from services.image.vendors import ImageVendors
from services.providers.accounting import Books
from services.providers.vendors import Answering

log = structlog.get_logger()


class Drawings:
    """Draws what is ordered, once, and keeps it. What is there already is not drawn again."""

    def __init__(
        self,
        vendors: ImageVendors,
        gallery: Gallery,
        room: Room,
        darkroom: Darkroom,
        places: Places,
        books: Books,
        *,
        metrics: ImageMetrics,
        failpoints: Failpoints,
    ) -> None:
        self._vendors = vendors
        self._gallery = gallery
        self._room = room
        self._darkroom = darkroom
        self._places = places
        self._books = books
        self._sketches = Sketches(gallery, darkroom)
        self._runs = Runs()
        self._metrics = metrics
        self._failpoints = failpoints

    async def stream(self, order: Order) -> AsyncGenerator[Developed | Finished]:
        """Yield previews, then the picture. Raises QuartetError.

        Leaving early closes the vendor's stream, and nothing is kept; unless another call waits for the same
        picture, which then goes on.
        """
        run = self._runs.join(order.picture_id, lambda run: self._finish(run, order))
        async with aclosing(run.events()) as events:
            async for event in events:
                yield event

    async def ended(self) -> None:
        """Wait for drawings whose callers have gone."""
        await self._runs.ended()

    async def _finish(self, run: Run, order: Order) -> Finished:
        with reporting(self._metrics, order.picture_id, order.kind) as report:
            kept = await self._gallery.find(order.picture_id)
            if kept is not None:
                report.outcome = Outcome.REPLAYED
                return Finished(kept, is_replayed=True)
            with self._places.taken(order.owner.user_id):
                sketch = await self._sketches.sketch(order)
                await self._room.require()
                with report.asking():
                    drawn, by = await self._draw(run, sketch, order)
                await self._failpoints.hit("image.drawn")
                finished = await self._keep(order, sketch, drawn, by, report)
            report.outcome = Outcome.DRAWN
            return finished

    async def _draw(self, run: Run, sketch: Sketch, order: Order) -> tuple[Drawn, Answering]:
        by = Answering("", "")
        account = self._books.account(order.kind, turn_id=order.picture_id, user_key=order.user_key)
        with tracing.span("vendor_stream", SpanKind.CLIENT) as span:
            async with account.closing(), aclosing(self._vendors.ask(sketch.request(order))) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Drawn):
                        await account.answered(spent(piece.usage))
                        return piece, by
                    if isinstance(piece, Preview):
                        account.began()
                        await self._show(run, piece)
                    else:
                        by = piece
                        account.asked(by)
                        span.set_attributes({"provider": by.provider, "model": by.model})
                    del piece  # megabytes: not to be kept while the next one is awaited
        raise ProviderUnavailable(f"{by.provider} drew nothing", metadata={"provider": by.provider})

    async def _show(self, run: Run, preview: Preview) -> None:
        # Previews make nobody wait for a picture.
        if self._darkroom.is_busy:
            return
        try:
            run.show(await self._darkroom.develop(preview.content, Form.PREVIEW))
        except UnusablePicture as error:
            log.warning("preview_unusable", problem=error.problem)

    async def _keep(
        self, order: Order, sketch: Sketch, drawn: Drawn, by: Answering, report: Report
    ) -> Finished:
        cost = cost_micros(drawn.usage)
        report.paid(drawn.usage, cost)
        try:
            display = await self._darkroom.develop(drawn.content, Form.DISPLAY)
        except UnusablePicture as error:
            raise ProviderUnavailable(
                f"{by.provider} sent no picture: {error.problem}", metadata={"provider": by.provider}
            ) from error
        files = await self._gallery.store(
            order.picture_id,
            InputPicture(display.source_mime_type, drawn.content),
            InputPicture(display.mime_type, display.content),
            sketch.inputs,
        )
        picture = Picture(
            picture_id=order.picture_id,
            series_id=sketch.series_id,
            parent_number=sketch.parent_number,
            source_id=sketch.source_id,
            owner=order.owner,
            prompt=sketch.prompt,
            style=sketch.style,
            aspect_ratio=sketch.aspect_ratio,
            is_edited=sketch.is_edited,
            files=files,
            width_pixels=display.source_width_pixels,
            height_pixels=display.source_height_pixels,
            created_at=datetime.now(UTC),
            usage=drawn.usage,
            cost_micros=cost,
            failed_over=by.failed_over,
        )
        contents = {files.original.name: drawn.content, files.display.name: display.content}
        return Finished(await self._gallery.add(picture), contents)
