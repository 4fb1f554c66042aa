from collections.abc import Iterator
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp
from quartet.common.v1.caller_pb2 import Caller
from quartet.common.v1.usage_pb2 import Usage as WireUsage
from quartet.image.v1 import image_service_pb2 as pb
from quartet.image.v1 import picture_pb2

from services.image.order import Kind, Order
from services.image.picture import Kept, Owner, Picture, Version
from services.image.providers.base import AspectRatio
from services.image.styles import Style

CHUNK_BYTES: Final = 256 * 1024

STYLES: Final = {style: picture_pb2.Style.Value(f"STYLE_{style.name}") for style in Style}
ASPECT_RATIOS: Final = {
    ratio: picture_pb2.AspectRatio.Value(f"ASPECT_RATIO_{ratio.name}") for ratio in AspectRatio
}
# What is not named, also because this process is older than its caller, is left to the rules.
STYLE_OF: Final = {number: style for style, number in STYLES.items()}
ASPECT_RATIO_OF: Final = {number: ratio for ratio, number in ASPECT_RATIOS.items()}


def new_order(request: pb.GenerateImageRequest) -> Order:
    """Read what is to be drawn."""
    has_version = request.HasField("variation_of")
    return Order(
        picture_id=request.picture_id,
        owner=owner(request.caller),
        kind=Kind.VARIATION if has_version else Kind.NEW,
        prompt=request.prompt,
        style=STYLE_OF.get(request.style),
        aspect_ratio=ASPECT_RATIO_OF.get(request.aspect_ratio),
        version=version(request.variation_of) if has_version else None,
        model=request.model,
        user_key=request.caller.user_key,
    )


def edit_order(request: pb.EditImageRequest) -> Order:
    """Read what is to be changed, and take the pictures out of the request: they are large."""
    pictures = tuple(media.content for media in request.pictures)
    request.ClearField("pictures")
    return Order(
        picture_id=request.picture_id,
        owner=owner(request.caller),
        kind=Kind.EDIT,
        prompt=request.prompt,
        style=STYLE_OF.get(request.style),
        aspect_ratio=ASPECT_RATIO_OF.get(request.aspect_ratio),
        version=version(request.source) if request.HasField("source") else None,
        pictures=pictures,
        model=request.model,
        user_key=request.caller.user_key,
    )


def owner(caller: Caller) -> Owner:
    return Owner(caller.user_id, caller.chat_id)


def version(named: picture_pb2.Version) -> Version:
    return Version(named.series_id, named.number)


def picture(kept: Kept, *, is_replayed: bool = False) -> picture_pb2.Picture:
    """Write what is known of a picture."""
    found = kept.picture
    created_at = Timestamp()
    created_at.FromDatetime(found.created_at)
    return picture_pb2.Picture(
        picture_id=found.picture_id,
        version=picture_pb2.Version(series_id=found.series_id, number=kept.number),
        version_count=kept.version_count,
        parent_number=found.parent_number,
        prompt=found.prompt,
        style=STYLES[found.style],
        aspect_ratio=_aspect_ratio(found.aspect_ratio),
        is_edited=found.is_edited,
        mime_type=found.files.original.mime_type,
        width_pixels=found.width_pixels,
        height_pixels=found.height_pixels,
        size_bytes=found.files.original.size_bytes,
        create_time=created_at,
        usage=_usage(found),
        failed_over=found.failed_over,
        replayed=is_replayed,
    )


def chunks(mime_type: str, content: bytes) -> Iterator[pb.ImageChunk]:
    """Cut a file into pieces that fit into messages, one at a time."""
    for begin in range(0, len(content), CHUNK_BYTES):
        end = begin + CHUNK_BYTES
        yield pb.ImageChunk(mime_type=mime_type, content=content[begin:end], is_last=end >= len(content))


def _aspect_ratio(ratio: AspectRatio | None) -> picture_pb2.AspectRatio.ValueType:
    return ASPECT_RATIOS[ratio] if ratio else picture_pb2.ASPECT_RATIO_UNSPECIFIED


def _usage(found: Picture) -> WireUsage:
    used = found.usage
    return WireUsage(
        provider=used.provider,
        model=used.model,
        input_token_count=used.input_tokens,
        output_token_count=used.output_tokens,
        input_image_token_count=used.input_image_tokens,
        output_image_token_count=used.output_image_tokens,
        estimated=used.estimated,
        cost_micros=found.cost_micros,
    )
