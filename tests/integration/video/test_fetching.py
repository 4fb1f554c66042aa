import os
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.chassis.errors import ResourceNotFound, ServiceUnavailable
from services.chassis.jetstream import Nats, connect
from services.video.fetching import Fetching, Form
from services.video.job import File, Film, Job, Owner, Specification, State
from services.video.jobs import Jobs, open_jobs
from services.video.vault import Vault, open_vault
from tests.support.nats import nats_server

OWNER = Owner(42, -1007)
CONTENT = os.urandom(700_000)
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def own_nats_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with nats_server(tmp_path_factory.mktemp("nats")) as server:
        yield server.url


@pytest.fixture
async def nats(own_nats_url: str) -> AsyncIterator[Nats]:
    async with connect(own_nats_url, name="test") as connection:
        yield connection


@pytest.fixture
async def jobs(nats: Nats) -> Jobs:
    return await open_jobs(nats, kept_days=1, replicas=1)


@pytest.fixture
async def vault(nats: Nats) -> Vault:
    return await open_vault(nats, kept_days=1, max_bytes=100 * MEGABYTE, timeout_seconds=5.0, replicas=1)


@pytest.fixture
def fetching(jobs: Jobs, vault: Vault) -> Fetching:
    return Fetching(jobs, vault, max_fetches=1)


@pytest.fixture
async def job(jobs: Jobs, vault: Vault) -> Job:
    """A job whose video is kept."""
    job_id, now = uuid4().hex, datetime.now(UTC)
    display = await vault.put(job_id, "display", CONTENT, "video/mp4")
    original = await vault.put(job_id, "original", CONTENT[::-1], "video/webm")
    thumbnail = await vault.put(job_id, "thumbnail", b"picture", "image/jpeg")
    film = Film(original, display, thumbnail, 1280, 720, 5.0, has_sound=True, cost_micros=None)
    wanted = Specification("A cat", "model", 5, None)
    job = Job(job_id, OWNER, wanted, now, now, state=State.SUCCEEDED, film=film)
    await jobs.create(job)
    return job


async def fetched(fetching: Fetching, job_id: str, caller: Owner, form: Form) -> tuple[File, bytes]:
    """The file and its content."""
    content = b""
    file: File | None = None
    async with aclosing(fetching.fetch(job_id, caller, form)) as pieces:
        async for piece in pieces:
            if isinstance(piece, bytes):
                assert len(piece) <= 256 * 1024
                content += piece
            else:
                file, _film = piece
    assert file is not None
    return file, content


async def test_each_form_of_a_video_is_sent_to_whoever_may_see_it(fetching: Fetching, job: Job) -> None:
    file, content = await fetched(fetching, job.job_id, OWNER, Form.DISPLAY)
    assert (file.mime_type, file.size_bytes, content) == ("video/mp4", len(CONTENT), CONTENT)
    in_the_same_chat = Owner(43, OWNER.chat_id)
    file, content = await fetched(fetching, job.job_id, in_the_same_chat, Form.ORIGINAL)
    assert (file.mime_type, content) == ("video/webm", CONTENT[::-1])
    _, content = await fetched(fetching, job.job_id, OWNER, Form.THUMBNAIL)
    assert content == b"picture"


async def test_strangers_and_videos_that_are_not_there_are_not_told_apart(
    fetching: Fetching, jobs: Jobs, job: Job
) -> None:
    waiting = replace(job, job_id=uuid4().hex, state=State.PENDING, film=None)
    await jobs.create(waiting)
    for job_id, caller in ((job.job_id, Owner(43, 43)), (waiting.job_id, OWNER), ("none", OWNER)):
        with pytest.raises(ResourceNotFound):
            await fetched(fetching, job_id, caller, Form.DISPLAY)


async def test_a_video_whose_file_has_made_room_is_no_longer_kept(
    fetching: Fetching, vault: Vault, job: Job
) -> None:
    await vault.delete(*job.files)
    with pytest.raises(ResourceNotFound):
        await fetched(fetching, job.job_id, OWNER, Form.DISPLAY)


async def test_only_so_many_are_sent_at_once_and_whoever_leaves_makes_room(
    fetching: Fetching, job: Job
) -> None:
    async with aclosing(fetching.fetch(job.job_id, OWNER, Form.DISPLAY)) as pieces:
        await anext(pieces)
        with pytest.raises(ServiceUnavailable):
            await fetched(fetching, job.job_id, OWNER, Form.DISPLAY)
    assert (await fetched(fetching, job.job_id, OWNER, Form.DISPLAY))[1] == CONTENT
