from dataclasses import dataclass, field
from typing import Final

import structlog
from nats.js import JetStreamContext

from services.admin.panel.access.keeping import FAILURES
from services.admin.panel.records import Records, Row
from services.chassis.errors import QuartetError
from services.chassis.vendor_health import ModelHealth, VendorReport, reports

log = structlog.get_logger()

HOURS: Final = 24
AVAILABLE: Final = "available"
DEGRADED: Final = "degraded"
UNAVAILABLE: Final = "unavailable"
UNKNOWN: Final = "unknown"


@dataclass
class Model:
    """A model of a vendor: what processes tell of it, and how it did lately."""

    name: str
    services: list[str] = field(default_factory=list)
    told: list[ModelHealth] = field(default_factory=list)
    row: Row = field(default_factory=dict)

    @property
    def health(self) -> str:
        """That of all processes that may ask it; where they differ, it is degraded."""
        healths = {one.health for one in self.told}
        if not healths:
            return UNKNOWN
        return healths.pop() if len(healths) == 1 else DEGRADED

    @property
    def trouble(self) -> ModelHealth | None:
        """What keeps a process from asking it; the one that lasts longest."""
        troubled = [one for one in self.told if one.reason]
        return max(troubled, key=lambda one: one.until, default=None)


@dataclass
class Vendor:
    name: str
    models: dict[str, Model] = field(default_factory=dict)

    def model(self, name: str) -> Model:
        return self.models.setdefault(name, Model(name))


class Catalogue:
    """The vendors that processes may ask, and those that were asked lately."""

    def __init__(self, js: JetStreamContext, records: Records) -> None:
        self._js = js
        self._records = records

    async def vendors(self) -> tuple[list[Vendor], bool, bool]:
        """Return them by name, and whether figures, and whether their health, were to be had."""
        found: dict[str, Vendor] = {}
        has_figures = True
        try:
            rows = await self._records.vendors(hours=HOURS)
        except QuartetError:
            rows, has_figures = [], False
        for row in rows:
            model = _of(found, row["provider"]).model(row["model"])
            model.row, model.services = row, list(row["services"])
        told = await self._reports()
        for report in told or ():
            for health in report.models:
                model = _of(found, report.provider).model(health.model)
                model.told.append(health)
                if report.service not in model.services:
                    model.services.append(report.service)
        return sorted(found.values(), key=lambda vendor: vendor.name), has_figures, told is not None

    async def _reports(self) -> list[VendorReport] | None:
        try:
            return [report async for report in reports(self._js)]
        except FAILURES as error:
            log.info("vendor_health_unknown", error=type(error).__name__)
            return None


def _of(found: dict[str, Vendor], name: str) -> Vendor:
    return found.setdefault(name, Vendor(name))
