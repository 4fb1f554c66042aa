import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
from quartet.common.v1.caller_pb2 import Caller
from quartet.common.v1.media_pb2 import Media
from quartet.image.v1 import image_service_pb2 as pb
from quartet.image.v1 import picture_pb2
from quartet.image.v1.image_service_pb2_grpc import ImageServiceStub

from services.chassis.client import channel
from services.chassis.settings import Environment
from services.image.__main__ import main
from services.image.settings import ImageSettings
from tests.support.openai import OpenAIStandIn
from tests.support.ports import free_port

CALLER: Final = Caller(user_id=1, chat_id=1, language_code="en")
Version = picture_pb2.Version


@dataclass
class Drawing:
    """What a caller got of one picture."""

    previews: list[bytes] = field(default_factory=list)
    content: bytes = b""
    mime_type: str = ""
    picture: picture_pb2.Picture = field(default_factory=picture_pb2.Picture)

    @property
    def version(self) -> Version:
        return self.picture.version


class ImageCaller:
    """A client of the image service, as the gateway is one."""

    def __init__(self, stub: Any, settings: ImageSettings) -> None:
        self._stub = stub
        self.settings = settings

    async def draw(self, picture_id: str, prompt: str = "A cat", **fields: Any) -> Drawing:
        return await self.see(self.call(picture_id, prompt, **fields))

    async def vary(self, picture_id: str, version: Version, **fields: Any) -> Drawing:
        return await self.draw(picture_id, fields.pop("prompt", ""), variation_of=version, **fields)

    async def edit(self, picture_id: str, prompt: str = "Add a hat", **fields: Any) -> Drawing:
        """Change a picture; `pictures` may be bytes."""
        pictures = [Media(content=content) for content in fields.pop("pictures", ())]
        fields.setdefault("caller", CALLER)
        request = pb.EditImageRequest(picture_id=picture_id, prompt=prompt, pictures=pictures, **fields)
        return await self.see(self._stub.EditImage(request, wait_for_ready=True))

    def call(self, picture_id: str, prompt: str = "A cat", **fields: Any) -> Any:
        """Begin a GenerateImage and return the call."""
        fields.setdefault("caller", CALLER)
        request = pb.GenerateImageRequest(picture_id=picture_id, prompt=prompt, **fields)
        return self._stub.GenerateImage(request, wait_for_ready=True)

    async def see(self, call: Any) -> Drawing:
        """Read what is left of a call."""
        drawing, preview = Drawing(), b""
        async for response in call:
            match response.WhichOneof("event"):
                case "preview":
                    preview += response.preview.content
                    if response.preview.is_last:
                        drawing.previews.append(preview)
                        preview = b""
                case "picture":
                    drawing.content += response.picture.content
                    drawing.mime_type = response.picture.mime_type
                case _:
                    drawing.picture = response.completed
        return drawing

    async def fetch(
        self, which: Version | str, *, caller: Caller = CALLER, original: bool = False
    ) -> Drawing:
        named = {"picture_id": which} if isinstance(which, str) else {"version": which}
        rendition = picture_pb2.RENDITION_ORIGINAL if original else picture_pb2.RENDITION_DISPLAY
        drawing = Drawing()
        async for response in self._stub.FetchImage(
            pb.FetchImageRequest(caller=caller, rendition=rendition, **named), wait_for_ready=True
        ):
            if response.HasField("picture"):
                drawing.picture = response.picture
            else:
                drawing.content += response.content.content
                drawing.mime_type = response.content.mime_type
        return drawing

    async def listed(self, caller: Caller) -> list[picture_pb2.Picture]:
        call = self._stub.ListImages(pb.ListImagesRequest(caller=caller))
        return [each.picture async for each in call]

    async def forget_all(self, caller: Caller) -> int:
        return int((await self._stub.ForgetImages(pb.ForgetImagesRequest(caller=caller))).picture_count)

    async def metrics(self) -> str:
        url = f"http://127.0.0.1:{self.settings.metrics_port}/metrics"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return await response.text()


@asynccontextmanager
async def image_service(nats_url: str, vendor: OpenAIStandIn, **settings: Any) -> AsyncIterator[ImageCaller]:
    """Run the whole service on this loop, composed as in production, and connect to it."""
    chosen = ImageSettings(
        environment=Environment.TEST,
        nats_url=nats_url,
        grpc_port=free_port(),
        metrics_port=free_port(),
        grace_seconds=1.0,
        openai_base_url=vendor.base_url,
        **{"image_store_timeout_seconds": 3.0, **settings},
    )
    stop = asyncio.Event()
    service = asyncio.create_task(main(chosen, stop))
    try:
        async with channel(f"ipv4:127.0.0.1:{chosen.grpc_port}") as opened:
            yield ImageCaller(ImageServiceStub(opened), chosen)
    finally:
        stop.set()
        await service
