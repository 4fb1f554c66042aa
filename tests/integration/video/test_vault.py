import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import pytest

from services.chassis.errors import ResourceNotFound, ServiceUnavailable
from services.chassis.jetstream import connect
from services.video.job import File
from services.video.vault import Vault, open_vault
from tests.support.nats import NatsServer, nats_server

MP4 = "video/mp4"
MEGABYTE = 1024 * 1024


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    with nats_server(tmp_path_factory.mktemp("nats")) as server:
        yield server


class Opened(Protocol):
    def __call__(self, max_bytes: int, least_age: timedelta) -> AbstractAsyncContextManager[Vault]: ...


@pytest.fixture
def opened(server: NatsServer) -> Opened:
    @asynccontextmanager
    async def opened(max_bytes: int, least_age: timedelta) -> AsyncIterator[Vault]:
        async with connect(server.url, name="test") as connection:
            yield await open_vault(
                connection,
                kept_days=1,
                max_bytes=max_bytes,
                timeout_seconds=5.0,
                replicas=1,
                least_age=least_age,
            )

    return opened


@pytest.fixture
async def vault(opened: Opened) -> AsyncIterator[Vault]:
    async with opened(100 * MEGABYTE, timedelta(days=2)) as vault:
        yield vault


@pytest.fixture(scope="module")
def content() -> bytes:
    return os.urandom(3 * MEGABYTE + 17)


@pytest.fixture
def film(content: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "film"
    path.write_bytes(content)
    return path


async def content_of(vault: Vault, file: File) -> bytes:
    return b"".join([chunk async for chunk in vault.chunks(file)])


async def test_a_film_goes_from_disk_to_disk_and_comes_out_in_small_pieces(
    vault: Vault, film: Path, content: bytes, tmp_path: Path
) -> None:
    file = await vault.put_file("job", "original", film, MP4)
    assert (file.size_bytes, file.mime_type) == (len(content), MP4)
    await vault.get_to(file, tmp_path / "copy")
    assert await asyncio.to_thread((tmp_path / "copy").read_bytes) == content
    chunks = [chunk async for chunk in vault.chunks(file)]
    assert b"".join(chunks) == content
    assert max(map(len, chunks)) <= 256 * 1024


async def test_a_file_that_was_deleted_is_no_longer_kept_and_takes_no_room(vault: Vault, film: Path) -> None:
    file = await vault.put_file("job", "original", film, MP4)
    frame = await vault.put("job", "frame", b"picture", "image/jpeg")
    await vault.delete(file)
    with pytest.raises(ResourceNotFound):
        await content_of(vault, file)
    assert await vault.read(frame) == b"picture"
    assert await vault.size_bytes() < MEGABYTE
    await vault.delete(file)


async def test_where_there_is_no_room_left_the_oldest_files_go(
    opened: Opened, film: Path, content: bytes
) -> None:
    async with opened(10 * MEGABYTE, timedelta()) as vault:
        files = [await vault.put_file(f"job{number}", "original", film, MP4) for number in range(5)]
        assert await vault.size_bytes() <= 10 * MEGABYTE
        with pytest.raises(ResourceNotFound):
            await content_of(vault, files[0])
        assert await content_of(vault, files[-1]) == content


async def test_what_may_be_of_a_job_under_way_stays_and_the_next_one_is_told_so(
    opened: Opened, film: Path, content: bytes
) -> None:
    async with opened(7 * MEGABYTE, timedelta(days=2)) as vault:
        files = [await vault.put_file(f"job{number}", "original", film, MP4) for number in range(2)]
        with pytest.raises(ServiceUnavailable):
            await vault.put_file("job2", "original", film, MP4)
        for file in files:
            assert await content_of(vault, file) == content


async def test_files_outlive_their_server(
    vault: Vault, server: NatsServer, film: Path, content: bytes
) -> None:
    file = await vault.put_file("job", "original", film, MP4)
    await server.kill_and_start()
    assert await content_of(vault, file) == content
