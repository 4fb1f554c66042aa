from typing import Final

import nats.errors
from nats.js.api import KeyValueConfig, StorageType
from nats.js.errors import APIError

FAILURES: Final = (APIError, nats.errors.Error, OSError)
"""What NATS raises while it is away or refuses."""

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
