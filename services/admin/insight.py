from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from services.admin.charts.figures import Figures
from services.admin.charts.gallery import Gallery
from services.admin.charts.plots import shipped
from services.admin.charts.press import open_press
from services.admin.clickhouse import Database
from services.admin.panel.wording import Wording
from services.admin.settings import AdminSettings
from services.admin.sql import AnalystDesk, open_desk

OVERVIEW: Final = ("requests_by_service", "requests_by_outcome", "waiting", "spend_by_model")
"""The charts that an admin wants to see first."""


@dataclass(frozen=True)
class Insight:
    """What can be seen of what happened, beside the answers to questions."""

    figures: Figures
    gallery: Gallery
    analysts: AnalystDesk | None
    """None where ClickHouse is a server: analysts ask it themselves, as users of it."""


@asynccontextmanager
async def open_insight(settings: AdminSettings, database: Database) -> AsyncIterator[Insight]:
    """Figures, charts and the analysts' desk, while the block runs."""
    environment = settings.environment.value
    desk = open_desk(
        database.home, database.name, seconds=settings.sql_seconds, memory_bytes=settings.sql_bytes
    )
    async with open_press() as press, desk as analysts:
        gallery = Gallery(database, press, Wording.load(), shipped(), environment)
        yield Insight(Figures(database, environment), gallery, analysts)
