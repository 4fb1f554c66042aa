import asyncio
import time
from dataclasses import dataclass
from typing import Final

from services.admin.workloads.api import KubernetesApi

FRESH_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Right:
    """Something that one may be allowed to do in a namespace."""

    verb: str
    group: str
    resource: str
    name: str = ""


SEE_WORKLOADS: Final = Right("list", "apps", "deployments")
SEE_PODS: Final = Right("list", "", "pods")
SEE_EVENTS: Final = Right("list", "", "events")
SEE_REVISIONS: Final = Right("list", "apps", "replicasets")


def change(name: str) -> Right:
    return Right("patch", "apps", "deployments", name)


class Rights:
    """What this service may do, asked of Kubernetes at most once a minute."""

    def __init__(self, api: KubernetesApi) -> None:
        self._api = api
        self._known: dict[Right, tuple[float, bool]] = {}

    async def of(self, *wanted: Right) -> frozenset[Right]:
        """Return those of the rights that are there."""
        answers = await asyncio.gather(*map(self._has, wanted))
        return frozenset(right for right, has in zip(wanted, answers, strict=True) if has)

    async def _has(self, right: Right) -> bool:
        asked_at, has = self._known.get(right, (-FRESH_SECONDS, False))
        if time.monotonic() - asked_at >= FRESH_SECONDS:
            has = await self._api.may(right.verb, right.group, right.resource, right.name)
            self._known[right] = time.monotonic(), has
        return has
