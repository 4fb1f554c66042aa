from pathlib import Path

import nats
from nats.js.api import ConsumerConfig, StreamConfig

from deploy.backup.jetstream import restore, save
from tests.support.nats import nats_server

MEGABYTE = bytes(range(256)) * 4096


async def test_a_lost_server_is_made_again_from_its_copy_with_what_was_under_way(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    (tmp_path / "lost").mkdir()
    (tmp_path / "new").mkdir()
    with nats_server(tmp_path / "lost") as lost:
        client = await nats.connect(lost.url)
        stream = client.jetstream()
        await stream.add_stream(StreamConfig(name="JOBS", subjects=["jobs.>"]))
        for number in range(5):
            await stream.publish("jobs.one", str(number).encode() + MEGABYTE)
        await stream.add_consumer("JOBS", ConsumerConfig(durable_name="worker", ack_wait=60))
        worker = await stream.pull_subscribe_bind("worker", "JOBS")
        for message in await worker.fetch(2):
            await message.ack_sync()
        bucket = await stream.create_key_value(bucket="people", history=3)
        await bucket.put("ann", b"1")
        await bucket.put("ann", b"2")
        assert await save(client, folder) == ["JOBS", "KV_people"]
        await client.close()

    with nats_server(tmp_path / "new") as new:
        client = await nats.connect(new.url)
        assert await restore(client, folder) == ["JOBS", "KV_people"]
        stream = client.jetstream()
        worker = await stream.pull_subscribe_bind("worker", "JOBS")
        (message,) = await worker.fetch(1)
        assert message.data == b"2" + MEGABYTE
        bucket = await stream.key_value("people")
        assert [entry.value for entry in await bucket.history("ann")] == [b"1", b"2"]
        assert await restore(client, folder) == [], "what is there is not touched"
        await client.close()
