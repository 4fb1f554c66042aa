import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.timestamp_pb2 import Timestamp
from quartet.admin.v1 import usage_service_pb2 as pb
from quartet.admin.v1.usage_service_pb2_grpc import UsageServiceStub

from services.chassis.client import channel
from services.local.probes import HttpProbe
from tests.support.ports import free_port
from tests.support.processes import RealProcess


class AdminProcess:
    """The admin service as a process, with the embedded engine, and a client of it."""

    def __init__(self, process: RealProcess, stub: Any, grpc_port: int) -> None:
        self.process = process
        self.stub = stub
        self.grpc_port = grpc_port

    async def questions(self) -> list[pb.Question]:
        response = await self.stub.ListQuestions(pb.ListQuestionsRequest(), wait_for_ready=True)
        return list(response.questions)

    async def ask(
        self, question_id: str, begin: datetime | None = None, until: datetime | None = None
    ) -> list[dict[str, Any]]:
        request = pb.AnswerQuestionRequest(
            question_id=question_id, from_time=_timestamp(begin), until_time=_timestamp(until)
        )
        answer = await self.stub.AnswerQuestion(request, wait_for_ready=True)
        return [dict(zip(answer.columns, MessageToDict(row), strict=True)) for row in answer.rows]


@asynccontextmanager
async def admin_process(nats_url: str, folder: Path, **variables: str) -> AsyncIterator[AdminProcess]:
    """Run the service; it comes back whenever it ends."""
    grpc_port, metrics_port = free_port(), free_port()
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("CLICKHOUSE_", "USAGE_"))
    }
    environment = {
        **kept,
        "QUARTET_ENVIRONMENT": "test",
        "NATS_URL": nats_url,
        "ADMIN_DIRECTORY": str(folder / "admin"),
        "GRPC_PORT": str(grpc_port),
        "METRICS_PORT": str(metrics_port),
        "PANEL_PORT": str(free_port()),
        "USAGE_ACK_WAIT_SECONDS": "1",
        "USAGE_BATCH_SECONDS": "0.2",
        "ROLLUP_SECONDS": "1",
        **variables,
    }
    probe = HttpProbe(f"http://127.0.0.1:{metrics_port}/readyz")
    command = (sys.executable, "-m", "services.admin")
    process = RealProcess("admin", command, environment, probe, folder / "admin.log")
    process.restarts_automatically = True
    await process.start()
    try:
        async with channel(f"ipv4:127.0.0.1:{grpc_port}") as opened:
            yield AdminProcess(process, UsageServiceStub(opened), grpc_port)
    finally:
        await process.stop()


def _timestamp(time: datetime | None) -> Timestamp | None:
    if time is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(time)
    return stamp
