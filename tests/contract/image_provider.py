import asyncio
import io
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Final, NamedTuple

import pytest
from PIL import Image

from services.chassis import errors
from services.image.providers.base import (
    AspectRatio,
    Drawn,
    ImageProvider,
    ImageRequest,
    InputPicture,
    Preview,
)
from services.sandbox.vendor.faults import FaultKind
from services.sandbox.vendor.journal import Outcome
from tests.support.stand_ins import VendorStandIn

RATIOS: Final = {
    AspectRatio.SQUARE: 1.0,
    AspectRatio.LANDSCAPE: 3 / 2,
    AspectRatio.PORTRAIT: 2 / 3,
    AspectRatio.WIDE: 16 / 9,
    AspectRatio.TALL: 9 / 16,
}
LARGE_BYTES: Final = 4_000_000
PATIENT_SECONDS: Final = 10.0
IMPATIENT_SECONDS: Final = 0.5
# Enough for the first preview on a busy machine.
FIRST_SECONDS: Final = 2.5


class Refusal(NamedTuple):
    """A fault of the vendor, under the code that it may give, and the error that it is to become."""

    kind: FaultKind
    code: str | None
    error: type[errors.QuartetError]


def request(model: str, prompt: str = "A cat", *pictures: InputPicture) -> ImageRequest:
    return ImageRequest(
        model=model,
        prompt=prompt,
        aspect_ratio=None if pictures else AspectRatio.SQUARE,
        caller_key="caller",
        pictures=pictures,
    )


