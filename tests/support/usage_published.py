from contextlib import AbstractAsyncContextManager

from prometheus_client import CollectorRegistry

from services.chassis.jetstream import Nats
from services.chassis.settings import ServiceSettings
from services.chassis.usage import UsagePublisher, open_usage


def publishing_usage(
    nats: Nats, settings: ServiceSettings, *, service: str
) -> AbstractAsyncContextManager[UsagePublisher]:
    """The real publisher, with metrics of its own."""
    return open_usage(nats, settings, CollectorRegistry(), service=service, replicas=1)
