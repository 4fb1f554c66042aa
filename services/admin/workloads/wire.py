from collections.abc import Mapping
from datetime import datetime
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp
from quartet.admin.v1 import workload_service_pb2 as pb

from services.admin.workloads.workload import Action, Happening, Home, Overview, Pod, Revision, Workload

HOMES: Final[Mapping[Home, pb.WorkloadHome.ValueType]] = {
    Home.KUBERNETES: pb.WORKLOAD_HOME_KUBERNETES,
    Home.MACHINE: pb.WORKLOAD_HOME_MACHINE,
}
ACTIONS: Final[Mapping[Action, pb.WorkloadAction.ValueType]] = {
    Action.SCALE: pb.WORKLOAD_ACTION_SCALE,
    Action.RESTART: pb.WORKLOAD_ACTION_RESTART,
    Action.ROLL_BACK: pb.WORKLOAD_ACTION_ROLL_BACK,
}


def overview(seen: Overview, *, may_change: bool) -> pb.ListWorkloadsResponse:
    """What runs, without what the admin who asks may not do."""
    return pb.ListWorkloadsResponse(
        home=HOMES[seen.home],
        workloads=[_workload(each, may_change=may_change) for each in seen.workloads],
        events=[_event(each) for each in seen.happenings],
    )


def _workload(workload: Workload, *, may_change: bool) -> pb.Workload:
    actions = [ACTIONS[action] for action in Action if may_change and action in workload.actions]
    return pb.Workload(
        name=workload.name,
        component=workload.component,
        version=workload.version,
        wanted_replicas=workload.wanted,
        ready_replicas=workload.ready,
        changing=workload.is_changing,
        pods=[_pod(pod) for pod in workload.pods],
        actions=actions,
        generation=workload.generation,
        max_replicas=workload.max_replicas,
        previous=None if workload.previous is None else _revision(workload.previous),
    )


def _pod(pod: Pod) -> pb.Pod:
    return pb.Pod(
        name=pod.name,
        ready=pod.is_ready,
        state=pod.state,
        restarts=pod.restarts,
        version=pod.version,
        start_time=_timestamp(pod.started_at),
        memory_bytes=pod.memory_bytes,
    )


def _revision(revision: Revision) -> pb.Revision:
    return pb.Revision(
        number=revision.number, version=revision.version, create_time=_timestamp(revision.made_at)
    )


def _event(happening: Happening) -> pb.WorkloadEvent:
    return pb.WorkloadEvent(
        event_time=_timestamp(happening.at),
        subject=happening.subject,
        reason=happening.reason,
        message=happening.message,
        count=happening.count,
        warning=happening.is_warning,
    )


def _timestamp(moment: datetime | None) -> Timestamp | None:
    if moment is None:
        return None
    timestamp = Timestamp()
    timestamp.FromDatetime(moment)
    return timestamp
