import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import grpc
from quartet.image.v1 import image_service_pb2 as pb
from quartet.image.v1 import picture_pb2
from quartet.image.v1.image_service_pb2_grpc import ImageServiceServicer, add_ImageServiceServicer_to_server

from services.chassis.errors import InvalidRequest, ServiceUnavailable
from services.chassis.server import Registration
from services.image import wire
from services.image.darkroom import Developed
from services.image.drawings import Drawings
from services.image.gallery import Gallery
from services.image.order import Limits, Order, identifier_violations, version_violations
from services.image.picture import Kept, Version

Context = grpc.aio.ServicerContext[Any, Any]


class ImageServicer(ImageServiceServicer):
    """quartet.image.v1.ImageService, in terms of the domain."""

    def __init__(self, drawings: Drawings, gallery: Gallery, limits: Limits, *, max_fetches: int) -> None:
        self._drawings = drawings
        self._gallery = gallery
        self._limits = limits
        self._fetches = asyncio.Semaphore(max_fetches)

    def registration(self) -> Registration:
        """Return what a server needs to serve this."""
        name = pb.DESCRIPTOR.services_by_name["ImageService"].full_name
        return Registration(add_ImageServiceServicer_to_server, self, name)

    async def GenerateImage(  # noqa: N802 - the contract's name
        self, request: pb.GenerateImageRequest, _context: Context
    ) -> AsyncGenerator[pb.GenerateImageResponse]:
        async with aclosing(self._draw(wire.new_order(request), is_original=_is_original(request))) as events:
            async for event in events:
                yield pb.GenerateImageResponse(**event)

    async def EditImage(  # noqa: N802 - the contract's name
        self, request: pb.EditImageRequest, _context: Context
    ) -> AsyncGenerator[pb.EditImageResponse]:
        async with aclosing(
            self._draw(wire.edit_order(request), is_original=_is_original(request))
        ) as events:
            async for event in events:
                yield pb.EditImageResponse(**event)

    async def FetchImage(  # noqa: N802 - the contract's name
        self, request: pb.FetchImageRequest, _context: Context
    ) -> AsyncGenerator[pb.FetchImageResponse]:
        which = _named(request)
        if self._fetches.locked():
            raise ServiceUnavailable("too many pictures are being sent")
        async with self._fetches:
            kept = await self._gallery.show(which, wire.owner(request.caller))
            file = kept.picture.files.in_form(is_original=_is_original(request))
            content = await self._gallery.read(file)
            yield pb.FetchImageResponse(picture=wire.picture(kept))
            for chunk in wire.chunks(file.mime_type, content):
                yield pb.FetchImageResponse(content=chunk)

    async def ListImages(  # noqa: N802 - the contract's name
        self, request: pb.ListImagesRequest, _context: Context
    ) -> AsyncGenerator[pb.ListImagesResponse]:
        async with aclosing(self._gallery.of_user(request.caller.user_id)) as pictures:
            async for picture in pictures:
                yield pb.ListImagesResponse(picture=wire.picture(Kept(picture, 0, 0)))

    async def ForgetImages(  # noqa: N802 - the contract's name
        self, request: pb.ForgetImagesRequest, _context: Context
    ) -> pb.ForgetImagesResponse:
        async with aclosing(self._gallery.of_user(request.caller.user_id)) as pictures:
            found = [picture async for picture in pictures]
        for picture in found:
            await self._gallery.forget(picture)
        return pb.ForgetImagesResponse(picture_count=len(found))

    async def _draw(self, order: Order, *, is_original: bool) -> AsyncGenerator[dict[str, Any]]:
        self._limits.check(order)
        async with aclosing(self._drawings.stream(order)) as events:
            async for event in events:
                if isinstance(event, Developed):
                    for chunk in wire.chunks(event.mime_type, event.content):
                        yield {"preview": chunk}
                else:
                    file = event.kept.picture.files.in_form(is_original=is_original)
                    content = event.contents.get(file.name) or await self._gallery.read(file)
                    for chunk in wire.chunks(file.mime_type, content):
                        yield {"picture": chunk}
                    yield {"completed": wire.picture(event.kept, is_replayed=event.is_replayed)}


Request = pb.GenerateImageRequest | pb.EditImageRequest | pb.FetchImageRequest


def _is_original(request: Request) -> bool:
    return request.rendition == picture_pb2.RENDITION_ORIGINAL


def _named(request: pb.FetchImageRequest) -> Version | str:
    """Say which picture is asked for. Raises InvalidRequest."""
    named = wire.version(request.version) if request.HasField("version") else request.picture_id
    violations = [
        *(
            version_violations(named)
            if isinstance(named, Version)
            else identifier_violations("picture_id", named)
        )
    ]
    if violations:
        raise InvalidRequest(violations=violations)
    return named
