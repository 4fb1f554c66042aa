import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

from clickhouse_connect.driver.client import Client

from services.admin.clickhouse import EmbeddedHome, Home, StatementRefused
from services.admin.clickhouse.lane import Lane
from services.admin.sql import tree
from services.admin.sql.asking import Export, Sheet, Statement
from services.admin.sql.dialect import CATEGORIES, FUNCTIONS, OTHERS, Dialect, dialect
from services.admin.sql.locked_home import LockedHome
from services.admin.sql.refusals import NotAllowed
from services.chassis.errors import ServiceUnavailable

T = TypeVar("T")

SHOWN_ROWS: Final = 1_000
EXPORTED_ROWS: Final = 100_000
SHOWN_BYTES: Final = 10_000_000
EXPORTED_BYTES: Final = 200_000_000
MAX_LENGTH: Final = 20_000
PARSE: Final = "SELECT parseQueryToJSON({sql:String})"
WRITE: Final = "SELECT formatQueryFromJSON({tree:String})"
TABLES: Final = """
SELECT name FROM system.tables WHERE database = currentDatabase() AND name != 'schema_migrations'
"""
SYNTAX_CODES: Final = frozenset({36, 62})
# What an analyst asks must leave room for what is written meanwhile.
ALWAYS: Final = {
    "max_threads": 1,
    "max_parser_depth": 120,
    "max_ast_depth": 200,
    "max_ast_elements": 5_000,
    "max_temporary_data_on_disk_size_for_query": 200_000_000,
    "max_rows_to_read": 200_000_000,
    "do_not_merge_across_partitions_select_final": 1,
    "timeout_before_checking_execution_speed": 0,
}


class AnalystDesk:
    """Where analysts ask in SQL, one at a time. It is of the embedded engine: a server has roles for them."""

    def __init__(self, home: EmbeddedHome, database: str, *, seconds: float, memory_bytes: int) -> None:
        limits = {**ALWAYS, "max_execution_time": seconds, "max_memory_usage": memory_bytes}
        self._database = database
        self._patience_seconds = seconds * 2
        self._shown = self._lane(home, limits, SHOWN_ROWS + 1, SHOWN_BYTES)
        self._exported = self._lane(home, limits, EXPORTED_ROWS, EXPORTED_BYTES)
        self._turn = asyncio.Lock()
        self._dialect: Dialect | None = None

    def _lane(self, home: EmbeddedHome, limits: dict[str, Any], rows: int, size_bytes: int) -> Lane:
        most = {"limit": rows, "max_result_bytes": size_bytes}
        locked = LockedHome(home, self._database, {**limits, **most})
        return Lane(locked, self._database, name=f"analysts-{rows}")

    async def show(self, statement: Statement) -> Sheet:
        """Answer with the first 1,000 rows.

        Raises NotAllowed, StatementRefused with what ClickHouse says, and ServiceUnavailable where it takes
        too long or too much, or others ask.
        """
        async with self._my_turn():
            sql, began = await self._checked(statement.sql), time.monotonic()
            result = await self._shown.run(lambda client: client.query(sql, statement.parameters))
        rows = list(map(tuple, result.result_rows))
        seconds = time.monotonic() - began
        return Sheet(tuple(result.column_names), rows[:SHOWN_ROWS], len(rows) > SHOWN_ROWS, seconds)

    async def export(self, statement: Statement, form: Export) -> bytes:
        """Hand out up to 100,000 rows as a file. Raises as `show` does."""
        async with self._my_turn():
            sql = await self._checked(statement.sql)
            return await self._exported.run(
                lambda client: client.raw_query(sql, statement.parameters, fmt=form.clickhouse_format)
            )

    @asynccontextmanager
    async def _my_turn(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._patience_seconds):
                await self._turn.acquire()
        except TimeoutError as error:
            raise ServiceUnavailable("Other analysts' questions take all the time.") from error
        try:
            yield
        finally:
            self._turn.release()

    async def _checked(self, sql: str) -> str:
        """Return the statement as it is to be run: written anew from the tree that was looked through."""
        if len(sql) > MAX_LENGTH:
            raise NotAllowed(f"A question has at most {MAX_LENGTH:,} characters.")
        try:
            text = await self._cell(PARSE, {"sql": sql})
        except StatementRefused as error:
            if error.code in SYNTAX_CODES:
                raise NotAllowed(_without_prefix(str(error))) from error
            raise
        tables = frozenset(row[0] for row in await self._rows(TABLES, {}))
        functions = self._dialect or dialect(
            await self._rows(FUNCTIONS, {"categories": list(CATEGORIES), "others": list(OTHERS)})
        )
        self._dialect = functions
        tree.check(tree.parsed(text), dialect=functions, database=self._database, tables=tables)
        return await self._cell(WRITE, {"tree": text})

    async def _cell(self, sql: str, parameters: dict[str, Any]) -> str:
        rows = await self._rows(sql, parameters)
        return str(rows[0][0])

    async def _rows(self, sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        work: Callable[[Client], Any] = lambda client: client.query(sql, parameters).result_rows  # noqa: E731
        rows: list[tuple[Any, ...]] = await self._exported.run(work)
        return rows

    async def aclose(self) -> None:
        for lane in (self._shown, self._exported):
            await lane.aclose()


@asynccontextmanager
async def open_desk(
    home: Home, database: str, *, seconds: float, memory_bytes: int
) -> AsyncIterator[AnalystDesk | None]:
    """A desk while the block runs, or none where ClickHouse is a server.

    The embedded engine's directory must be held already.
    """
    if not isinstance(home, EmbeddedHome):
        yield None
        return
    desk = AnalystDesk(home, database, seconds=seconds, memory_bytes=memory_bytes)
    try:
        yield desk
    finally:
        await desk.aclose()


def _without_prefix(message: str) -> str:
    """What ClickHouse has against a statement, without where in the engine it was found."""
    return (
        message.split("DB::Exception:", 1)[-1].split("Expected one of", 1)[0].split("(version", 1)[0].strip()
    )
