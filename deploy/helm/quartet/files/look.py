"""Do the services serve, and does NATS keep what it is given? Exit code 0 if so. Run by `helm test`."""

import asyncio
import os
import sys
from pathlib import Path

import grpc
import nats
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # no stubs
from nats.js.api import StorageType, StreamConfig

PATIENCE_SECONDS = float(os.environ.get("PATIENCE_SECONDS", "20"))
STREAM = "QUARTET_TEST"


def connect(target: str) -> grpc.aio.Channel:
    if "TLS_DIRECTORY" not in os.environ:
        return grpc.aio.insecure_channel(target)
    folder = Path(os.environ["TLS_DIRECTORY"])
    authority, key, certificate = ((folder / name).read_bytes() for name in ("ca.crt", "tls.key", "tls.crt"))
    return grpc.aio.secure_channel(target, grpc.ssl_channel_credentials(authority, key, certificate))


async def ask(target: str) -> str | None:
    async with connect(f"dns:///{target}") as channel:
        health = health_pb2_grpc.HealthStub(channel)
        request = health_pb2.HealthCheckRequest()
        try:
            answer = await health.Check(request, timeout=PATIENCE_SECONDS, wait_for_ready=True)
        except grpc.aio.AioRpcError as error:
            return f"{target}: {error.code().name}"
    return None if answer.status == answer.SERVING else f"{target} is up, but not ready"


async def keep(url: str) -> str | None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            client = await nats.connect(url, allow_reconnect=False)
            try:
                stream = client.jetstream()
                config = StreamConfig(
                    name=STREAM, subjects=["quartet.test"], storage=StorageType.FILE, max_age=60
                )
                await stream.add_stream(config)
                kept = await stream.publish("quartet.test", b"kept")
                message = await stream.get_msg(STREAM, kept.seq)
                await stream.delete_stream(STREAM)
            finally:
                await client.close()
    except (nats.errors.Error, nats.js.errors.Error, TimeoutError, OSError) as error:
        return f"NATS: {type(error).__name__}"
    return None if message.data == b"kept" else "NATS gave something else back"


async def main(targets: list[str], nats_url: str) -> int:
    answers = await asyncio.gather(*(ask(target) for target in targets), keep(nats_url))
    problems = [answer for answer in answers if answer]
    sys.stdout.write(("\n".join(problems) or f"{len(targets)} services serve, NATS keeps") + "\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:], os.environ["NATS_URL"])))
