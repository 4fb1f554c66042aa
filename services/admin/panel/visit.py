from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment
from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.admin.panel.access.sessions import Session
from services.admin.panel.page import Page
from services.admin.panel.wording import Language, Wording
from services.chassis.roles import AdminRole

MAX_NOTICE_CHARACTERS: Final = 60


@dataclass(frozen=True)
class Visit:
    """One request of somebody who may make it: who it is, what was sent, and how to answer."""

    request: Request
    session: Session
    role: AdminRole
    page: Page
    language: Language
    form: FormData
    frame: Mapping[str, Any]
    """What every template knows: the navigation, the theme, the form's token."""
    wording: Wording
    templates: Environment
    form_fields: Mapping[str, str] = field(default_factory=dict)
    """The form as text, without what is not."""

    @property
    def user_id(self) -> int:
        return self.session.user_id

    @property
    def query(self) -> QueryParams:
        return self.request.query_params

    def say(self, key: str, **arguments: str | float) -> str:
        return self.wording.say(key, self.language, **arguments)

    def may(self, least: AdminRole) -> bool:
        return self.role >= least

    def render(self, template: str, **context: Any) -> str:
        """Draw a template or a part of one; what stands in `context` is escaped."""
        known = {**self.frame, "say": self.sayer, "may": self.may, "role": self.role, **context}
        return self.templates.get_template(template).render(known)

    def show(self, template: str, status: int = 200, **context: Any) -> Response:
        """Answer with a page."""
        return HTMLResponse(self.render(template, **context), status)

    def back(self, path: str, notice: str, **arguments: str | float) -> Response:
        """After something was done: go to a page, which says so once. `notice` is a key of the wording."""
        query = urlencode({"notice": notice, **{f"notice.{key}": value for key, value in arguments.items()}})
        return RedirectResponse(f"{path}{'&' if '?' in path else '?'}{query}", 303)

    @property
    def sayer(self) -> Callable[..., str]:
        return self.say


def notice_of(query: QueryParams, wording: Wording, language: Language) -> str:
    """Return what a page is to say once, or nothing: an address that anyone can make chooses only a key."""
    key = query.get("notice", "")
    if not key.startswith("done-") or not wording.knows(key):
        return ""
    arguments = {
        name.removeprefix("notice."): value[:MAX_NOTICE_CHARACTERS]
        for name, value in query.items()
        if name.startswith("notice.")
    }
    try:
        return wording.say(key, language, **arguments)
    except LookupError:
        return ""
