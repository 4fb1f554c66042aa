from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import nats.errors
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

from services.chassis.errors import ServiceUnavailable

# Short, because a request that the server never saw is waited for in full.
REQUEST_SECONDS: Final = 2.0
STORE_SECONDS: Final = 10.0
STORE_FAILURES: Final = (nats.errors.Error, TimeoutError)

T = TypeVar("T")


async def persist(action: Callable[[], Awaitable[T]], seconds: float = STORE_SECONDS) -> T:
    """Repeat an action, with jitter, through conflicts and restarts of the server.

    Raises ServiceUnavailable if the store stays silent.
    """
    attempts = AsyncRetrying(
        retry=retry_if_exception_type(STORE_FAILURES),
        wait=wait_random_exponential(multiplier=0.05, max=1.0),
        stop=stop_after_delay(seconds),
        reraise=True,
    )

    async def attempt() -> T:
        # The library takes what is no coroutine function itself, a lambda for one, as a plain function.
        return await action()

    try:
        return await attempts(attempt)
    except STORE_FAILURES as error:
        raise ServiceUnavailable("the store of videos does not answer") from error
