from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from starlette.responses import Response

from services.admin.charts.period import Period
from services.admin.clickhouse import StatementRefused
from services.admin.panel.desk import Desk
from services.admin.panel.page import Act, Page, Section, Show
from services.admin.panel.tables import Table, table
from services.admin.panel.visit import Visit
from services.admin.panel.wording import Language
from services.admin.questions import span as question_span
from services.admin.sql import AnalystDesk, Export, NotAllowed, Statement
from services.admin.sql.desk import EXPORTED_ROWS, SHOWN_ROWS
from services.chassis.errors import ResourceNotFound, ServiceUnavailable
from services.chassis.roles import AdminRole

FIRST: Final = """\
SELECT service, count() AS requests
FROM v_requests
WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
GROUP BY service
ORDER BY requests DESC"""


@dataclass(frozen=True)
class Answered:
    """What is shown below the question."""

    table: Table | None = None
    notice: str = ""
    is_bad: bool = False


def page(desk: Desk) -> Page:
    """Where analysts ask in SQL. What they ask stands in the audit log."""

    async def show(visit: Visit) -> Response:
        chosen = visit.query.get("question", "")
        questions = {question.question_id: question for question in desk.questions.all()}
        sql = questions[chosen].sql if chosen in questions else FIRST
        return _page(desk, visit, sql, Period.DAY, Answered(), chosen)

    async def ask(visit: Visit) -> Response:
        analysts, statement = _analysts(desk), _statement(visit)
        try:
            answered = await _answer(analysts, statement, visit)
        except (NotAllowed, StatementRefused, ServiceUnavailable) as error:
            answered = Answered(notice=_reason(error, visit), is_bad=True)
        period = _period(visit.form_fields.get("period", ""))
        return _page(desk, visit, statement.sql, period, answered)

    async def export(visit: Visit) -> Response:
        analysts, statement = _analysts(desk), _statement(visit)
        form = Export.PARQUET if visit.form_fields.get("form") == Export.PARQUET else Export.CSV
        try:
            content = await analysts.export(statement, form)
        except (NotAllowed, StatementRefused, ServiceUnavailable) as error:
            answered = Answered(notice=_reason(error, visit), is_bad=True)
            return _page(desk, visit, statement.sql, _period(visit.form_fields.get("period", "")), answered)
        name = f"quartet-{datetime.now(UTC):%Y%m%d-%H%M%S}.{form}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=form.media_type, headers=headers)

    routes = (Show("/sql", show), Act("/sql", ask, "sql.ask"), Act("/sql/export", export, "sql.export"))
    return Page("sql", "/sql", Section.FIGURES, AdminRole.ANALYST, routes)


def _analysts(desk: Desk) -> AnalystDesk:
    if desk.insight.analysts is None:
        raise ResourceNotFound(metadata={"resource": "sql"})
    return desk.insight.analysts


async def _answer(analysts: AnalystDesk, statement: Statement, visit: Visit) -> Answered:
    sheet = await analysts.show(statement)
    said = visit.say("sql-answered", rows=len(sheet.rows), seconds=f"{sheet.seconds:.2f}")
    if sheet.is_cut:
        said = f"{said} {visit.say('sql-cut', rows=SHOWN_ROWS)}"
    answer = table("", sheet.columns, sheet.rows, Language(visit.language), most=SHOWN_ROWS)
    return Answered(answer, said)


def _page(
    desk: Desk, visit: Visit, sql: str, period: Period, answered: Answered, chosen: str = ""
) -> Response:
    limits = visit.say(
        "sql-limits",
        seconds=f"{desk.settings.sql_seconds:g}",
        megabytes=str(desk.settings.sql_bytes // 1_000_000),
        rows=str(SHOWN_ROWS),
        exported=str(EXPORTED_ROWS),
    )
    return visit.show(
        "sql.html",
        is_here=desk.insight.analysts is not None,
        questions=desk.questions.all(),
        chosen=chosen,
        periods=tuple(Period),
        period=period,
        sql=sql,
        limits=limits,
        answered=answered,
    )


def _statement(visit: Visit) -> Statement:
    span = _period(visit.form_fields.get("period", "")).until(datetime.now(UTC))
    return Statement(visit.form_fields.get("sql", ""), question_span(span.begin, span.until))


def _period(chosen: str) -> Period:
    return Period(chosen) if chosen in tuple(Period) else Period.DAY


def _reason(error: Exception, visit: Visit) -> str:
    match error:
        case NotAllowed():
            return visit.say("sql-not-allowed", reason=str(error))
        case StatementRefused():
            return visit.say("sql-refused", reason=str(error)[:500])
    return visit.say("sql-busy")
