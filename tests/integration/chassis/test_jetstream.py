import asyncio
import uuid
from pathlib import Path

import pytest
from nats.js.api import KeyValueConfig, ObjectStoreConfig, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import APIError

from services.chassis.errors import ServiceUnavailable
from services.chassis.jetstream import (
    ConfigurationConflict,
    ConnectionLost,
    ServerUnreachable,
    UnsupportedServer,
    connect,
    ensure_bucket,
    ensure_object_store,
    ensure_stream,
    is_conflict,
)
from tests.support.nats import nats_server
from tests.support.ports import free_port


@pytest.fixture
def name() -> str:
    return f"T{uuid.uuid4().hex[:12]}"


def _stream(name: str) -> StreamConfig:
    return StreamConfig(
        name=name,
        subjects=[f"{name}.b", f"{name}.a.>"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        max_age=3600,
        max_bytes=1_000_000,
        duplicate_window=600,
        allow_msg_ttl=True,
        metadata={"owner": "test"},
    )


async def test_a_stream_is_made_once_and_then_left_alone(nats_url: str, name: str) -> None:
    async with connect(nats_url, name="test") as nats:
        await ensure_stream(nats.js, _stream(name))
        created = (await nats.js.stream_info(name)).created
        await ensure_stream(nats.js, _stream(name))

        info = await nats.js.stream_info(name)
        assert info.created == created
        assert (info.config.max_age, info.config.duplicate_window) == (3600, 600)


async def test_a_disk_without_room_is_named_and_what_can_be_done(nats_url: str, name: str) -> None:
    async with connect(nats_url, name="test") as nats:
        with pytest.raises(
            ConfigurationConflict, match=r"no room .* 1000000000000000 bytes .*VIDEO_STORE_BYTES"
        ):
            await ensure_stream(nats.js, StreamConfig(name=name, subjects=[name], max_bytes=10**15))


async def test_a_stream_is_brought_up_to_date_and_keeps_what_nobody_asked_about(
    nats_url: str, name: str
) -> None:
    async with connect(nats_url, name="test") as nats:
        await ensure_stream(nats.js, _stream(name))
        await nats.js.publish(f"{name}.b", b"kept")

        await ensure_stream(nats.js, StreamConfig(name=name, subjects=[f"{name}.b"], max_age=1800))

        info = await nats.js.stream_info(name)
        assert info.config.subjects == [f"{name}.b"]
        assert (info.config.max_age, info.config.max_bytes) == (1800, 1_000_000)
        assert info.state.messages == 1


async def test_two_processes_may_make_the_same_stream_at_once(nats_url: str, name: str) -> None:
    async with connect(nats_url, name="one") as one, connect(nats_url, name="two") as two:
        configs = [_stream(name), _stream(name).evolve(max_age=1800)]
        await asyncio.gather(
            *(ensure_stream(nats.js, config) for nats in (one, two) for config in configs for _ in range(5))
        )


async def test_what_the_server_refuses_is_a_conflict(nats_url: str, name: str) -> None:
    async with connect(nats_url, name="test") as nats:
        await ensure_stream(nats.js, _stream(name))

        with pytest.raises(ConfigurationConflict, match=name):
            await ensure_stream(nats.js, _stream(name).evolve(storage=StorageType.MEMORY))
        with pytest.raises(ConfigurationConflict, match="overlap"):
            await ensure_stream(nats.js, StreamConfig(name=f"{name}2", subjects=[f"{name}.b"]))


async def test_a_bucket_is_made_updated_and_shared(nats_url: str, name: str) -> None:
    async with connect(nats_url, name="test") as nats:
        await ensure_bucket(nats.js, KeyValueConfig(bucket=name, history=2))
        bucket = await ensure_bucket(nats.js, KeyValueConfig(bucket=name, history=5, ttl=60))

        await bucket.create("lease", b"mine", msg_ttl=30)
        status = await bucket.status()
        assert (status.history, status.ttl) == (5, 60)
        assert (await (await nats.js.key_value(name)).get("lease")).value == b"mine"


async def test_a_bucket_made_by_the_library_fits_ours(nats_url: str, name: str) -> None:
    async with connect(nats_url, name="test") as nats:
        await nats.js.create_key_value(KeyValueConfig(bucket=name))
        ours = await ensure_bucket(nats.js, KeyValueConfig(bucket=name))
        await nats.js.create_key_value(KeyValueConfig(bucket=name))

        assert await ours.put("key", b"value") == 1


async def test_a_store_of_objects_is_brought_up_to_date_and_keeps_them(nats_url: str, name: str) -> None:
    async with connect(nats_url, name="test") as nats:
        store = await ensure_object_store(nats.js, ObjectStoreConfig(bucket=name, ttl=60))
        await store.put("cat", b"x" * 300_000)
        store = await ensure_object_store(nats.js, ObjectStoreConfig(bucket=name, ttl=3600, max_bytes=10**6))

        assert (await store.get("cat")).data == b"x" * 300_000
        config = (await nats.js.stream_info(f"OBJ_{name}")).config
        assert (config.max_age, config.max_bytes) == (3600, 10**6)


async def test_ours_is_the_store_of_objects_that_the_library_itself_would_make(
    nats_url: str, name: str
) -> None:
    async with connect(nats_url, name="test") as nats:
        await nats.js.create_object_store(name)
        made = (await nats.js.stream_info(f"OBJ_{name}")).config
        await ensure_object_store(nats.js, ObjectStoreConfig(bucket=name))

        assert (await nats.js.stream_info(f"OBJ_{name}")).config == made


async def test_every_lost_race_for_a_key_is_a_conflict(nats_url: str, name: str) -> None:
    async with connect(nats_url, name="test") as nats:
        bucket = await ensure_bucket(nats.js, KeyValueConfig(bucket=name))
        await bucket.create("key", b"first")

        for write in (
            bucket.create("key", b"second"),
            bucket.update("key", b"second", last=17),
            bucket.delete("key", last=17),
        ):
            with pytest.raises(APIError) as lost:
                await write
            assert is_conflict(lost.value)


async def test_a_server_without_jetstream_is_refused(tmp_path: Path) -> None:
    with nats_server(tmp_path, jetstream=False) as server, pytest.raises(UnsupportedServer, match="-js"):
        async with connect(server.url, name="test"):
            pass


async def test_a_server_that_is_not_there_is_named_by_its_variable() -> None:
    with pytest.raises(ServerUnreachable, match="NATS_URL") as refused:
        async with connect(f"nats://me:hunter2@127.0.0.1:{free_port()}", name="test", patience_seconds=0.3):
            pass

    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("gentle", [True, False], ids=["stop", "kill"])
async def test_a_connection_outlives_its_server(tmp_path: Path, gentle: bool) -> None:
    with nats_server(tmp_path) as server:
        async with connect(server.url, name="test") as nats:
            await nats.ping()
            back = asyncio.create_task(nats.reconnected.wait())
            await asyncio.to_thread(server.stop if gentle else server.kill)
            with pytest.raises(ServiceUnavailable):
                await nats.ping()
            await asyncio.to_thread(server.start)

            await asyncio.wait_for(back, 5)
            await nats.ping()


async def test_a_connection_that_was_closed_for_good_ends_its_owner(nats_url: str) -> None:
    async def use() -> None:
        async with connect(nats_url, name="test") as nats, asyncio.TaskGroup() as group:
            group.create_task(asyncio.Event().wait())
            # What nats-py does on a server error such as "user authentication expired".
            await nats.client.close()

    with pytest.raises(ConnectionLost):
        await asyncio.wait_for(use(), 5)


async def test_a_process_can_end_while_its_server_is_gone(tmp_path: Path) -> None:
    with nats_server(tmp_path) as server:
        async with connect(server.url, name="test") as opened:
            await opened.ping()
            await asyncio.to_thread(server.kill)
