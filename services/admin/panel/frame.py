from collections.abc import Iterable
from typing import Any, Final

from starlette.requests import Request

from services.admin.panel.cookies import LANGUAGE, THEME
from services.admin.panel.page import Page, Section
from services.admin.panel.wording import Language, language_of
from services.chassis.roles import AdminRole

THEMES: Final = ("auto", "light", "dark")


def language_for(request: Request) -> Language:
    """Return the language that was chosen, else the first that the browser asks for and we have."""
    chosen = request.cookies.get(LANGUAGE, "")
    if chosen in tuple(Language):
        return Language(chosen)
    return language_of(request.headers.get("accept-language", ""))


def theme_of(request: Request) -> str:
    chosen = request.cookies.get(THEME, "")
    return chosen if chosen in THEMES else THEMES[0]


def frame_of(
    pages: Iterable[Page], page: Page, role: AdminRole, language: Language, theme: str
) -> dict[str, Any]:
    """Return what stands around a page: the navigation that this role has, the language, the theme."""
    allowed = [one for one in pages if role >= one.least]
    sections = [(section, [one for one in allowed if one.section is section]) for section in Section]
    return {
        "sections": [(section, listed) for section, listed in sections if listed],
        "page": page,
        "language": language,
        "languages": tuple(Language),
        "theme": theme,
        "themes": THEMES,
    }
