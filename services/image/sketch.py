from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2s

from services.image.darkroom import Form, UnusablePicture
from services.image.darkroom.pool import Darkroom
from services.image.gallery import Gallery
from services.image.order import Kind, Order, unsupported
from services.image.picture import Kept, Picture
from services.image.prompts import prompt_to_change, prompt_to_draw
from services.image.providers.base import AspectRatio, ImageRequest, InputPicture
from services.image.styles import Style


@dataclass(frozen=True, slots=True)
class Sketch:
    """What an order comes to: what a vendor is asked, and what is remembered of it.

    `source` is the version to be changed, `inputs` are the pictures that were sent along.
    """

    series_id: str
    parent_number: int
    source_id: str
    prompt: str
    style: Style
    aspect_ratio: AspectRatio | None
    is_edited: bool
    source: InputPicture | None = None
    inputs: tuple[InputPicture, ...] = ()

    def request(self, order: Order) -> ImageRequest:
        compose = prompt_to_change if self.is_edited else prompt_to_draw
        return ImageRequest(
            model=order.model,
            prompt=compose(self.prompt, self.style),
            aspect_ratio=self.aspect_ratio,
            caller_key=_pseudonym(order.owner.user_id),
            pictures=(*((self.source,) if self.source else ()), *self.inputs),
        )


class Sketches:
    """Makes sketches of orders: looks up what they build on, and checks what was sent along."""

    def __init__(self, gallery: Gallery, darkroom: Darkroom) -> None:
        self._gallery = gallery
        self._darkroom = darkroom

    async def sketch(self, order: Order) -> Sketch:
        """Raises UnsupportedImage, ResourceNotFound, QuotaExceeded, ServiceUnavailable; nothing is spent."""
        base = await self._gallery.show(order.version, order.owner) if order.version else None
        if base is not None:
            await self._gallery.check_room(base.picture.series_id)
        if base is not None and order.kind is not Kind.EDIT:
            return await self._variation(order, base)
        if order.kind is Kind.EDIT:
            return await self._edit(order, base)
        return Sketch(
            series_id=order.picture_id,
            parent_number=0,
            source_id="",
            prompt=order.prompt,
            style=order.style or Style.ANY,
            aspect_ratio=order.aspect_ratio or AspectRatio.SQUARE,
            is_edited=False,
        )

    async def _variation(self, order: Order, base: Kept) -> Sketch:
        former = base.picture
        inputs = [
            InputPicture(file.mime_type, await self._gallery.read(file)) for file in former.files.inputs
        ]
        return Sketch(
            series_id=former.series_id,
            parent_number=base.number,
            source_id=former.source_id,
            prompt=order.prompt if order.prompt.strip() else former.prompt,
            style=order.style or former.style,
            aspect_ratio=order.aspect_ratio or former.aspect_ratio,
            is_edited=former.is_edited,
            source=await self._source_of(former, order),
            inputs=tuple(inputs),
        )

    async def _edit(self, order: Order, base: Kept | None) -> Sketch:
        return Sketch(
            series_id=base.picture.series_id if base else order.picture_id,
            parent_number=base.number if base else 0,
            source_id=base.picture.picture_id if base else "",
            prompt=order.prompt,
            style=order.style or Style.ANY,
            aspect_ratio=order.aspect_ratio,
            is_edited=True,
            source=await self._developed_original(base.picture) if base else None,
            inputs=await self._checked(order.pictures),
        )

    async def _source_of(self, former: Picture, order: Order) -> InputPicture | None:
        if not former.source_id:
            return None
        source = await self._gallery.show(former.source_id, order.owner)
        return await self._developed_original(source.picture)

    async def _developed_original(self, picture: Picture) -> InputPicture:
        original = await self._gallery.read(picture.files.original)
        return (await self._checked((original,)))[0]

    async def _checked(self, pictures: Sequence[bytes]) -> tuple[InputPicture, ...]:
        checked: list[InputPicture] = []
        for content in pictures:
            try:
                developed = await self._darkroom.develop(content, Form.INPUT)
            except UnusablePicture as error:
                raise unsupported(error.problem, error.limit) from error
            checked.append(InputPicture(developed.mime_type, developed.content))
        return tuple(checked)


def _pseudonym(user_id: int) -> str:
    """Hide who it is from the vendor, which only needs to tell callers apart."""
    return blake2s(str(user_id).encode(), digest_size=16, person=b"quartet").hexdigest()
