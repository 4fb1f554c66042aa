from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from services.admin.workloads.workload import Happening, Pod, Revision

COMPONENT: Final = "app.kubernetes.io/component"
VERSION: Final = "app.kubernetes.io/version"
REVISION: Final = "deployment.kubernetes.io/revision"
# The chart says so of its own deployments.
COUNTED_BY: Final = "quartet/replicas-counted-by"
MAX_REPLICAS: Final = "quartet/max-replicas"
MOST_HAPPENINGS: Final = 50


def label(thing: Any, name: str) -> str:
    return str((thing.metadata.labels or {}).get(name, ""))


def annotation(thing: Any, name: str) -> str:
    return str((thing.metadata.annotations or {}).get(name, ""))


def owned_by(owner: Any, things: Iterable[Any]) -> list[Any]:
    """Those of the things that Kubernetes has made for the owner."""
    uid = owner.metadata.uid
    return [thing for thing in things if any(ref.uid == uid for ref in thing.metadata.owner_references or ())]


def version_of(template: Any) -> str:
    """The release that a pod's template is of: its label, or the tag of its image."""
    named = label(template, VERSION)
    return named or str(template.spec.containers[0].image).rpartition(":")[2]


def pod_of(found: Any) -> Pod:
    statuses = found.status.container_statuses or ()
    conditions = {condition.type: condition.status for condition in found.status.conditions or ()}
    return Pod(
        name=found.metadata.name,
        is_ready=conditions.get("Ready") == "True",
        state=_state(found, statuses),
        restarts=sum(status.restart_count for status in statuses),
        version=version_of(found),
        started_at=found.status.start_time,
    )


def _state(found: Any, statuses: Iterable[Any]) -> str:
    if found.metadata.deletion_timestamp is not None:
        return "Terminating"
    for status in statuses:
        now, before = status.state, status.last_state
        if now and now.waiting and now.waiting.reason:
            # Why it fell says more than that it will be started again.
            fell = before.terminated.reason if before and before.terminated else None
            return str(fell if fell == "OOMKilled" else now.waiting.reason)
        if now and now.terminated and now.terminated.reason:
            return str(now.terminated.reason)
    return str(found.status.phase or "Unknown")


def revision_number(replica_set: Any) -> int:
    number = annotation(replica_set, REVISION)
    return int(number) if number.isdigit() else 0


def revision_of(replica_set: Any) -> Revision:
    return Revision(
        number=revision_number(replica_set),
        version=version_of(replica_set.spec.template),
        made_at=replica_set.metadata.creation_timestamp,
    )


def previous(deployment: Any, replica_sets: Sequence[Any]) -> Any | None:
    """The replica set of the revision before the one that is wanted now."""
    now = annotation(deployment, REVISION)
    older = [each for each in replica_sets if 0 < revision_number(each) < int(now)] if now.isdigit() else []
    return max(older, key=revision_number, default=None)


def happenings_of(events: Iterable[Any], names: Sequence[str]) -> list[Happening]:
    """What has happened to the workloads of these names, their replica sets and pods; the latest first."""
    ours = [event for event in events if _is_about(event.involved_object.name or "", names)]
    found = [
        Happening(
            at=_moment(event),
            subject=f"{event.involved_object.kind}/{event.involved_object.name}",
            reason=event.reason or "",
            message=" ".join((event.message or "").split()),
            count=event.count or 1,
            is_warning=event.type == "Warning",
        )
        for event in ours
    ]
    found.sort(key=lambda one: one.at or datetime.min.replace(tzinfo=UTC), reverse=True)
    return found[:MOST_HAPPENINGS]


def _is_about(subject: str, names: Sequence[str]) -> bool:
    return any(subject == name or subject.startswith(f"{name}-") for name in names)


def _moment(event: Any) -> datetime | None:
    moment: datetime | None = event.last_timestamp or event.event_time or event.metadata.creation_timestamp
    return moment
