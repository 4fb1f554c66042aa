import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Protocol

import structlog
from google.protobuf.timestamp_pb2 import Timestamp
from prometheus_client import CollectorRegistry
from quartet.common.v1.error_reason_pb2 import ErrorReason
from quartet.common.v1.usage_events_pb2 import ModelCalled, UsageHeader, UsageOutcome

from services.chassis.errors import ServiceUnavailable
from services.chassis.jetstream import Nats
from services.chassis.settings import ServiceSettings
from services.chassis.usage import UsageEvent, open_usage, request_id, usage_id
from services.providers.accounting import Books, Call, Outcome, Spent

log = structlog.get_logger()

# No answer waits longer for analysts.
PATIENCE_SECONDS: Final = 0.5


class Usage(Protocol):
    """Where usage events go."""

    async def publish(self, event: UsageEvent) -> None:
        """Raises ServiceUnavailable: it may then be published again."""
        ...

    def offer(self, event: UsageEvent) -> None: ...


class UsageLedger:
    """Tells analysts of the calls to vendors of one service."""

    def __init__(self, usage: Usage, *, service: str) -> None:
        self._usage = usage
        self._service = service

    async def enter(self, call: Call) -> None:
        event = self._event(call)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._usage.publish(event)
        except (TimeoutError, ServiceUnavailable) as error:
            # Stored after all or not: it is one row.
            log.warning("usage_waits", error=type(error).__name__)
            self._usage.offer(event)

    def note(self, call: Call) -> None:
        self._usage.offer(self._event(call))

    def _event(self, call: Call) -> ModelCalled:
        happened = Timestamp()
        happened.FromDatetime(call.called_at)
        step = f"call.{call.operation}.{call.call_id}"
        event = ModelCalled(
            header=UsageHeader(event_id=usage_id(call.turn_id, step), happen_time=happened),
            request_id=request_id(call.turn_id) if call.turn_id else "",
            user_key=call.user_key,
            service=self._service,
            operation=call.operation,
            provider=call.by.provider,
            model=call.by.model,
            attempt=call.attempt,
            outcome=UsageOutcome.Value(f"USAGE_OUTCOME_{call.outcome.name}"),
            error_reason=ErrorReason.Value(call.reason or "ERROR_REASON_UNSPECIFIED"),
            finish_reason=call.finish,
            latency_ms=call.latency_ms,
            first_token_ms=call.first_token_ms,
            # Of an answer that was stopped, somebody has read the beginning.
            wasted=call.outcome is Outcome.ERROR,
        )
        if call.spent is not None:
            _enter(event, call.spent)
        return event


@asynccontextmanager
async def open_books(
    nats: Nats, settings: ServiceSettings, registry: CollectorRegistry, *, service: str, replicas: int
) -> AsyncIterator[Books]:
    """Open a service's books; what is entered is stored in the block. Raises ConfigurationConflict."""
    async with open_usage(nats, settings, registry, service=service, replicas=replicas) as usage:
        yield Books(UsageLedger(usage, service=service))


def _enter(event: ModelCalled, spent: Spent) -> None:
    event.input_token_count = spent.input_tokens
    event.cached_input_token_count = spent.cached_input_tokens
    event.output_token_count = spent.output_tokens
    event.reasoning_token_count = spent.reasoning_tokens
    event.unit_count = spent.unit_count
    event.unit = spent.unit
    event.price_version = spent.price_version
    event.estimated = spent.estimated
    if spent.cost_micros is not None:
        event.cost_micros = spent.cost_micros
