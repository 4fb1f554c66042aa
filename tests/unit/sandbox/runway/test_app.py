import base64
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from services.sandbox.runway.app import build
from services.sandbox.runway.settings import RunwaySettings
from services.sandbox.vendor.faults import FaultKind
from tests.support.runway import RunwayStandIn
from tests.support.stand_ins import serving

KEY = {"Authorization": "Bearer key_any"}
VERSION = {"X-Runway-Version": "2024-11-06"}


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[RunwayStandIn]:
    async with serving(build(RunwaySettings(directory=tmp_path, film_seconds=0.0)), 0) as (session, url):
        yield RunwayStandIn(session, url)


@pytest.fixture
async def http(vendor: RunwayStandIn) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(vendor.url, headers={**KEY, **VERSION}) as session:
        yield session


def body(**changes: object) -> dict[str, Any]:
    return {"model": "gen4.5", "promptText": "A fox", "ratio": "1280:720", "duration": 5, **changes}


def picture(media_type: str = "image/png") -> str:
    file = io.BytesIO()
    Image.new("RGB", (64, 36), "green").save(file, "PNG")
    return f"data:{media_type};base64,{base64.b64encode(file.getvalue()).decode()}"


async def created(http: aiohttp.ClientSession, **changes: object) -> str:
    async with http.post("/v1/text_to_video", json=body(**changes)) as response:
        assert response.status == 200, await response.text()
        return str((await response.json())["id"])


async def task_of(http: aiohttp.ClientSession, task_id: str) -> dict[str, Any]:
    async with http.get(f"/v1/tasks/{task_id}") as response:
        found: dict[str, Any] = await response.json()
        return found


async def status_of(http: aiohttp.ClientSession, address: str) -> int:
    async with http.get(address) as response:
        return response.status


@pytest.mark.parametrize(("headers", "status"), [(VERSION, 401), (KEY, 400)])
async def test_a_call_without_its_key_or_its_version_is_refused(
    vendor: RunwayStandIn, headers: dict[str, str], status: int
) -> None:
    async with (
        aiohttp.ClientSession(vendor.url, headers=headers) as session,
        session.post("/v1/text_to_video", json=body()) as response,
    ):
        assert response.status == status
        assert (await response.json())["error"]
    assert await vendor.tasks() == []


@pytest.mark.parametrize(
    ("path", "changes", "named"),
    [
        ("text_to_video", {"model": "gen4_turbo"}, "model"),
        ("text_to_video", {"promptText": ""}, "promptText"),
        ("text_to_video", {"promptText": "x" * 1001}, "promptText"),
        ("text_to_video", {"duration": 11}, "duration"),
        ("text_to_video", {"ratio": "960:960"}, "ratio"),
        ("image_to_video", {}, "promptImage"),
        ("image_to_video", {"promptImage": "https://example.com/a.png"}, "promptImage"),
        ("image_to_video", {"promptImage": "data:image/png;base64,AAAA"}, "promptImage"),
    ],
)
async def test_an_order_that_the_vendor_would_not_take_is_refused_by_field(
    vendor: RunwayStandIn, http: aiohttp.ClientSession, path: str, changes: dict[str, Any], named: str
) -> None:
    async with http.post(f"/v1/{path}", json=body(**changes)) as response:
        refused = await response.json()
    assert response.status == 400
    assert refused["docUrl"]
    assert refused["issues"][0]["path"] == [named]
    assert await vendor.tasks() == []


async def test_a_task_tells_its_price_before_and_after(http: aiohttp.ClientSession) -> None:
    async with http.post("/v1/image_to_video", json=body(promptImage=picture(), ratio="960:960")) as response:
        taken = await response.json()
    assert taken["estimatedCost"] == {"credits": 60.0}
    assert (await task_of(http, taken["id"]))["cost"] == {"credits": 60}


async def test_a_films_address_needs_no_key_and_cannot_be_guessed(
    vendor: RunwayStandIn, http: aiohttp.ClientSession
) -> None:
    (address,) = (await task_of(http, await created(http)))["output"]
    async with aiohttp.ClientSession() as anybody:
        assert await status_of(anybody, address) == 200
        assert await status_of(anybody, address.replace("_sig=", "_sig=0")) == 403
        assert await status_of(anybody, address.partition("?")[0]) == 403


async def test_a_films_address_expires(vendor: RunwayStandIn, http: aiohttp.ClientSession) -> None:
    task_id = await created(http)
    async with http.put("/control/pace", json={"url_seconds": 0.001}) as response:
        assert response.status == 200
    (address,) = (await task_of(http, task_id))["output"]
    assert await status_of(http, address) == 403


async def test_a_finished_task_that_is_deleted_takes_its_film_along(http: aiohttp.ClientSession) -> None:
    task_id = await created(http)
    (address,) = (await task_of(http, task_id))["output"]
    async with http.delete(f"/v1/tasks/{task_id}") as response:
        assert response.status == 204
    found = await task_of(http, task_id)
    assert (found["status"], found["cost"]) == ("CANCELLED", {"credits": 60})
    assert await status_of(http, address) == 404


async def test_a_task_that_waits_is_given_up_for_nothing_and_one_that_runs_is_not(
    vendor: RunwayStandIn, http: aiohttp.ClientSession
) -> None:
    await vendor.pace(film_seconds=60.0, concurrency=1)
    running, waiting = await created(http), await created(http)
    for task_id, credits in ((waiting, 0), (running, 60)):
        async with http.delete(f"/v1/tasks/{task_id}") as response:
            assert response.status == 204
        assert (await task_of(http, task_id))["cost"] == {"credits": credits}


async def test_a_fault_can_be_ordered_by_a_word_and_with_a_code(
    vendor: RunwayStandIn, http: aiohttp.ClientSession
) -> None:
    async with http.post("/v1/text_to_video", json=body(promptText="sandbox:rate_limit")) as response:
        assert response.status == 429
    await vendor.fail(FaultKind.MODERATION_OUTPUT, code="SAFETY.OUTPUT.AUDIO")
    found = await task_of(http, await created(http))
    assert (found["status"], found["failureCode"]) == ("FAILED", "SAFETY.OUTPUT.AUDIO")


async def test_the_control_api_tells_of_tasks_that_nobody_was_told_of(
    vendor: RunwayStandIn, http: aiohttp.ClientSession
) -> None:
    with pytest.raises(aiohttp.ClientError):
        await created(http, promptText="A lost fox sandbox:cut_mid_stream")
    await created(http, promptText="A found fox")
    assert len(await vendor.tasks("A lost fox")) == 1
    assert len(await vendor.tasks()) == 2