def picture(width: int, height: int, kind: str = "PNG") -> InputPicture:
    """A picture as a user may send it."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(file, kind)
    return InputPicture(f"image/{kind.lower()}", file.getvalue())


def opened(piece: Preview | Drawn) -> Image.Image:
    """Read a picture, and check that it is of the type that it claims."""
    image = Image.open(io.BytesIO(piece.content))
    image.load()
    assert Image.MIME[image.format or ""] == piece.mime_type
    return image


async def watch(drawing: AsyncIterator[Preview | Drawn]) -> tuple[list[Preview], Drawn]:
    *previews, drawn = [piece async for piece in drawing]
    assert isinstance(drawn, Drawn)
    return [piece for piece in previews if isinstance(piece, Preview)], drawn


class ImageProviderSuite:
    """What every provider of pictures must do.

    Subclasses give the fixture `vendor`, a stand-in wherever it runs, and `connected`; and what is the
    vendor's own, as data.
    """

    model: str
    refusals: Sequence[Refusal]

    def connected(
        self, vendor: VendorStandIn, *, first_seconds: float, next_seconds: float
    ) -> AbstractAsyncContextManager[ImageProvider]:
        """Connect a provider that waits so long for the first piece and for the next one."""
        raise NotImplementedError

    @pytest.fixture
    async def provider(self, vendor: VendorStandIn) -> AsyncIterator[ImageProvider]:
        await vendor.pace(picture_seconds=0.0)
        async with self.connected(
            vendor, first_seconds=PATIENT_SECONDS, next_seconds=PATIENT_SECONDS
        ) as provider:
            yield provider

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "refusal" in metafunc.fixturenames:
            names = ["-".join(filter(None, refusal[:2])) for refusal in self.refusals]
            metafunc.parametrize("refusal", self.refusals, ids=names)

    @pytest.mark.parametrize("aspect_ratio", AspectRatio)
    async def test_a_picture_is_drawn_as_wide_and_high_as_asked(
        self, provider: ImageProvider, vendor: VendorStandIn, aspect_ratio: AspectRatio
    ) -> None:
        asked = ImageRequest(self.model, "A cat", aspect_ratio, "caller")
        _previews, drawn = await watch(provider.stream(asked))
        image = opened(drawn)
        assert image.width / image.height == pytest.approx(RATIOS[aspect_ratio], rel=0.03)
        assert min(image.size) >= 512

    async def test_the_vendor_gets_the_words_and_its_counts_come_back(
        self, provider: ImageProvider, vendor: VendorStandIn
    ) -> None:
        _previews, drawn = await watch(provider.stream(request(self.model, "Рыжий кот, 1 кг & «ёж»")))
        [call] = await vendor.until_ended()
        assert call.drawn is not None
        assert call.drawn.prompt == "Рыжий кот, 1 кг & «ёж»"
        assert call.drawn.sent == []
        assert call.outcome is Outcome.COMPLETED
        usage = drawn.usage
        assert (usage.provider, usage.model, usage.estimated) == (provider.name, self.model, False)
        assert usage.input_tokens > 0
        assert usage.input_image_tokens == 0
        assert 0 < usage.output_image_tokens <= usage.output_tokens

    async def test_a_picture_is_changed_and_keeps_its_shape(
        self, provider: ImageProvider, vendor: VendorStandIn
    ) -> None:
        sent = picture(600, 400, "JPEG")
        _previews, drawn = await watch(provider.stream(request(self.model, "Make it night", sent)))
        [call] = await vendor.until_ended()
        assert call.drawn is not None
        assert call.drawn.prompt == "Make it night"
        assert await vendor.sent_picture(call, 0) == sent.content
        image = opened(drawn)
        assert image.width / image.height == pytest.approx(3 / 2, rel=0.03)
        assert 0 < drawn.usage.input_image_tokens < drawn.usage.input_tokens

    async def test_several_pictures_reach_the_vendor_in_their_order(
        self, provider: ImageProvider, vendor: VendorStandIn
    ) -> None:
        sent = picture(300, 300), picture(320, 200, "JPEG"), picture(200, 320, "WEBP")
        await watch(provider.stream(request(self.model, "Put them together", *sent)))
        [call] = await vendor.until_ended()
        assert call.drawn is not None
        seen = [(item.mime_type, item.width, item.height) for item in call.drawn.sent]
        assert seen == [("image/png", 300, 300), ("image/jpeg", 320, 200), ("image/webp", 200, 320)]
        for index, item in enumerate(sent):
            assert await vendor.sent_picture(call, index) == item.content

    async def test_a_picture_can_be_changed_into_another_shape(
        self, provider: ImageProvider, vendor: VendorStandIn
    ) -> None:
        asked = ImageRequest(self.model, "Wider", AspectRatio.WIDE, "caller", (picture(300, 300),))
        image = opened((await watch(provider.stream(asked)))[1])
        assert image.width / image.height == pytest.approx(16 / 9, rel=0.03)

    async def test_a_large_picture_comes_bit_by_bit(
        self, provider: ImageProvider, vendor: VendorStandIn
    ) -> None:
        await vendor.pace(picture_seconds=0.0, picture_bytes=LARGE_BYTES)
        _previews, drawn = await watch(provider.stream(request(self.model)))
        [call] = await vendor.until_ended()
        assert call.drawn is not None
        assert len(drawn.content) == call.drawn.file_bytes >= LARGE_BYTES
        opened(drawn)

    async def test_a_refusal_has_its_own_error(
        self, provider: ImageProvider, vendor: VendorStandIn, refusal: Refusal
    ) -> None:
        await vendor.fail(refusal.kind, code=refusal.code)
        with pytest.raises(refusal.error) as raised:
            await watch(provider.stream(request(self.model)))
        assert raised.value.metadata["provider"] == provider.name
        assert raised.value.metadata["model"] == self.model
        assert not any(word in str(raised.value) for word in ("sk-", "Please", "please"))

    async def test_a_pause_that_the_vendor_asks_for_is_passed_on(
        self, provider: ImageProvider, vendor: VendorStandIn
    ) -> None:
        await vendor.fail(FaultKind.RATE_LIMIT, retry_after=17)
        with pytest.raises(errors.ProviderRateLimited) as raised:
            await watch(provider.stream(request(self.model)))
        assert raised.value.retry_after_seconds == 17

    async def test_a_model_that_does_not_exist_is_named(
        self, provider: ImageProvider, vendor: VendorStandIn
    ) -> None:
        with pytest.raises(errors.ModelNotFound) as raised:
            await watch(provider.stream(request("image-0")))
        assert raised.value.metadata["model"] == "image-0"

    async def test_a_picture_that_the_vendor_cannot_read_is_the_users(
        self, provider: ImageProvider, vendor: VendorStandIn
    ) -> None:
        broken = InputPicture("image/png", picture(300, 300).content[:200])
        with pytest.raises(errors.UnsupportedImage) as raised:
            await watch(provider.stream(request(self.model, "Make it night", broken)))
        assert raised.value.metadata["problem"] == "broken"

    async def test_moderation_of_what_was_drawn_is_a_rejection(
        self, provider: ImageProvider, vendor: VendorStandIn
    ) -> None:
        await vendor.fail(FaultKind.MODERATION_OUTPUT)
        with pytest.raises(errors.ContentRejected):
            await watch(provider.stream(request(self.model)))

    async def test_what_is_no_picture_is_an_outage(
        self, provider: ImageProvider, vendor: VendorStandIn
    ) -> None:
        await vendor.fail(FaultKind.GARBAGE)
        with pytest.raises(errors.ProviderUnavailable):
            await watch(provider.stream(request(self.model)))

    @pytest.mark.parametrize(
        "kind",
        [FaultKind.FAILED_EVENT, FaultKind.ERROR_EVENT, FaultKind.INCOMPLETE, FaultKind.CUT_MID_STREAM],
    )
    async def test_a_drawing_that_breaks_off_is_an_outage(
        self, provider: ImageProvider, vendor: VendorStandIn, kind: FaultKind
    ) -> None:
        await vendor.fail(kind)
        with pytest.raises(errors.ProviderUnavailable):
            await watch(provider.stream(request(self.model)))

    async def test_a_silent_vendor_is_given_up(self, vendor: VendorStandIn) -> None:
        await vendor.fail(FaultKind.HANG)
        async with self.connected(
            vendor, first_seconds=IMPATIENT_SECONDS, next_seconds=PATIENT_SECONDS
        ) as provider:
            with pytest.raises(errors.ProviderUnavailable):
                await watch(provider.stream(request(self.model)))
            [call] = await vendor.until_ended()
        assert call.outcome is Outcome.CLIENT_GONE

    async def test_cancelling_closes_the_vendors_connection_at_once(
        self, provider: ImageProvider, vendor: VendorStandIn
    ) -> None:
        await vendor.fail(FaultKind.HANG)
        task = asyncio.create_task(watch(provider.stream(request(self.model))))
        await vendor.until_active()
        task.cancel()
        async with asyncio.timeout(0.5):
            [call] = await vendor.until_ended()
        assert call.outcome is Outcome.CLIENT_GONE
        await watch(provider.stream(request(self.model)))

    async def test_pictures_are_drawn_side_by_side(
        self, provider: ImageProvider, vendor: VendorStandIn
    ) -> None:
        await vendor.fail(FaultKind.HANG)
        hanging = asyncio.create_task(watch(provider.stream(request(self.model))))
        await vendor.until_active()
        await asyncio.gather(*(watch(provider.stream(request(self.model))) for _ in range(3)))
        assert not hanging.done()
        hanging.cancel()
        await asyncio.gather(hanging, return_exceptions=True)

    async def test_the_offered_models_are_listed(
        self, provider: ImageProvider, vendor: VendorStandIn
    ) -> None:
        assert self.model in {model.model_id for model in await provider.models()}


class PreviewingProviderSuite(ImageProviderSuite):
    """What a provider must do besides, where its vendor shows what it has so far."""

    preview_count: int

    async def test_previews_come_before_the_picture(
        self, provider: ImageProvider, vendor: VendorStandIn
    ) -> None:
        previews, drawn = await watch(provider.stream(request(self.model)))
        assert len(previews) == self.preview_count
        assert {opened(preview).size for preview in previews} == {opened(drawn).size}
        assert len({preview.content for preview in previews} | {drawn.content}) == self.preview_count + 1

    async def test_a_changed_picture_has_previews_too(
        self, provider: ImageProvider, vendor: VendorStandIn
    ) -> None:
        previews, _drawn = await watch(provider.stream(request(self.model, "Night", picture(300, 300))))
        assert len(previews) == self.preview_count

    @pytest.mark.parametrize(
        ("kind", "error"),
        [
            (FaultKind.MODERATION_OUTPUT, errors.ContentRejected),
            (FaultKind.FAILED_EVENT, errors.ProviderUnavailable),
            (FaultKind.ERROR_EVENT, errors.ProviderUnavailable),
            (FaultKind.CUT_MID_STREAM, errors.ProviderUnavailable),
            (FaultKind.GARBAGE, errors.ProviderUnavailable),
        ],
    )
    async def test_a_failure_after_previews_is_like_any_other(
        self,
        provider: ImageProvider,
        vendor: VendorStandIn,
        kind: FaultKind,
        error: type[errors.QuartetError],
    ) -> None:
        await vendor.fail(kind, after_previews=1)
        seen: list[Preview | Drawn] = []
        with pytest.raises(error):
            await _see(provider.stream(request(self.model)), seen)
        assert seen
        assert all(isinstance(piece, Preview) for piece in seen)

    async def test_a_vendor_that_falls_silent_is_given_up(self, vendor: VendorStandIn) -> None:
        await vendor.pace(picture_seconds=0.0)
        await vendor.fail(FaultKind.HANG, after_previews=1)
        seen: list[Preview | Drawn] = []
        async with self.connected(
            vendor, first_seconds=FIRST_SECONDS, next_seconds=IMPATIENT_SECONDS
        ) as provider:
            with pytest.raises(errors.ProviderUnavailable):
                await _see(provider.stream(request(self.model)), seen)
            [call] = await vendor.until_ended()
        assert len(seen) == 1
        assert call.outcome is Outcome.CLIENT_GONE

    async def test_closing_a_drawing_closes_the_vendors_connection_at_once(
        self, provider: ImageProvider, vendor: VendorStandIn
    ) -> None:
        await vendor.fail(FaultKind.HANG, after_previews=1)
        async with aclosing(provider.stream(request(self.model))) as drawing:
            first = await anext(drawing)
            assert await vendor.active_streams() == 1
        assert isinstance(first, Preview)
        async with asyncio.timeout(0.5):
            [call] = await vendor.until_ended()
        assert call.outcome is Outcome.CLIENT_GONE

    async def test_cancelling_between_previews_closes_the_vendors_connection_at_once(
        self, provider: ImageProvider, vendor: VendorStandIn
    ) -> None:
        await vendor.fail(FaultKind.HANG, after_previews=1)
        is_seen = asyncio.Event()

        async def look() -> None:
            async with aclosing(provider.stream(request(self.model))) as drawing:
                async for _piece in drawing:
                    is_seen.set()

        task = asyncio.create_task(look())
        await is_seen.wait()
        task.cancel()
        async with asyncio.timeout(0.5):
            [call] = await vendor.until_ended()
        assert call.outcome is Outcome.CLIENT_GONE


async def _see(drawing: AsyncIterator[Preview | Drawn], seen: list[Preview | Drawn]) -> None:
    async for piece in drawing:
        seen.append(piece)  # noqa: PERF401 - what came before an error counts
