from collections.abc import AsyncIterator, Awaitable
from typing import TYPE_CHECKING, TypeAlias

import grpc
import pytest
from prometheus_client import CollectorRegistry
from quartet.admin.v1 import workload_service_pb2 as pb
from quartet.admin.v1.workload_service_pb2_grpc import WorkloadServiceStub
from quartet.common.v1.actor_pb2 import Actor

from services.admin.workloads.servicer import WorkloadServicer
from services.admin.workloads.workload import Action, Home, Overview, Pod, Revision, Workload
from services.chassis.client import channel
from services.chassis.errors import PermissionDenied
from services.chassis.interceptors import ServerEdge
from services.chassis.roles import Admins
from services.chassis.telemetry.metrics import ServerMetrics

if TYPE_CHECKING:
    from quartet.admin.v1.workload_service_pb2_grpc import WorkloadServiceAsyncStub

Stub: TypeAlias = "WorkloadServiceAsyncStub"

OWNER, OPERATOR, ANALYST, STRANGER = 1, 2, 3, 4


class Told:
    """Where the services run, as far as this test is concerned: it keeps what it was told to do."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    async def look(self) -> Overview:
        pod = Pod("text-1", True, "Running", 3, "1.2.3", None)
        text = Workload(
            "quartet-text",
            "text",
            "1.2.3",
            1,
            1,
            False,
            [pod],
            frozenset(Action),
            7,
            0,
            Revision(4, "1.2.2", None),
        )
        return Overview(Home.KUBERNETES, [text])

    async def scale(self, name: str, replicas: int, *, generation: int) -> None:
        self.told.append(("scale", name, replicas, generation))

    async def restart(self, name: str, *, generation: int) -> None:
        self.told.append(("restart", name, generation))

    async def roll_back(self, name: str, revision: int, *, generation: int) -> None:
        self.told.append(("roll back", name, revision, generation))


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def stub(told: Told) -> AsyncIterator[Stub]:
    admins = Admins(frozenset({OWNER}), frozenset({OPERATOR}), frozenset({ANALYST}))
    server = grpc.aio.server(interceptors=[ServerEdge(ServerMetrics(CollectorRegistry()))])
    registration = WorkloadServicer(told, admins).registration()
    registration.add(registration.servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with channel(f"ipv4:127.0.0.1:{port}") as opened:
        yield WorkloadServiceStub(opened)
    await server.stop(None)


async def test_an_owner_sees_what_runs_and_what_can_be_done(stub: Stub) -> None:
    seen = await stub.ListWorkloads(pb.ListWorkloadsRequest(actor=Actor(user_id=OWNER)))
    (text,) = seen.workloads
    assert (text.component, text.version, text.ready_replicas, text.pods[0].restarts) == (
        "text",
        "1.2.3",
        1,
        3,
    )
    assert (text.previous.number, text.previous.version, text.generation) == (4, "1.2.2", 7)
    assert set(text.actions) == {
        pb.WORKLOAD_ACTION_SCALE,
        pb.WORKLOAD_ACTION_RESTART,
        pb.WORKLOAD_ACTION_ROLL_BACK,
    }


async def test_an_operator_only_looks(stub: Stub, told: Told) -> None:
    actor = Actor(user_id=OPERATOR)
    seen = await stub.ListWorkloads(pb.ListWorkloadsRequest(actor=actor))
    assert not seen.workloads[0].actions
    changes: list[Awaitable[object]] = [
        stub.ScaleWorkload(
            pb.ScaleWorkloadRequest(actor=actor, name="quartet-text", replicas=0, generation=7)
        ),
        stub.RestartWorkload(pb.RestartWorkloadRequest(actor=actor, name="quartet-text", generation=7)),
        stub.RollBackWorkload(
            pb.RollBackWorkloadRequest(actor=actor, name="quartet-text", revision=4, generation=7)
        ),
    ]
    for change in changes:
        with pytest.raises(PermissionDenied):
            await change
    assert told.told == []


@pytest.mark.parametrize("user_id", [ANALYST, STRANGER, 0])
async def test_nobody_else_sees_anything(stub: Stub, user_id: int) -> None:
    with pytest.raises(PermissionDenied):
        await stub.ListWorkloads(pb.ListWorkloadsRequest(actor=Actor(user_id=user_id)))


async def test_what_an_owner_asks_for_is_done_with_what_he_has_seen(stub: Stub, told: Told) -> None:
    actor = Actor(user_id=OWNER)
    name = "quartet-text"
    await stub.ScaleWorkload(pb.ScaleWorkloadRequest(actor=actor, name=name, replicas=3, generation=7))
    await stub.RestartWorkload(pb.RestartWorkloadRequest(actor=actor, name=name, generation=8))
    await stub.RollBackWorkload(pb.RollBackWorkloadRequest(actor=actor, name=name, revision=4, generation=9))
    assert told.told == [("scale", name, 3, 7), ("restart", name, 8), ("roll back", name, 4, 9)]
