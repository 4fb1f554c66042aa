"""The pages of the panel, one module each; `PAGES` lists them in the order of the navigation."""

from collections.abc import Callable
from typing import Final

from services.admin.panel.desk import Desk
from services.admin.panel.page import Page
from services.admin.panel.pages import (
    audit,
    broadcasts,
    failures,
    feedback,
    figures,
    limits,
    people,
    settings,
    sql,
    users,
    vendors,
    videos,
    workloads,
)

PAGES: Final[tuple[Callable[[Desk], Page], ...]] = (
    *figures.PAGES,
    sql.page,
    users.page,
    people.page,
    limits.page,
    feedback.page,
    broadcasts.page,
    vendors.page,
    videos.page,
    failures.page,
    workloads.page,
    settings.page,
    audit.page,
)
