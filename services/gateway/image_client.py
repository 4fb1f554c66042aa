from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Final

import grpc
from quartet.common.v1.caller_pb2 import Caller
from quartet.common.v1.media_pb2 import Media
from quartet.image.v1 import image_service_pb2 as pb
from quartet.image.v1 import picture_pb2
from quartet.image.v1.image_service_pb2_grpc import ImageServiceStub

from services.chassis.errors import InternalError
from services.gateway.dialogue import Speaker
from services.gateway.pictures import AspectRatio, Kind, Order, Picture, Preview, Style, Version

FETCH_SECONDS: Final = 30.0
LIST_SECONDS: Final = 60.0


class ImageClient:
    """The image service, as the gateway speaks to it. Raises QuartetError."""

    def __init__(self, channel: grpc.aio.Channel, *, timeout_seconds: float) -> None:
        self._stub = ImageServiceStub(channel)
        self._timeout_seconds = timeout_seconds

    async def draw(self, order: Order) -> AsyncGenerator[Preview | Picture, None]:
        """Yields previews, then the picture as messengers show it. Closing the iterator cancels the drawing.

        A picture of the same id that is there already is sent again, and no vendor asked.
        """
        call: Any
        if order.kind is Kind.EDIT:
            call = self._stub.EditImage(_edit_request(order), timeout=self._timeout_seconds)
        else:
            call = self._stub.GenerateImage(_generate_request(order), timeout=self._timeout_seconds)
        try:
            async for drawn in _drawn(call):
                yield drawn
        finally:
            call.cancel()

    async def fetch(self, which: Version | str, speaker: Speaker, *, original: bool = False) -> Picture:
        """A kept picture, by its version or its id: as messengers show it, or bit by bit.

        Raises ResourceNotFound where it is no longer kept.
        """
        request = pb.FetchImageRequest(
            caller=_caller(speaker),
            rendition=picture_pb2.RENDITION_ORIGINAL if original else picture_pb2.RENDITION_DISPLAY,
        )
        if isinstance(which, Version):
            request.version.CopyFrom(_version(which))
        else:
            request.picture_id = which
        call = self._stub.FetchImage(request, timeout=FETCH_SECONDS)
        described: picture_pb2.Picture | None = None
        content, mime_type = bytearray(), ""
        async for response in call:
            if response.HasField("picture"):
                described = response.picture
            else:
                content += response.content.content
                mime_type = response.content.mime_type
        if described is None:
            raise InternalError("the image service has not described the picture")
        return _picture(described, mime_type, bytes(content))

    async def all(self, speaker: Speaker) -> AsyncGenerator[Picture]:
        """Yields a user's pictures, without their contents, the oldest first."""
        request = pb.ListImagesRequest(caller=_caller(speaker))
        async for found in self._stub.ListImages(request, timeout=LIST_SECONDS):
            yield _picture(found.picture, "", b"")

    async def forget_all(self, speaker: Speaker) -> int:
        """Deletes a user's pictures."""
        request = pb.ForgetImagesRequest(caller=_caller(speaker))
        response = await self._stub.ForgetImages(request, timeout=LIST_SECONDS)
        return int(response.picture_count)


async def _drawn(call: AsyncIterator[Any]) -> AsyncIterator[Preview | Picture]:
    """The files of a drawing, put together from their pieces."""
    content = bytearray()
    mime_type = ""
    async for response in call:
        match response.WhichOneof("event"):
            case "preview":
                content += response.preview.content
                if response.preview.is_last:
                    yield Preview(response.preview.mime_type, bytes(content))
                    content.clear()
            case "picture":
                content += response.picture.content
                mime_type = response.picture.mime_type
            case "completed":
                yield _picture(response.completed, mime_type, bytes(content))


def _caller(speaker: Speaker) -> Caller:
    return Caller(
        user_id=speaker.user_id,
        chat_id=speaker.chat_id,
        language_code=speaker.language_code,
        user_key=speaker.user_key,
        chat_key=speaker.chat_key,
        is_in_focus_group=speaker.is_in_focus_group,
    )


def _version(version: Version) -> picture_pb2.Version:
    return picture_pb2.Version(series_id=version.series_id, number=version.number)


def _generate_request(order: Order) -> pb.GenerateImageRequest:
    return pb.GenerateImageRequest(
        **_common(order), variation_of=_version(order.version) if order.version else None
    )


def _edit_request(order: Order) -> pb.EditImageRequest:
    return pb.EditImageRequest(
        **_common(order),
        source=_version(order.version) if order.version else None,
        pictures=[
            Media(mime_type=picture.mime_type, filename=picture.filename, content=picture.content)
            for picture in order.attachments
        ],
    )


def _common(order: Order) -> dict[str, Any]:
    return {
        "caller": _caller(order.speaker),
        "picture_id": order.picture_id,
        "prompt": order.prompt,
        "style": _STYLES[order.style] if order.style else None,
        "aspect_ratio": _ASPECT_RATIOS[order.aspect_ratio] if order.aspect_ratio else None,
        "model": order.model,
        "rendition": picture_pb2.RENDITION_DISPLAY,
    }


def _picture(found: picture_pb2.Picture, mime_type: str, content: bytes) -> Picture:
    has_cost = found.usage.HasField("cost_micros")
    return Picture(
        picture_id=found.picture_id,
        version=Version(found.version.series_id, found.version.number),
        version_count=found.version_count,
        parent_number=found.parent_number,
        prompt=found.prompt,
        style=_STYLE_OF.get(found.style, Style.ANY),
        aspect_ratio=_ASPECT_RATIO_OF.get(found.aspect_ratio),
        is_edited=found.is_edited,
        mime_type=mime_type or found.mime_type,
        original_mime_type=found.mime_type,
        width_pixels=found.width_pixels,
        height_pixels=found.height_pixels,
        size_bytes=found.size_bytes,
        model=found.usage.model,
        provider=found.usage.provider,
        failed_over=found.failed_over,
        cost_micros=found.usage.cost_micros if has_cost else None,
        content=content,
    )


_STYLES: Final = {style: picture_pb2.Style.Value(f"STYLE_{style.name}") for style in Style}
_ASPECT_RATIOS: Final = {
    ratio: picture_pb2.AspectRatio.Value(f"ASPECT_RATIO_{ratio.name}") for ratio in AspectRatio
}
_STYLE_OF: Final = {number: style for style, number in _STYLES.items()}
_ASPECT_RATIO_OF: Final = {number: ratio for ratio, number in _ASPECT_RATIOS.items()}
