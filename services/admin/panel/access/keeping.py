from typing import Final

import nats.errors
from nats.js.api import KeyValueConfig, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import APIError

FAILURES: Final = (APIError, nats.errors.Error, OSError)
"""What NATS raises while it is away or refuses."""

AUDIT_SECONDS: Final = 400 * 86_400.0
AUDIT_BYTES: Final = 512 * 2**20
ENTRY_SECONDS: Final = 3600.0


def sessions_bucket(idle_seconds: float, replicas: int) -> KeyValueConfig:
    """Sessions by their hashed names; each is gone when it has not been used for so long."""
    return KeyValueConfig(
        bucket="panel_sessions", ttl=idle_seconds, storage=StorageType.FILE, replicas=replicas
    )


def entries_bucket(replicas: int) -> KeyValueConfig:
    """One-time links, and what Telegram signed and that has been used."""
    return KeyValueConfig(
        bucket="panel_entries", ttl=ENTRY_SECONDS, storage=StorageType.FILE, replicas=replicas
    )


def audit_stream(replicas: int) -> StreamConfig:
    """What admins did. Nobody can take anything out of it before its time, not even the panel."""
    return StreamConfig(
        name="AUDIT",
        subjects=["audit.>"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        max_age=AUDIT_SECONDS,
        max_bytes=AUDIT_BYTES,
        allow_direct=True,
        deny_delete=True,
        deny_purge=True,
        num_replicas=replicas,
    )
