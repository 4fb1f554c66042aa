import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ProgrammingError

from services.admin.settings import AdminSettings
from services.chassis.errors import StartupError

CONNECT_SECONDS: Final = 5
ANSWER_SECONDS: Final = 120
HTTP_PORT: Final = 8123
HTTPS_PORT: Final = 8443
# What a day is must not depend on where the machine stands.
SESSION: Final[Mapping[str, str]] = {"session_timezone": "UTC"}


class Home(Protocol):
    """Where ClickHouse lives. `cluster` is empty where there is one server."""

    @property
    def is_server(self) -> bool: ...

    @property
    def cluster(self) -> str: ...

    def held(self) -> AbstractContextManager[None]:
        """Keep others out who must not be there at the same time. Raises StartupError."""
        ...

    def open(self) -> Client:
        """Open a client. Blocks. Raises what the client raises."""
        ...


@dataclass(frozen=True)
class EmbeddedHome:
    """The engine inside this process, on a directory that is its own."""

    directory: Path
    is_server: bool = False
    cluster: str = ""

    @contextmanager
    def held(self) -> Iterator[None]:
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StartupError(f"ADMIN_DIRECTORY {self.directory}: {error.strerror}.") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise StartupError(
                f"Another process keeps ClickHouse in {self.directory}, and the embedded engine is for one: "
                "stop it, set another ADMIN_DIRECTORY, or set CLICKHOUSE_URL to a server for several."
            ) from error
        finally:
            os.close(descriptor)

    def open(self, settings: Mapping[str, str] = SESSION) -> Client:
        try:
            return clickhouse_connect.get_client(
                interface="chdb",
                path=str(self.directory / "clickhouse"),
                tz_mode="aware",
                settings=dict(settings),
            )
        except ProgrammingError as error:
            raise StartupError(f"The embedded ClickHouse cannot use {self.directory}: {error}") from error


@dataclass(frozen=True)
class ServerHome:
    """A server, or the replicas of a cluster behind one address."""

    url: str
    user: str
    password: str = field(repr=False)
    ca_file: Path | None = None
    cluster: str = ""
    is_server: bool = True

    def held(self) -> AbstractContextManager[None]:
        return nullcontext()

    def open(self) -> Client:
        parts = urlsplit(self.url)
        is_secure = parts.scheme == "https"
        return clickhouse_connect.get_client(
            host=parts.hostname or "",
            port=parts.port or (HTTPS_PORT if is_secure else HTTP_PORT),
            username=self.user,
            password=self.password,
            secure=is_secure,
            verify=True,
            ca_cert=str(self.ca_file) if self.ca_file else None,
            connect_timeout=CONNECT_SECONDS,
            send_receive_timeout=ANSWER_SECONDS,
            client_name="quartet-admin",
            tz_mode="aware",
            # A session would refuse a second statement while one runs.
            autogenerate_session_id=False,
            settings=dict(SESSION),
        )


def home_of(settings: AdminSettings) -> EmbeddedHome | ServerHome:
    """Choose by CLICKHOUSE_URL."""
    if settings.clickhouse_url is None:
        return EmbeddedHome(settings.admin_directory)
    return ServerHome(
        settings.clickhouse_url,
        settings.clickhouse_user,
        settings.clickhouse_password.get_secret_value(),
        settings.clickhouse_ca_file,
        settings.clickhouse_cluster,
    )
