import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from services.admin.clickhouse.homes import Home
from services.admin.clickhouse.lane import Lane

WRITER: Final = "writer"

Parameters = Mapping[str, Any]


class Answer(NamedTuple):
    """What a query returned. Times are in UTC."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def dicts(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class Limits(NamedTuple):
    """What one question may take."""

    seconds: float
    memory_bytes: int

    def settings(self) -> dict[str, Any]:
        return {"max_execution_time": self.seconds, "max_memory_usage": self.memory_bytes}


class Database:
    """One database: one writer, and several readers that do not wait for it.

    Methods raise ServiceUnavailable where trying again may help, else StatementRefused, or RowsRefused where
    it is values that are wrong.
    """

    def __init__(self, home: Home, name: str, *, readers: int, limits: Limits) -> None:
        self.home = home
        self.name = name
        self._limits = limits
        self._writer = Lane(home, name, name=WRITER)
        self._lanes = [Lane(home, name, name=f"reader-{number}") for number in range(readers)]
        self._free: asyncio.Queue[Lane] = asyncio.Queue()
        for lane in self._lanes:
            self._free.put_nowait(lane)

    async def command(
        self,
        sql: str,
        parameters: Parameters | None = None,
        *,
        settings: Parameters | None = None,
        inside: bool = True,
    ) -> None:
        """Do a statement that returns nothing. `inside`: within the database, which must be there."""
        await self._writer.run(
            lambda client: client.command(
                sql, parameters=dict(parameters or {}), settings=dict(settings or {}), use_database=inside
            )
        )

    async def insert(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, token: str = ""
    ) -> None:
        """Insert rows in one block. One that has been inserted under the same token is not, again."""
        settings = {"insert_deduplication_token": token} if token else {}
        await self._writer.run(
            lambda client: client.insert(table, rows, column_names=columns, settings=settings)
        )

    async def query(self, sql: str, parameters: Parameters | None = None) -> Answer:
        """Answer a query within the limits, by whichever reader is free. `parameters` fill {name:Type}."""
        lane = await self._free.get()
        try:
            result = await lane.run(
                lambda client: client.query(
                    sql, parameters=dict(parameters or {}), settings=self._limits.settings()
                )
            )
        finally:
            self._free.put_nowait(lane)
        return Answer(tuple(result.column_names), [tuple(map(_in_utc, row)) for row in result.result_rows])

    async def open(self) -> None:
        """Open the writer now, not when it is first needed. Raises StartupError."""
        await self.command("SELECT 1", inside=False)

    async def aclose(self) -> None:
        for lane in (self._writer, *self._lanes):
            await lane.aclose()


@asynccontextmanager
async def open_database(
    home: Home, name: str, *, readers: int, question_seconds: float, question_bytes: int
) -> AsyncIterator[Database]:
    """Hold the home while the block runs.

    The embedded engine is opened at once: StartupError where another process has it. A server may be away.
    """
    with home.held():
        database = Database(home, name, readers=readers, limits=Limits(question_seconds, question_bytes))
        try:
            if not home.is_server:
                await database.open()
            yield database
        finally:
            await database.aclose()


def _in_utc(value: Any) -> Any:
    # The embedded engine tells times in the zone of the machine.
    return value.astimezone(UTC) if isinstance(value, datetime) else value
