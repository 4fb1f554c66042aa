import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from clickhouse_connect.driver.client import Client

from services.admin.clickhouse.homes import Home
from services.admin.clickhouse.refusals import translated
from services.chassis.errors import StartupError

T = TypeVar("T")


class Lane:
    """One client on one thread: what is asked of it is done in order, and the loop does not wait."""

    def __init__(self, home: Home, database: str, *, name: str) -> None:
        self._home = home
        self._database = database
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"clickhouse-{name}")
        self._client: Client | None = None

    async def run(self, work: Callable[[Client], T]) -> T:
        """Do it with the client, which is opened when first needed.

        Cancelled, the thread goes on to the end of it. Raises ServiceUnavailable, RowsRefused,
        StatementRefused, and StartupError where the embedded engine cannot be opened.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, self._do, work)
        except StartupError:
            raise
        except Exception as error:
            # Whatever the client raises is one of three things here.
            raise translated(error) from error

    async def aclose(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._executor, self._close)
        self._executor.shutdown(wait=False)

    def _do(self, work: Callable[[Client], T]) -> T:
        if self._client is None:
            client = self._home.open()
            # Not a parameter of opening: the database may not be there yet.
            client.database = self._database
            self._client = client
        return work(self._client)

    def _close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
