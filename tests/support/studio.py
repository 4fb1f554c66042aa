import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image
from prometheus_client import CollectorRegistry
from quartet.image.v1 import image_service_pb2 as pb
from quartet.image.v1 import picture_pb2
from quartet.image.v1.image_service_pb2_grpc import ImageServiceServicer, add_ImageServiceServicer_to_server

from services.chassis.errors import ResourceNotFound, by_reason
from services.chassis.server import Registration, serving
from services.chassis.settings import Environment, ServiceSettings
from tests.support.ports import free_port

NAME: Final = pb.DESCRIPTOR.services_by_name["ImageService"].full_name
CHUNK_BYTES: Final = 1000
CANCELLED_WITHIN_SECONDS: Final = 10.0
PREVIEWS: Final = 2
FINISHED: Final = (200, 200, 200)


@dataclass
class Kept:
    """A version that the studio has drawn."""

    picture: picture_pb2.Picture
    display: bytes
    original: bytes


class Studio(ImageServiceServicer):
    """An image service that draws one colour, waits where it is told to, and fails as it is told.

    A prompt that is the name of an error's reason ends in that error, after the previews.
    """

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}
        self.owners: dict[str, int] = {}
        self.orders: list[pb.GenerateImageRequest | pb.EditImageRequest] = []
        self.cancelled: asyncio.Queue[str] = asyncio.Queue()
        self.finish = asyncio.Event()
        """Drawings wait for it after their previews."""
        self.finish.set()
        self.fails_with = ""
        """The reason that every drawing ends in, whatever its prompt."""
        self.size = (640, 480)
        """Of what is drawn, in pixels."""

    async def GenerateImage(  # noqa: N802 - the contract's name
        self, request: pb.GenerateImageRequest, _context: Any
    ) -> AsyncIterator[pb.GenerateImageResponse]:
        parent = self._version(request.variation_of) if request.HasField("variation_of") else None
        async for event in self._draw(request, parent, parent.picture.prompt if parent else request.prompt):
            yield pb.GenerateImageResponse(**event)

    async def EditImage(  # noqa: N802 - the contract's name
        self, request: pb.EditImageRequest, _context: Any
    ) -> AsyncIterator[pb.EditImageResponse]:
        parent = self._version(request.source) if request.HasField("source") else None
        async for event in self._draw(request, parent, request.prompt):
            yield pb.EditImageResponse(**event)

    async def FetchImage(  # noqa: N802 - the contract's name
        self, request: pb.FetchImageRequest, _context: Any
    ) -> AsyncIterator[pb.FetchImageResponse]:
        is_named = request.HasField("version")
        kept = self._version(request.version) if is_named else self.kept.get(request.picture_id)
        if kept is None:
            raise ResourceNotFound
        is_original = request.rendition == picture_pb2.RENDITION_ORIGINAL
        yield pb.FetchImageResponse(picture=self._described(kept))
        mime_type = "image/png" if is_original else "image/jpeg"
        for chunk in _chunks(kept.original if is_original else kept.display, mime_type):
            yield pb.FetchImageResponse(content=chunk)

    async def until_cancelled(self) -> str:
        """The picture whose drawing was cancelled first and has not been asked for here."""
        async with asyncio.timeout(CANCELLED_WITHIN_SECONDS):
            return await self.cancelled.get()

    def forget(self) -> None:
        """Keeps nothing any more."""
        self.kept.clear()

    async def _draw(self, request: Any, parent: Kept | None, prompt: str) -> AsyncIterator[dict[str, Any]]:
        self.orders.append(request)
        kept = self.kept.get(request.picture_id)
        if kept is None:
            for number in range(PREVIEWS):
                for chunk in _chunks(a_jpeg((number * 90, 0, 0)), "image/jpeg"):
                    yield {"preview": chunk}
            try:
                await self.finish.wait()
            except asyncio.CancelledError:
                self.cancelled.put_nowait(request.picture_id)
                raise
            reason = self.fails_with or prompt
            if reason in by_reason():
                raise by_reason()[reason]
            kept = self._keep(request, parent, prompt)
        for chunk in _chunks(kept.display, "image/jpeg"):
            yield {"picture": chunk}
        yield {"completed": self._described(kept)}

    async def ListImages(  # noqa: N802 - the contract's name
        self, request: pb.ListImagesRequest, _context: Any
    ) -> Any:
        for picture_id in self._of(request.caller.user_id):
            yield pb.ListImagesResponse(picture=self.kept[picture_id].picture)

    async def ForgetImages(  # noqa: N802 - the contract's name
        self, request: pb.ForgetImagesRequest, _context: Any
    ) -> pb.ForgetImagesResponse:
        found = self._of(request.caller.user_id)
        for picture_id in found:
            del self.kept[picture_id], self.owners[picture_id]
        return pb.ForgetImagesResponse(picture_count=len(found))

    def _of(self, user_id: int) -> list[str]:
        return [picture_id for picture_id, owner in self.owners.items() if owner == user_id]

    def _keep(self, request: Any, parent: Kept | None, prompt: str) -> Kept:
        series_id = parent.picture.version.series_id if parent else request.picture_id
        described = picture_pb2.Picture(
            picture_id=request.picture_id,
            version=picture_pb2.Version(series_id=series_id, number=1 + self._count(series_id)),
            parent_number=parent.picture.version.number if parent else 0,
            prompt=prompt,
            style=request.style,
            aspect_ratio=request.aspect_ratio or picture_pb2.ASPECT_RATIO_SQUARE,
            mime_type="image/png",
        )
        described.usage.model = "studio-1"
        kept = Kept(
            described, a_jpeg(FINISHED, self.size), b"\x89PNG\r\n\x1a\n" + request.picture_id.encode()
        )
        self.kept[request.picture_id] = kept
        self.owners[request.picture_id] = request.caller.user_id
        return kept

    def _version(self, version: picture_pb2.Version) -> Kept:
        for kept in self.kept.values():
            if kept.picture.version == version:
                return kept
        raise ResourceNotFound

    def _described(self, kept: Kept) -> picture_pb2.Picture:
        described = picture_pb2.Picture()
        described.CopyFrom(kept.picture)
        described.version_count = self._count(kept.picture.version.series_id)
        return described

    def _count(self, series_id: str) -> int:
        return sum(kept.picture.version.series_id == series_id for kept in self.kept.values())


