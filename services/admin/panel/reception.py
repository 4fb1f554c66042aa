from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

import structlog
from jinja2 import Environment
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.admin.panel.access.sessions import Door, Session
from services.admin.panel.cookies import Cookies
from services.admin.panel.desk import Desk
from services.admin.panel.frame import frame_of, language_for, theme_of
from services.admin.panel.headers import FRAMED
from services.admin.panel.live import Streams
from services.admin.panel.origin import is_own
from services.admin.panel.page import Act, Live, Page, Show
from services.admin.panel.visit import Visit, notice_of
from services.admin.panel.wording import Wording
from services.chassis.errors import PermissionDenied
from services.chassis.roles import AdminRole

log = structlog.get_logger()

MAX_FILES: Final = 1
MAX_FIELDS: Final = 100
MAX_PART_BYTES: Final = 12 * 2**20
TOKEN: Final = "form_token"  # noqa: S105  # a field's name
Endpoint = Callable[[Request], Awaitable[Response]]


class SignedOut(Exception):
    """Nobody who may come in: the cookie is missing, or its session is over."""


class Reception:
    """Stands before every page: who is it, may they, did the form come from us, and into the audit log."""

    def __init__(
        self,
        desk: Desk,
        pages: Iterable[Page],
        cookies: Cookies,
        wording: Wording,
        templates: Environment,
        streams: Streams,
    ) -> None:
        self._desk = desk
        self._pages = tuple(pages)
        self._cookies = cookies
        self._wording = wording
        self._templates = templates
        self._streams = streams

    def routes(self) -> list[Route]:
        """All that the pages show and do."""
        return [self._route(page, route) for page in self._pages for route in page.routes]

    async def session(self, request: Request) -> tuple[Session, AdminRole] | None:
        """Return who is in, with the role that they have now."""
        cookie = self._cookies.session(request)
        session = await self._desk.sessions.find(cookie) if cookie else None
        role = self._desk.settings.admins.role_of(session.user_id) if session else None
        return (session, role) if session and role else None

    def _route(self, page: Page, route: Show | Act | Live) -> Route:
        least = route.least or page.least
        match route:
            case Show():
                return Route(route.path, self._showing(page, route, least), methods=["GET"])
            case Act():
                return Route(route.path, self._acting(page, route, least), methods=["POST"])
            case Live():
                return Route(route.path, self._living(page, route, least), methods=["GET"])

    def _showing(self, page: Page, route: Show, least: AdminRole) -> Endpoint:
        async def show(request: Request) -> Response:
            try:
                return await route.handler(await self._visit(request, page, least))
            except SignedOut:
                return RedirectResponse(f"/enter?next={page.path}", 303)

        return show

    def _living(self, page: Page, route: Live, least: AdminRole) -> Endpoint:
        async def live(request: Request) -> Response:
            try:
                return self._streams.response(await self._visit(request, page, least), route)
            except SignedOut:
                return Response(status_code=204)

        return live

    def _acting(self, page: Page, route: Act, least: AdminRole) -> Endpoint:
        async def act(request: Request) -> Response:
            if not is_own(request):
                raise PermissionDenied("the form comes from another site")
            try:
                # Who it is comes first: nobody else's body is read.
                await self._visit(request, page, least)
                async with request.form(
                    max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=MAX_PART_BYTES
                ) as form:
                    visit = await self._visit(request, page, least, form)
                    self._require_token(visit)
                    return await self._done(visit, route)
            except SignedOut:
                return RedirectResponse("/enter", 303)

        return act

    async def _done(self, visit: Visit, route: Act) -> Response:
        hidden = {TOKEN, *route.private}
        fields = {key: str(value) for key, value in visit.request.path_params.items()}
        fields |= {key: value for key, value in visit.form_fields.items() if key not in hidden}
        async with self._desk.audit.deed(
            visit.user_id, visit.role, route.name, address=address_of(visit.request), details=fields
        ):
            response = await route.handler(visit)
        log.info("admin_acted", action=route.name, role=visit.role.title)
        return response

    async def _visit(
        self, request: Request, page: Page, least: AdminRole, form: FormData | None = None
    ) -> Visit:
        found = await self.session(request)
        if found is None:
            raise SignedOut
        session, role = found
        self._desk.settings.admins.require(session.user_id, least)
        if session.door is Door.MINI_APP:
            request.scope[FRAMED] = True
        language = language_for(request)
        frame: Mapping[str, Any] = {
            **frame_of(self._pages, page, role, language, theme_of(request)),
            "form_token": self._desk.sessions.form_token(session),
            "notice": notice_of(request.query_params, self._wording, language),
            "here": request.url.path,
        }
        sent = FormData() if form is None else form
        fields = {key: value for key, value in sent.items() if isinstance(value, str)}
        return Visit(
            request, session, role, page, language, sent, frame, self._wording, self._templates, fields
        )

    def _require_token(self, visit: Visit) -> None:
        if not self._desk.sessions.is_form_token(visit.session, visit.form_fields.get(TOKEN, "")):
            raise PermissionDenied("the form is not this session's: load the page again")


def address_of(request: Request) -> str:
    """Where a request comes from, as the nearest proxy that is trusted says."""
    return request.client.host if request.client else "unknown"
