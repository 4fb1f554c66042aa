from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from prometheus_client import CollectorRegistry
from quartet.common.v1.error_reason_pb2 import ErrorReason
from quartet.text.v1 import text_service_pb2 as pb
from quartet.text.v1.text_service_pb2_grpc import TextServiceServicer, add_TextServiceServicer_to_server

from services.chassis.errors import by_reason
from services.chassis.server import Registration, serving
from services.chassis.settings import Environment, ServiceSettings
from tests.support.ports import free_port

NAME: Final = pb.DESCRIPTOR.services_by_name["TextService"].full_name
BEGUN: Final = "The beginning of an answer"


class FailingText(TextServiceServicer):
    """A text service that fails with the reason it is asked for by name, and remembers nothing."""

    async def StreamReply(  # noqa: N802 - the contract's name
        self, request: pb.StreamReplyRequest, _context: Any
    ) -> AsyncIterator[pb.StreamReplyResponse]:
        error = by_reason()[request.instruction]
        if error.reason == ErrorReason.Name(ErrorReason.ERROR_REASON_PROVIDER_INTERRUPTED):
            yield pb.StreamReplyResponse(text_delta=BEGUN)
        raise error

    async def ClearConversation(  # noqa: N802 - the contract's name
        self, _request: pb.ClearConversationRequest, _context: Any
    ) -> pb.ClearConversationResponse:
        return pb.ClearConversationResponse()


@asynccontextmanager
async def failing_text() -> AsyncIterator[str]:
    """Serve it on this loop with the chassis, as every service is served; yields the gRPC target."""
    settings = ServiceSettings(
        environment=Environment.TEST, grpc_port=free_port(), metrics_port=free_port(), grace_seconds=0.5
    )
    # What it does not have answers UNIMPLEMENTED.
    servicer = FailingText()  # type: ignore[abstract]
    registration = Registration(add_TextServiceServicer_to_server, servicer, NAME)
    async with serving(settings, [registration], checks={}, registry=CollectorRegistry()):
        yield f"dns:///127.0.0.1:{settings.grpc_port}"
