import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Final

from services.chassis.errors import StartupError

FOLDER: Final = "services.admin.charts.queries"
HEADER: Final = re.compile(r"-- (?P<key>page|shape|unit): (?P<value>.+)")


class Page(StrEnum):
    """Where a chart stands."""

    TRAFFIC = "traffic"
    LATENCY = "latency"
    ERRORS = "errors"
    COST = "cost"
    VIDEOS = "videos"
    USERS = "users"
    QUALITY = "quality"


class Shape(StrEnum):
    """How a chart is drawn. All but RANK are drawn over time."""

    AREA = "area"
    BARS = "bars"
    LINES = "lines"
    RANK = "rank"


class Unit(StrEnum):
    """What a chart counts in."""

    COUNT = "count"
    PERCENT = "percent"
    SECONDS = "seconds"
    USD = "usd"
    TOKENS_PER_SECOND = "tokens_per_second"


@dataclass(frozen=True)
class Plot:
    """A chart as it is declared: a query with its columns time (or label), series and value."""

    plot_id: str
    page: Page
    shape: Shape
    unit: Unit
    sql: str


def shipped() -> dict[str, Plot]:
    """Read the charts of this release, in order of their names. Raises StartupError."""
    return {plot.plot_id: plot for plot in sorted(_read(), key=lambda each: each.plot_id)}


def _read() -> Iterator[Plot]:
    for file in resources.files(FOLDER).iterdir():
        if not file.name.endswith(".sql"):
            continue
        text = file.read_text("utf-8")
        header = {match["key"]: match["value"].strip() for match in HEADER.finditer(text)}
        sql = "\n".join(line for line in text.splitlines() if not HEADER.fullmatch(line)).strip()
        try:
            page, shape, unit = Page(header["page"]), Shape(header["shape"]), Unit(header["unit"])
        except (KeyError, ValueError) as error:
            raise StartupError(f"The chart {file.name} lacks its page, shape or unit.") from error
        yield Plot(file.name.removesuffix(".sql"), page, shape, unit, sql)
