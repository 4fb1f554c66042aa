from typing import Any, Final

import structlog
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from services.admin.panel.access.guesses import Guesses
from services.admin.panel.access.links import Links
from services.admin.panel.access.mini_app import MiniApp
from services.admin.panel.access.sessions import Door
from services.admin.panel.cookies import LANGUAGE, THEME, Cookies
from services.admin.panel.desk import Desk
from services.admin.panel.frame import THEMES, language_for, theme_of
from services.admin.panel.headers import FRAMED
from services.admin.panel.origin import is_own
from services.admin.panel.reception import TOKEN, Reception, address_of
from services.admin.panel.wording import Language, Wording
from services.chassis.errors import PermissionDenied
from services.chassis.roles import AdminRole

log = structlog.get_logger()

FORM_LIMITS: Final = {"max_files": 0, "max_fields": 10, "max_part_size": 16_384}


class Entrance:
    """The doors: a one-time link, Telegram's Mini App, and the way out."""

    def __init__(
        self,
        desk: Desk,
        reception: Reception,
        links: Links,
        mini_app: MiniApp,
        cookies: Cookies,
        wording: Wording,
        templates: Environment,
        paths: frozenset[str],
    ) -> None:
        self._desk = desk
        self._reception = reception
        self._links = links
        self._mini_app = mini_app
        self._cookies = cookies
        self._wording = wording
        self._templates = templates
        self._paths = paths
        self._guesses = Guesses()

    def routes(self) -> list[Route]:
        return [
            Route("/enter", self._door, methods=["GET"]),
            Route("/enter", self._enter_by_link, methods=["POST"]),
            Route("/app", self._app_door, methods=["GET"]),
            Route("/app", self._enter_by_app, methods=["POST"]),
            Route("/leave", self._leave, methods=["POST"]),
            Route("/preferences", self._prefer, methods=["POST"]),
        ]

    async def _door(self, request: Request) -> Response:
        return self._page(request, "enter.html", next=self._next(request.query_params.get("next")))

    async def _app_door(self, request: Request) -> Response:
        request.scope[FRAMED] = True
        # Telegram's web keeps the window that it has opened.
        return self._page(request, "app.html", next=self._next(request.query_params.get("next")))

    async def _enter_by_link(self, request: Request) -> Response:
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        async with request.form(**FORM_LIMITS) as form:
            user_id = await self._links.use(str(form.get("token", "")))
            return await self._let_in(request, user_id, Door.LINK, self._next(form.get("next")))

    async def _enter_by_app(self, request: Request) -> Response:
        request.scope[FRAMED] = True
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        async with request.form(**FORM_LIMITS) as form:
            introduced = self._mini_app.introduced(str(form.get("init_data", "")))
            destination = self._next(form.get("next"))
        user_id = introduced.user_id if introduced else None
        if introduced is not None and not await self._mini_app.spend(introduced):
            found = await self._reception.session(request)
            if found is not None and found[0].user_id == user_id:
                return RedirectResponse(destination, 303)
            user_id = None
        return await self._let_in(request, user_id, Door.MINI_APP, destination)

    async def _let_in(self, request: Request, user_id: int | None, door: Door, destination: str) -> Response:
        address = address_of(request)
        role = self._desk.settings.admins.role_of(user_id) if user_id is not None else None
        if user_id is None or role is None:
            self._guesses.failed(address)
            log.warning("admin_refused", door=door, known=user_id is not None)
            if user_id is not None:
                await self._desk.audit.note(user_id, None, "access.refused", address=address, how=door)
            return self._page(request, "enter.html", 403, refused=True, next="/")
        await self._desk.audit.note(user_id, role, "access.entered", address=address, how=door)
        browser = request.headers.get("user-agent", "")
        _, cookie = await self._desk.sessions.begin(user_id, door, address, browser)
        log.info("admin_entered", door=door, role=role.title)
        response = RedirectResponse(destination, 303)
        hours = self._desk.settings.panel_session_hours
        self._cookies.keep_session(response, cookie, door, hours * 3600)
        return response

    async def _leave(self, request: Request) -> Response:
        found = await self._own_session(request)
        response = RedirectResponse("/enter", 303)
        if found is not None:
            session, role = found
            await self._desk.sessions.end(session.session_id)
            how, address = session.door, address_of(request)
            await self._desk.audit.note(session.user_id, role, "access.left", address=address, how=how)
        self._cookies.drop_session(response, found[0].door if found else None)
        return response

    async def _prefer(self, request: Request) -> Response:
        if not is_own(request):
            raise PermissionDenied("the form comes from another site")
        async with request.form(**FORM_LIMITS) as form:
            language, theme = str(form.get("language", "")), str(form.get("theme", ""))
            response = RedirectResponse(self._next(form.get("next")), 303)
        found = await self._reception.session(request)
        door = found[0].door if found else None
        if language in tuple(Language):
            self._cookies.keep_preference(response, LANGUAGE, language, door)
        if theme in THEMES:
            self._cookies.keep_preference(response, THEME, theme, door)
        return response

    async def _own_session(self, request: Request) -> "tuple[Any, AdminRole] | None":
        if not is_own(request):
            raise PermissionDenied("the form comes from another site")
        found = await self._reception.session(request)
        async with request.form(**FORM_LIMITS) as form:
            token = str(form.get(TOKEN, ""))
        if found is not None and not self._desk.sessions.is_form_token(found[0], token):
            raise PermissionDenied("the form is not this session's: load the page again")
        return found

    def _refusal(self, request: Request) -> Response | None:
        if not is_own(request):
            raise PermissionDenied("the form comes from another site")
        if self._guesses.must_wait(address_of(request)):
            return self._page(request, "enter.html", 429, must_wait=True, next="/")
        return None

    def _next(self, asked: Any) -> str:
        """Where to go: a page of ours, never anywhere else."""
        return asked if isinstance(asked, str) and asked in self._paths else "/"

    def _page(self, request: Request, template: str, status: int = 200, **context: Any) -> Response:
        language = language_for(request)
        known = {
            "say": lambda key, **arguments: self._wording.say(key, language, **arguments),
            "language": language,
            "theme": theme_of(request),
            "refused": False,
            "must_wait": False,
            **context,
        }
        return HTMLResponse(self._templates.get_template(template).render(known), status)
