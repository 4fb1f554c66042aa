from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from starlette.responses import Response

from services.chassis.roles import AdminRole

if TYPE_CHECKING:
    from services.admin.panel.visit import Visit


class Section(StrEnum):
    """Where a page stands in the navigation, in this order."""

    FIGURES = "figures"
    PEOPLE = "people"
    WORK = "work"
    HOUSE = "house"


@dataclass(frozen=True)
class Show:
    """Something to look at: GET."""

    path: str
    handler: "Callable[[Visit], Awaitable[Response]]"
    least: AdminRole | None = None
    """The least role, where it differs from the page's."""


@dataclass(frozen=True)
class Act:
    """Something to do: POST, with the page's token. It stands in the audit log as `name` before it is done.

    The audit keeps the path's parameters and the form's fields, except those named in `private`.
    """

    path: str
    handler: "Callable[[Visit], Awaitable[Response]]"
    name: str
    least: AdminRole | None = None
    private: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Live:
    """A part of a page that is sent again when it has changed: `<div data-live="PATH">`, one per page.

    The handler returns the part's HTML.
    """

    path: str
    handler: "Callable[[Visit], Awaitable[str]]"
    every_seconds: float = 3.0
    least: AdminRole | None = None


@dataclass(frozen=True)
class Page:
    """One page of the panel: its name in the wording is `page-<name>`, its place in the navigation `path`.

    Whoever has a lesser role than `least` neither sees it in the navigation nor gets anything of it.
    """

    name: str
    path: str
    section: Section
    least: AdminRole
    routes: Sequence[Show | Act | Live] = field(default=())
