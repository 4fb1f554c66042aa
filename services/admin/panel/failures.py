from typing import Any, Final

import structlog
from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.admin.clickhouse import StatementRefused
from services.admin.panel.frame import language_for, theme_of
from services.admin.panel.wording import Wording
from services.chassis.errors import Code, QuartetError

log = structlog.get_logger()

STATUS: Final = {
    Code.INVALID_ARGUMENT: 400,
    Code.PERMISSION_DENIED: 403,
    Code.NOT_FOUND: 404,
    Code.ABORTED: 409,
    Code.FAILED_PRECONDITION: 409,
    Code.RESOURCE_EXHAUSTED: 429,
    Code.UNAVAILABLE: 503,
    Code.DEADLINE_EXCEEDED: 504,
}
WORDED: Final = frozenset({400, 403, 404, 409, 429, 503, 504})
ERROR: Final = 500
# No such table, no such database: what has just been installed.
NOT_YET_MADE: Final = (60, 81)


class Failures:
    """What visitors see when something does not work: in plain words, with the way on."""

    def __init__(self, wording: Wording, templates: Environment) -> None:
        self._wording = wording
        self._templates = templates

    def handlers(self) -> dict[Any, Any]:
        return {
            QuartetError: self._ours,
            StatementRefused: self._refused,
            HTTPException: self._http,
            Exception: self._unknown,
        }

    async def _ours(self, request: Request, error: QuartetError) -> Response:
        status = STATUS.get(error.code, ERROR)
        log.info("admin_refused_request", reason=error.reason, status=status)
        return self._page(request, status, _detail(error) if error.code is Code.INVALID_ARGUMENT else "")

    async def _refused(self, request: Request, error: StatementRefused) -> Response:
        if error.code in NOT_YET_MADE:
            return self._page(request, 503)
        log.error("clickhouse_refused", code=error.code)
        return self._page(request, ERROR)

    async def _http(self, request: Request, error: HTTPException) -> Response:
        return self._page(request, error.status_code)

    async def _unknown(self, request: Request, error: Exception) -> Response:
        log.error("page_failed", path=request.url.path, exc_info=error)
        return self._page(request, ERROR)

    def _page(self, request: Request, status: int, detail: str = "") -> Response:
        language = language_for(request)
        context = {
            "say": lambda key, **arguments: self._wording.say(key, language, **arguments),
            "language": language,
            "theme": theme_of(request),
            "message": f"failed-{status if status in WORDED else ERROR}",
            "detail": detail,
        }
        return HTMLResponse(self._templates.get_template("failed.html").render(context), status)


def _detail(error: QuartetError) -> str:
    """What is wrong with what was sent, field by field where that is known."""
    wrong = [f"{violation.field}: {violation.description}" for violation in error.violations]
    return "; ".join(wrong) or error.message
