from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from clickhouse_connect.driver.client import Client

from services.admin.clickhouse.homes import SESSION, EmbeddedHome


@dataclass(frozen=True)
class LockedHome:
    """The embedded engine through a handle that can only read, and whose limits nobody can lift.

    Once a handle is read-only, ClickHouse lets no statement change any setting of it, that one included.
    """

    home: EmbeddedHome
    database: str
    limits: Mapping[str, str | int | float]
    is_server: bool = field(default=False, init=False)
    cluster: str = field(default="", init=False)

    def held(self) -> AbstractContextManager[None]:
        return nullcontext()

    def open(self) -> Client:
        client = self.home.open(settings={})
        client.command(f"USE {self.database}")
        for name, value in {**SESSION, **self.limits, "readonly": 1}.items():
            client.command(f"SET {name} = {value!r}")
        return client
