import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from services.admin.workloads import reading, rights
from services.admin.workloads.api import KubernetesApi
from services.admin.workloads.rights import Right, Rights
from services.admin.workloads.workload import Action, Home, Overview, Workload
from services.chassis.errors import InvalidRequest, PermissionDenied, ResourceNotFound, Violation

RESTARTED_AT: Final = "kubectl.kubernetes.io/restartedAt"
POD_TEMPLATE_HASH: Final = "pod-template-hash"
MOST_REPLICAS: Final = 100


class Cluster:
    """The deployments of one release in Kubernetes, as far as this service may see and change them."""

    def __init__(self, api: KubernetesApi, selector: str) -> None:
        self._api = api
        self._selector = selector
        self._rights = Rights(api)

    async def look(self) -> Overview:
        """Return what runs, as far as it may be seen: nothing, perhaps. Raises ServiceUnavailable."""
        if not await self._rights.of(rights.SEE_WORKLOADS):
            return Overview(Home.KUBERNETES, ())
        deployments = await self._api.deployments(self._selector)
        names = [deployment.metadata.name for deployment in deployments]
        may = await self._rights.of(
            rights.SEE_PODS, rights.SEE_EVENTS, rights.SEE_REVISIONS, *map(rights.change, names)
        )
        pods, replica_sets, events = await asyncio.gather(
            self._pods(may), self._replica_sets(may), self._events(may)
        )
        workloads = [_workload(each, pods, replica_sets, may) for each in deployments]
        return Overview(
            Home.KUBERNETES,
            sorted(workloads, key=lambda workload: workload.component),
            reading.happenings_of(events, names),
        )

    async def scale(self, name: str, replicas: int, *, generation: int) -> None:
        deployment = await self._found(name, generation, Action.SCALE)
        most = _max_replicas(deployment) or MOST_REPLICAS
        if not 0 <= replicas <= most:
            raise InvalidRequest(violations=[Violation("replicas", f"must be from 0 to {most}")])
        await self._change(deployment, [{"op": "replace", "path": "/spec/replicas", "value": replicas}])

    async def restart(self, name: str, *, generation: int) -> None:
        deployment = await self._found(name, generation, Action.RESTART)
        annotations = dict(deployment.spec.template.metadata.annotations or {})
        annotations[RESTARTED_AT] = datetime.now(UTC).isoformat(timespec="seconds")
        path = "/spec/template/metadata/annotations"
        await self._change(deployment, [{"op": "add", "path": path, "value": annotations}])

    async def roll_back(self, name: str, revision: int, *, generation: int) -> None:
        deployment = await self._found(name, generation, Action.ROLL_BACK)
        replica_sets = reading.owned_by(deployment, await self._api.replica_sets(self._selector))
        before = reading.previous(deployment, replica_sets)
        if before is None or reading.revision_number(before) != revision:
            raise InvalidRequest(violations=[Violation("revision", "is not the one before")])
        template = self._api.plain(before.spec.template)
        template["metadata"]["labels"].pop(POD_TEMPLATE_HASH, None)
        await self._change(deployment, [{"op": "replace", "path": "/spec/template", "value": template}])

    async def _found(self, name: str, generation: int, action: Action) -> Any:
        deployments = await self._api.deployments(self._selector)
        deployment = next((each for each in deployments if each.metadata.name == name), None)
        if deployment is None:
            raise ResourceNotFound
        if deployment.metadata.generation != generation:
            raise InvalidRequest(
                violations=[Violation("generation", "the workload has changed since it was looked at")]
            )
        may = await self._rights.of(rights.SEE_REVISIONS, rights.change(name))
        if action not in _actions(deployment, may):
            raise PermissionDenied("Kubernetes does not allow this service to do it")
        return deployment

    async def _change(self, deployment: Any, changes: Sequence[Mapping[str, Any]]) -> None:
        # Nobody may have changed it between our look and this: Kubernetes itself compares.
        seen = {
            "op": "test",
            "path": "/metadata/resourceVersion",
            "value": deployment.metadata.resource_version,
        }
        await self._api.patch(deployment.metadata.name, [seen, *changes])

    async def _pods(self, may: frozenset[Right]) -> Sequence[Any]:
        return await self._api.pods(self._selector) if rights.SEE_PODS in may else ()

    async def _replica_sets(self, may: frozenset[Right]) -> Sequence[Any]:
        return await self._api.replica_sets(self._selector) if rights.SEE_REVISIONS in may else ()

    async def _events(self, may: frozenset[Right]) -> Sequence[Any]:
        return await self._api.events() if rights.SEE_EVENTS in may else ()


def _workload(
    deployment: Any, pods: Sequence[Any], replica_sets: Sequence[Any], may: frozenset[Right]
) -> Workload:
    metadata, spec, status = deployment.metadata, deployment.spec, deployment.status
    sets = reading.owned_by(deployment, replica_sets)
    before = reading.previous(deployment, sets)
    component = reading.label(deployment, reading.COMPONENT)
    mine = [pod for pod in pods if reading.label(pod, reading.COMPONENT) == component]
    actions = _actions(deployment, may)
    return Workload(
        name=metadata.name,
        component=component,
        version=reading.version_of(spec.template),
        wanted=spec.replicas,
        ready=status.ready_replicas or 0,
        is_changing=_is_changing(deployment),
        pods=[reading.pod_of(pod) for pod in sorted(mine, key=lambda pod: str(pod.metadata.name))],
        actions=actions if before is not None else actions - {Action.ROLL_BACK},
        generation=metadata.generation,
        max_replicas=_max_replicas(deployment),
        previous=None if before is None else reading.revision_of(before),
    )


def _actions(deployment: Any, may: frozenset[Right]) -> frozenset[Action]:
    if rights.change(deployment.metadata.name) not in may:
        return frozenset()
    is_counted = bool(reading.annotation(deployment, reading.COUNTED_BY))
    return frozenset(
        action
        for action, is_possible in (
            (Action.RESTART, True),
            (Action.SCALE, not is_counted),
            (Action.ROLL_BACK, rights.SEE_REVISIONS in may),
        )
        if is_possible
    )


def _max_replicas(deployment: Any) -> int:
    most = reading.annotation(deployment, reading.MAX_REPLICAS)
    return int(most) if most.isdigit() else 0


def _is_changing(deployment: Any) -> bool:
    wanted, status = deployment.spec.replicas, deployment.status
    is_seen = (status.observed_generation or 0) >= deployment.metadata.generation
    counts = {status.replicas or 0, status.updated_replicas or 0, status.available_replicas or 0}
    return not is_seen or counts != {wanted}
