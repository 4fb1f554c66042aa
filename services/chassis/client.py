import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import grpc

from services.chassis.calls import TranslatingChannel
from services.chassis.certificates import Certificates

# A file of the largest size that Telegram hands to bots, 20 MB, fits.
MAX_MESSAGE_BYTES: Final = 24 * 1024 * 1024
SERVICE_CONFIG: Final = {
    "loadBalancingConfig": [{"round_robin": {}}],
    "healthCheckConfig": {"serviceName": ""},
}
OPTIONS: Final = (
    ("grpc.service_config", json.dumps(SERVICE_CONFIG)),
    ("grpc.service_config_disable_resolution", 1),
    # Calls between our own services never go through the proxy that reaches the vendors.
    ("grpc.enable_http_proxy", 0),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.dns_min_time_between_resolutions_ms", 10_000),
    # A service that was started again is found within two seconds.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 1_000),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
)


@asynccontextmanager
async def channel(target: str, tls_directory: Path | None = None) -> AsyncIterator[grpc.aio.Channel]:
    """Connect to a service of ours, such as `dns:///text:7051`; calls raise QuartetError.

    By mutual TLS with the certificates of a folder, in plain without. Raises CertificatesMissing.

    The channel repeats nothing by itself, because the caller is the only owner of retries; the exception is
    gRPC's transparent retry of a call that no server has seen. Unary calls without a timeout get ten seconds,
    streams get none. Cancelling the task that reads a stream, leaving its loop, or `call.cancel()` cancels
    the server's handler at once; whoever still reads after `call.cancel()` gets CancelledError.
    """
    opening = (
        grpc.aio.insecure_channel(target, options=OPTIONS)
        if tls_directory is None
        else grpc.aio.secure_channel(target, Certificates(tls_directory).for_client(), options=OPTIONS)
    )
    async with opening as opened:
        yield TranslatingChannel(opened)
