import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import grpc
from google.protobuf.struct_pb2 import ListValue, Value
from quartet.admin.v1 import usage_service_pb2 as pb
from quartet.admin.v1.usage_service_pb2_grpc import UsageServiceServicer, add_UsageServiceServicer_to_server

from services.admin.clickhouse import StatementRefused
from services.admin.metrics import AdminMetrics
from services.admin.questions import Questions
from services.chassis.errors import InternalError, InvalidRequest, QuartetError, Violation
from services.chassis.server import Registration

MAX_ROWS: Final = 1000
USUAL_SPAN: Final = timedelta(days=1)
Context = grpc.aio.ServicerContext[Any, Any]


class UsageServicer(UsageServiceServicer):
    """quartet.admin.v1.UsageService, in terms of the domain."""

    def __init__(self, questions: Questions, metrics: AdminMetrics) -> None:
        self._questions = questions
        self._metrics = metrics

    def registration(self) -> Registration:
        """Return what a server needs to serve this."""
        name = pb.DESCRIPTOR.services_by_name["UsageService"].full_name
        return Registration(add_UsageServiceServicer_to_server, self, name)

    async def ListQuestions(  # noqa: N802 - the contract's name
        self, _request: pb.ListQuestionsRequest, _context: Context
    ) -> pb.ListQuestionsResponse:
        listed = [
            pb.Question(
                question_id=question.question_id,
                title=question.title,
                answers=question.answers,
                sql=question.sql,
            )
            for question in self._questions.all()
        ]
        return pb.ListQuestionsResponse(questions=listed)

    async def AnswerQuestion(  # noqa: N802 - the contract's name
        self, request: pb.AnswerQuestionRequest, _context: Context
    ) -> pb.AnswerQuestionResponse:
        begin, until = _span(request)
        began, outcome = time.monotonic(), "error"
        try:
            answer = await self._questions.ask(request.question_id, begin, until)
            outcome = "ok"
        except StatementRefused as error:
            raise InternalError from error
        except QuartetError as error:
            outcome = error.code.lower()
            raise
        finally:
            self._metrics.questions_seconds.labels(outcome=outcome).observe(time.monotonic() - began)
        return pb.AnswerQuestionResponse(
            columns=answer.columns,
            rows=[ListValue(values=map(_value, row)) for row in answer.rows[:MAX_ROWS]],
            truncated=len(answer.rows) > MAX_ROWS,
        )


def _span(request: pb.AnswerQuestionRequest) -> tuple[datetime, datetime]:
    until = request.until_time.ToDatetime(UTC) if request.HasField("until_time") else datetime.now(UTC)
    begin = request.from_time.ToDatetime(UTC) if request.HasField("from_time") else until - USUAL_SPAN
    if begin >= until:
        raise InvalidRequest(violations=[Violation("from_time", "must come before until_time")])
    return begin, until


def _value(cell: Any) -> Value:
    """Write what ClickHouse returns so that JSON could hold it."""
    match cell:
        case None:
            return Value(null_value=0)  # type: ignore[arg-type]  # the enum's only value
        case bool():
            return Value(bool_value=cell)
        case int() | float() | Decimal():
            return Value(number_value=float(cell))
        case list() | tuple():
            return Value(list_value=ListValue(values=map(_value, cell)))
        case datetime():
            return Value(string_value=cell.isoformat(timespec="seconds"))
        case UUID():
            return Value(string_value=str(cell))
    return Value(string_value=str(cell))
