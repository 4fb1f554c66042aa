import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

import structlog
from grpc_health.v1 import health, health_pb2  # type: ignore[import-untyped]  # no stubs

log = structlog.get_logger()

Check = Callable[[], Awaitable[None]]

OVERALL: Final = ""
LIVENESS: Final = "liveness"
CHECK_TIMEOUT_SECONDS: Final = 1.5
INTERVAL_SECONDS: Final = 1.0
# Several probes at once share one round of checks.
FRESH_SECONDS: Final = 0.1


class Health(health.aio.HealthServicer):  # type: ignore[misc]  # an untyped base
    """grpc.health.v1 for one process: readiness is the checks folded into one answer.

    "" and every service's full name are SERVING while all checks pass. "liveness" is SERVING for as long as
    the loop can answer. A check is evaluated anew on each question, and every second for watchers.
    """

    def __init__(self, checks: Mapping[str, Check], services: Iterable[str]) -> None:
        super().__init__()
        self._checks = dict(checks)
        self._readiness = (OVERALL, *services)
        self._failing: dict[str, str] = {}
        self._checked_at: float | None = None
        self._draining = False
        self._lock = asyncio.Lock()

    async def run(self) -> None:
        """Keep watchers up to date until cancelled."""
        while True:
            await self.refresh()
            await asyncio.sleep(INTERVAL_SECONDS)

    async def refresh(self) -> dict[str, str]:
        """Evaluate the checks. Returns the failing ones, each with what it said."""
        async with self._lock:
            now = time.monotonic()
            if not self._draining and (self._checked_at is None or now - self._checked_at > FRESH_SECONDS):
                results = await asyncio.gather(*(_evaluate(check) for check in self._checks.values()))
                failing = {
                    name: text for name, text in zip(self._checks, results, strict=True) if text is not None
                }
                await self._publish(failing)
                self._checked_at = time.monotonic()
            return dict(self._failing)

    async def drain(self) -> None:
        """Say NOT_SERVING from now on, so that callers go elsewhere while running calls end."""
        async with self._lock:
            self._draining = True
            await self._publish({"draining": "the process is shutting down"})

    async def Check(self, request: health_pb2.HealthCheckRequest, context: object) -> object:  # noqa: N802  # gRPC's name
        await self.refresh()
        return await super().Check(request, context)

    async def _publish(self, failing: dict[str, str]) -> None:
        if failing.keys() != self._failing.keys() or self._checked_at is None:
            log.info("readiness_changed", ready=not failing, failing=failing)
        self._failing = failing
        serving = health_pb2.HealthCheckResponse.SERVING
        readiness = health_pb2.HealthCheckResponse.NOT_SERVING if failing else serving
        for service in self._readiness:
            await self.set(service, readiness)
        await self.set(LIVENESS, serving)


async def _evaluate(check: Check) -> str | None:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_SECONDS):
            await check()
    except Exception as error:  # noqa: BLE001  # a check may fail in any way; that is its answer
        return f"{type(error).__name__}: {error}"
    return None
