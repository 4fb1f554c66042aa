import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import nats
import pytest
from nats.js.api import ConsumerConfig, RetentionPolicy, StreamConfig

from services.video.queue import STREAM, SUBJECT, WORKERS
from tests.support import chart
from tests.support.ports import free_port, is_listening

PASSWORD = "letters1and2digits"
START_SECONDS = 10.0


class Server:
    """The real nats-server with the configuration that the chart writes, moved to free ports and a folder."""

    def __init__(self, folder: Path) -> None:
        objects = chart.render(chart.profile("evaluation"))
        self.stateful_set = chart.named(objects, "StatefulSet", "quartet-nats")
        self.port, self.monitoring = free_port(), free_port()
        text: str = chart.named(objects, "ConfigMap", "quartet-nats")["data"]["nats.conf"]
        for here, there in (
            ("0.0.0.0:4222", f"127.0.0.1:{self.port}"),
            ("0.0.0.0:8222", f"127.0.0.1:{self.monitoring}"),
            ("/tmp/nats.pid", f"{folder}/nats.pid"),
            ("/data", f"{folder}/data"),
        ):
            assert here in text
            text = text.replace(here, there)
        self.file = folder / "nats.conf"
        self.file.write_text(text)

    def url(self, password: str = PASSWORD) -> str:
        return f"nats://quartet:{password}@127.0.0.1:{self.port}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("nats")
    server = Server(folder)
    command = [str(Path(sys.executable).with_name("nats-server")), "--config", str(server.file)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env={"NATS_PASSWORD": PASSWORD}, stdout=log, stderr=log)
        give_up_at = time.monotonic() + START_SECONDS
        while not (is_listening(server.port) and is_listening(server.monitoring)):
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < give_up_at
            time.sleep(0.02)
        yield server
        process.kill()
        process.wait()


async def test_only_who_knows_the_password_comes_in(server: Server) -> None:
    client = await nats.connect(server.url())
    assert (await client.jetstream().account_info()).streams == 0
    await client.close()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    assert b'"auth_required":true' in await reader.readline()
    writer.write(b'CONNECT {"user":"quartet","pass":"guess"}\r\nPING\r\n')
    assert b"Authorization Violation" in await reader.readline()
    writer.close()
    await writer.wait_closed()


async def test_the_kubelet_is_answered_where_it_asks(server: Server) -> None:
    (container,) = server.stateful_set["spec"]["template"]["spec"]["containers"]
    async with aiohttp.ClientSession() as session:
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            path = container[probe]["httpGet"]["path"]
            async with session.get(f"http://127.0.0.1:{server.monitoring}{path}") as response:
                assert response.status == 200, probe


async def test_keda_finds_the_queue_of_videos_and_how_long_it_is(server: Server) -> None:
    client = await nats.connect(server.url())
    stream = client.jetstream()
    work_queue = RetentionPolicy.WORK_QUEUE
    await stream.add_stream(StreamConfig(name=STREAM, subjects=[SUBJECT], retention=work_queue))
    await stream.add_consumer(STREAM, ConsumerConfig(durable_name=WORKERS))
    for _ in range(3):
        await stream.publish(SUBJECT, b"a film")
    (scaled,) = chart.of_kind(chart.render(chart.profile("production")), "ScaledObject")
    (trigger,) = scaled["spec"]["triggers"]
    asked = trigger["metadata"]
    # https://github.com/kedacore/keda/blob/main/pkg/scalers/nats_jetstream_scaler.go
    query = f"acc={asked['account']}&consumers=true&config=true"
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{server.monitoring}/jsz?{query}") as response,
    ):
        answer = await response.json()
    (account,) = [each for each in answer["account_details"] if each["name"] == asked["account"]]
    (found,) = [each for each in account["stream_detail"] if each["name"] == asked["stream"]]
    (consumer,) = [each for each in found["consumer_detail"] if each["name"] == asked["consumer"]]
    assert consumer["num_pending"] + consumer["num_ack_pending"] == 3
    await client.close()
