"""The connection to NATS JetStream, and the streams and buckets a service asks of it."""

from services.chassis.jetstream.configuration import (
    ConfigurationConflict,
    ensure_bucket,
    ensure_object_store,
    ensure_stream,
)
from services.chassis.jetstream.connection import (
    ConnectionLost,
    Nats,
    ServerUnreachable,
    UnsupportedServer,
    connect,
    is_conflict,
    require_version,
)
from services.chassis.jetstream.listing import entries, stored

__all__ = [
    "ConfigurationConflict",
    "ConnectionLost",
    "Nats",
    "ServerUnreachable",
    "UnsupportedServer",
    "connect",
    "ensure_bucket",
    "ensure_object_store",
    "ensure_stream",
    "entries",
    "is_conflict",
    "require_version",
    "stored",
]
