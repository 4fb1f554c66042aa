import asyncio
import io
from contextlib import AbstractAsyncContextManager, aclosing
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import av
import pytest
from aiohttp import web
from PIL import Image
from yarl import URL

from services.chassis import errors
from services.sandbox.vendor.faults import FaultKind
from services.video.providers.base import (
    AspectRatio,
    InputPicture,
    Task,
    TaskState,
    VideoProvider,
    VideoRequest,
)
from tests.support.refusing_proxy import refusing_proxy
from tests.support.socks import socks_proxy
from tests.support.stand_ins import serving

MAX_BYTES: Final = 50_000_000
LOOK_SECONDS: Final = 0.05
PATIENCE_SECONDS: Final = 15.0
# What may stand behind a 200: a sign-in page of a proxy, for one.
NO_SENSE: Final = ("<html>Sign in</html>", "[]", "{}", '{"id": 5}', '{"id"')


class Refusal(NamedTuple):
    """A fault of the vendor, under the code that it may give, and the error that it is to become."""

    kind: FaultKind
    code: str | None
    error: type[errors.QuartetError]


class FilmingStandIn(Protocol):
    """What the suite tells a vendor's stand-in, and asks of it."""

    @property
    def url(self) -> str: ...

    async def pace(self, *, film_seconds: float) -> None: ...

    async def fail(self, kind: FaultKind, *, times: int = 1, **how: Any) -> None: ...

    async def tasks(self) -> list[dict[str, Any]]: ...


def request(model: str, prompt: str = "A lighthouse", **fields: Any) -> VideoRequest:
    wanted = {"duration_seconds": 0, "aspect_ratio": None, "caller_key": "caller", **fields}
    return VideoRequest(model=model, prompt=prompt, **wanted)


def a_picture(width: int, height: int) -> InputPicture:
    file = io.BytesIO()
    Image.new("RGB", (width, height), (90, 140, 60)).save(file, "JPEG")
    return InputPicture("image/jpeg", file.getvalue())


async def submitted(provider: VideoProvider, wanted: VideoRequest) -> str:
    async with aclosing(provider.stream(wanted)) as pieces:
        (piece,) = [each async for each in pieces]
    return piece.task_id


async def ended(provider: VideoProvider, task_id: str) -> Task:
    async with asyncio.timeout(PATIENCE_SECONDS):
        # A vendor tells nothing by itself.
        while not (task := await provider.look(task_id)).state.is_final:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_SECONDS)
        return task