def a_jpeg(colour: tuple[int, int, int], size: tuple[int, int] = (640, 480)) -> bytes:
    """A picture of one colour, and of several chunks."""
    content = io.BytesIO()
    Image.new("RGB", size, colour).save(content, "JPEG")
    return content.getvalue()


def colour_of(content: bytes) -> tuple[int, int, int]:
    """The colour of a picture's first point."""
    red, green, blue = Image.open(io.BytesIO(content)).convert("RGB").tobytes()[:3]
    return red, green, blue


def _chunks(content: bytes, mime_type: str) -> list[pb.ImageChunk]:
    starts = range(0, len(content), CHUNK_BYTES)
    return [
        pb.ImageChunk(
            mime_type=mime_type,
            content=content[start : start + CHUNK_BYTES],
            is_last=start + CHUNK_BYTES >= len(content),
        )
        for start in starts
    ]


@asynccontextmanager
async def open_studio() -> AsyncIterator[tuple[Studio, str]]:
    """Serve one on this loop with the chassis, as every service is served; yields it and its gRPC target."""
    settings = ServiceSettings(
        environment=Environment.TEST, grpc_port=free_port(), metrics_port=free_port(), grace_seconds=0.5
    )
    studio = Studio()
    registration = Registration(add_ImageServiceServicer_to_server, studio, NAME)
    async with serving(settings, [registration], checks={}, registry=CollectorRegistry()):
        yield studio, f"dns:///127.0.0.1:{settings.grpc_port}"
