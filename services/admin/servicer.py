import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import grpc
from google.protobuf.struct_pb2 import ListValue, Value
from quartet.admin.v1 import usage_service_pb2 as pb
from quartet.admin.v1.usage_service_pb2_grpc import UsageServiceServicer, add_UsageServiceServicer_to_server

from services.admin.charts.figures import BETTER_WHEN_LESS, Figure
from services.admin.charts.period import Period
from services.admin.charts.plots import Unit
from services.admin.charts.sketch import Form, Theme
from services.admin.clickhouse import StatementRefused
from services.admin.insight import OVERVIEW, Insight
from services.admin.metrics import AdminMetrics
from services.admin.panel.wording import Language
from services.admin.questions import Questions
from services.chassis.errors import InternalError, InvalidRequest, QuartetError, Violation
from services.chassis.roles import AdminRole, Admins
from services.chassis.server import Registration

MAX_CHARTS: Final = 4
PERIODS: Final = {
    pb.Period.PERIOD_DAY: Period.DAY,
    pb.Period.PERIOD_WEEK: Period.WEEK,
    pb.Period.PERIOD_MONTH: Period.MONTH,
    pb.Period.PERIOD_QUARTER: Period.QUARTER,
}
UNITS: Final = {
    Unit.COUNT: pb.FigureUnit.FIGURE_UNIT_COUNT,
    Unit.PERCENT: pb.FigureUnit.FIGURE_UNIT_PERCENT,
    Unit.SECONDS: pb.FigureUnit.FIGURE_UNIT_SECONDS,
    Unit.USD: pb.FigureUnit.FIGURE_UNIT_USD,
}
MAX_ROWS: Final = 1000
USUAL_SPAN: Final = timedelta(days=1)
Context = grpc.aio.ServicerContext[Any, Any]


class UsageServicer(UsageServiceServicer):
    """quartet.admin.v1.UsageService, in terms of the domain."""

    def __init__(self, questions: Questions, insight: Insight, admins: Admins, metrics: AdminMetrics) -> None:
        self._questions = questions
        self._insight = insight
        self._admins = admins
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

    async def GetFigures(  # noqa: N802 - the contract's name
        self, request: pb.GetFiguresRequest, _context: Context
    ) -> pb.GetFiguresResponse:
        self._admins.require(request.actor.user_id, AdminRole.ANALYST)
        figures = await self._insight.figures.lately(_period(request.period))
        return pb.GetFiguresResponse(figures=map(_figure, figures))

    async def DrawChart(  # noqa: N802 - the contract's name
        self, request: pb.DrawChartRequest, _context: Context
    ) -> pb.DrawChartResponse:
        self._admins.require(request.actor.user_id, AdminRole.ANALYST)
        if len(request.chart_ids) > MAX_CHARTS:
            raise InvalidRequest(violations=[Violation("chart_ids", f"must be at most {MAX_CHARTS}")])
        language, period = _language(request.language_code), _period(request.period)
        content = await self._insight.gallery.board(
            tuple(request.chart_ids) or OVERVIEW,
            period,
            theme=Theme.DARK if request.dark else Theme.LIGHT,
            language=language,
        )
        return pb.DrawChartResponse(content=content, media_type=Form.PNG.media_type)


def _period(period: pb.Period.ValueType) -> Period:
    return PERIODS.get(period, Period.DAY)


def _language(code: str) -> Language:
    return Language(code) if code in tuple(Language) else Language.EN


def _figure(figure: Figure) -> pb.Figure:
    return pb.Figure(
        name=figure.name,
        unit=UNITS[figure.unit],
        now=figure.now,
        before=figure.before,
        better_when_less=figure.name in BETTER_WHEN_LESS,
    )


def _span(request: pb.AnswerQuestionRequest) -> tuple[datetime, datetime]:
    # Questions count in whole seconds, and a part that has only the last of them ClickHouse passes over: it
    # reads `ts < 51` of times with milliseconds as `ts <= 50`. What happens now is to be among the answers.
    now = datetime.now(UTC) + timedelta(seconds=2)
    until = request.until_time.ToDatetime(UTC) if request.HasField("until_time") else now
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