class VideoProviderSuite:
    """What every provider of videos must do.

    Subclasses give the fixture `vendor`, a stand-in that takes a moment for a film, and `connected`; and what
    is the vendor's own, as data.
    """

    model: str
    refusals: tuple[Refusal, ...]

    def connected(self, url: str, **settings: Any) -> AbstractAsyncContextManager[VideoProvider]:
        raise NotImplementedError

    async def test_a_film_is_ordered_followed_and_fetched(
        self, vendor: FilmingStandIn, tmp_path: Path
    ) -> None:
        async with self.connected(vendor.url) as provider:
            task_id = await submitted(provider, request(self.model))
            task = await ended(provider, task_id)
            assert task.state is TaskState.SUCCEEDED
            await provider.download(task.output, tmp_path / "film", max_bytes=MAX_BYTES)
        with av.open(str(tmp_path / "film")) as film:
            assert film.streams.video[0].codec_context.width == 1280

    async def test_an_order_says_length_and_format_and_takes_the_nearest_there_is(
        self, vendor: FilmingStandIn
    ) -> None:
        async with self.connected(vendor.url) as provider:
            offer = provider.offers[self.model]
            longest = max(offer.durations_seconds)
            wanted = request(self.model, duration_seconds=longest + 50, aspect_ratio=AspectRatio.TALL)
            await submitted(provider, wanted)
        (task,) = await vendor.tasks()
        assert (task["duration"], task["ratio"]) == (longest, "720:1280")

    async def test_a_picture_is_set_in_motion_in_its_own_format(self, vendor: FilmingStandIn) -> None:
        async with self.connected(vendor.url) as provider:
            await submitted(provider, request(self.model, "", first_frame=a_picture(300, 500)))
        (task,) = await vendor.tasks()
        assert (task["kind"], task["ratio"]) == ("image_to_video", "720:1280")

    async def test_what_is_refused_for_certain_is_no_task_and_says_why(self, vendor: FilmingStandIn) -> None:
        async with self.connected(vendor.url) as provider:
            for kind, code, error in self.refusals:
                await vendor.fail(kind, code=code)
                with pytest.raises(error) as refused:
                    await submitted(provider, request(self.model))
                assert type(refused.value) is error, (kind, code)
                assert refused.value.metadata["provider"] == provider.name
        assert await vendor.tasks() == []

    async def test_an_order_whose_answer_is_lost_may_have_been_taken(self, vendor: FilmingStandIn) -> None:
        async with self.connected(vendor.url, submit_seconds=0.5) as provider:
            for kind in (FaultKind.CUT_MID_STREAM, FaultKind.HANG, FaultKind.SERVER_ERROR):
                await vendor.fail(kind)
                with pytest.raises(errors.SubmissionUnknown):
                    await submitted(provider, request(self.model))
        assert len(await vendor.tasks()) == 2

    async def test_a_vendor_that_cannot_be_reached_has_taken_nothing(self) -> None:
        async with self.connected("http://127.0.0.1:9") as provider:
            with pytest.raises(errors.ProviderUnavailable):
                await submitted(provider, request(self.model))

    async def test_the_vendor_is_asked_through_a_proxy_that_may_refuse(self, vendor: FilmingStandIn) -> None:
        address = URL(vendor.url)
        async with (
            socks_proxy(str(address.host), int(address.port or 0)) as proxy,
            self.connected("http://vendor.invalid", proxy=proxy.url) as provider,
        ):
            await submitted(provider, request(self.model))
        assert set(proxy.asked_for) == {"vendor.invalid"}
        async with (
            refusing_proxy() as refusing,
            self.connected("https://vendor.invalid", proxy=refusing) as provider,
        ):
            # Nothing has left it: another vendor may be asked.
            with pytest.raises(errors.ProviderUnavailable):
                await submitted(provider, request(self.model))
        assert len(await vendor.tasks()) == 1

    async def test_an_answer_without_sense_may_stand_for_a_task(self) -> None:
        sayings = iter(answer for answer in NO_SENSE for _ in ("order", "look"))

        async def say(_request: web.Request) -> web.Response:
            said = next(sayings)
            return web.Response(text=said, content_type="text/html" if "<" in said else "application/json")

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", say)
        async with serving(app, 0) as (_session, url), self.connected(url) as provider:
            for _ in NO_SENSE:
                with pytest.raises(errors.SubmissionUnknown):
                    await submitted(provider, request(self.model))
                with pytest.raises(errors.ProviderUnavailable):
                    await provider.look("a-task")

    async def test_moderation_is_no_outage_before_and_after(self, vendor: FilmingStandIn) -> None:
        async with self.connected(vendor.url) as provider:
            for kind in (FaultKind.MODERATION, FaultKind.MODERATION_OUTPUT):
                await vendor.fail(kind)
                task = await ended(provider, await submitted(provider, request(self.model)))
                assert task.state is TaskState.FAILED
                assert isinstance(task.failure, errors.ContentRejected)

    async def test_a_task_that_fails_at_the_vendor_is_not_asked_for_again(
        self, vendor: FilmingStandIn
    ) -> None:
        async with self.connected(vendor.url) as provider:
            await vendor.fail(FaultKind.FAILED_EVENT)
            task = await ended(provider, await submitted(provider, request(self.model)))
        assert isinstance(task.failure, errors.ProviderInterrupted)

    async def test_a_cancelled_task_ends_and_one_that_is_over_is_left_alone(
        self, vendor: FilmingStandIn
    ) -> None:
        await vendor.pace(film_seconds=60.0)
        async with self.connected(vendor.url) as provider:
            task_id = await submitted(provider, request(self.model))
            await provider.cancel(task_id)
            assert (await provider.look(task_id)).state is TaskState.CANCELLED
            await provider.cancel(task_id)
            await provider.cancel("00000000-0000-0000-0000-000000000000")

    async def test_what_the_vendor_does_not_say_now_may_be_asked_again(self, vendor: FilmingStandIn) -> None:
        async with self.connected(vendor.url) as provider:
            task_id = await submitted(provider, request(self.model))
            for kind in (FaultKind.OVERLOADED, FaultKind.SERVER_ERROR, FaultKind.RATE_LIMIT):
                await vendor.fail(kind, model="tasks")
                with pytest.raises(errors.QuartetError) as refused:
                    await provider.look(task_id)
                assert refused.value.retryable, kind
            assert (await ended(provider, task_id)).state is TaskState.SUCCEEDED

    async def test_a_task_that_nobody_knows_is_not_found(self, vendor: FilmingStandIn) -> None:
        async with self.connected(vendor.url) as provider:
            with pytest.raises(errors.ResourceNotFound):
                await provider.look("00000000-0000-0000-0000-000000000000")

    async def test_a_file_is_fetched_from_the_vendors_hosts_only_and_not_without_end(
        self, vendor: FilmingStandIn, tmp_path: Path
    ) -> None:
        async with self.connected(vendor.url) as provider:
            for address in ("http://127.0.0.1:1/x.mp4", "https://169.254.169.254/x", "file:///etc/passwd"):
                with pytest.raises(errors.InternalError):
                    await provider.download(address, tmp_path / "x", max_bytes=MAX_BYTES)
            task = await ended(provider, await submitted(provider, request(self.model)))
            with pytest.raises(errors.InternalError):
                await provider.download(task.output, tmp_path / "film", max_bytes=1000)

    async def test_a_file_that_has_moved_is_followed_as_far_as_it_may(self, tmp_path: Path) -> None:
        places = {"/moved": "/film", "/away": "http://127.0.0.1:1/film", "/round": "/round"}

        async def serve(asked: web.Request) -> web.Response:
            place = places.get(asked.path)
            headers = {"Location": place} if place else {}
            return web.Response(status=302 if place else 200, headers=headers, text="a film")

        app = web.Application()
        app.router.add_get("/{path:.*}", serve)
        async with serving(app, 0) as (_session, url), self.connected(url) as provider:
            await provider.download(f"{url}/moved", tmp_path / "film", max_bytes=MAX_BYTES)
            for path, error in (("/away", errors.InternalError), ("/round", errors.ProviderUnavailable)):
                with pytest.raises(error):
                    await provider.download(url + path, tmp_path / "other", max_bytes=MAX_BYTES)
        assert (tmp_path / "film").read_text() == "a film"
