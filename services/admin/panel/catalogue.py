from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from quartet.common.v1.caller_pb2 import Caller
from quartet.text.v1 import text_service_pb2 as text_pb
from quartet.text.v1.text_service_pb2_grpc import TextServiceStub
from quartet.video.v1 import video_service_pb2 as video_pb
from quartet.video.v1.video_service_pb2_grpc import VideoServiceStub

from services.admin.panel.desk import Neighbours
from services.admin.panel.records import Records, Row
from services.chassis.errors import QuartetError

log = structlog.get_logger()

ASK_SECONDS: Final = 2.0
HOURS: Final = 24


@dataclass
class Model:
    """A model of a vendor: what is told of it, and how it did lately."""

    name: str
    services: list[str] = field(default_factory=list)
    health: str = ""
    row: Row = field(default_factory=dict)


@dataclass
class Vendor:
    name: str
    models: dict[str, Model] = field(default_factory=dict)

    def model(self, name: str) -> Model:
        return self.models.setdefault(name, Model(name))


class Catalogue:
    """The vendors that services know of, and those that were asked lately."""

    def __init__(self, neighbours: Neighbours, records: Records) -> None:
        self._text = TextServiceStub(neighbours.text)
        self._video = VideoServiceStub(neighbours.video)
        self._records = records

    async def vendors(self) -> tuple[list[Vendor], bool]:
        """Return them by name, and whether figures were to be had. A service that is away is left out."""
        found: dict[str, Vendor] = {}
        has_figures = True
        try:
            rows = await self._records.vendors(hours=HOURS)
        except QuartetError:
            rows, has_figures = [], False
        for row in rows:
            model = _of(found, row["provider"]).model(row["model"])
            model.row, model.services = row, list(row["services"])
        for provider, name, health in (*await self._texts(), *await self._videos()):
            model = _of(found, provider).model(name)
            model.health = model.health or health
        return sorted(found.values(), key=lambda vendor: vendor.name), has_figures

    async def _texts(self) -> list[tuple[str, str, str]]:
        request = text_pb.ListModelsRequest(caller=Caller(is_in_focus_group=True))
        try:
            response = await self._text.ListModels(request, timeout=ASK_SECONDS)
        except QuartetError as error:
            log.info("models_not_listed", service="text", reason=error.reason)
            return []
        return [(model.provider, model.model_id, _health(model)) for model in response.models]

    async def _videos(self) -> list[tuple[str, str, str]]:
        request = video_pb.ListVideoModelsRequest()
        try:
            response = await self._video.ListVideoModels(request, timeout=ASK_SECONDS)
        except QuartetError as error:
            log.info("models_not_listed", service="video", reason=error.reason)
            return []
        return [(model.provider, model.model, "") for model in response.models]


def _of(found: dict[str, Vendor], name: str) -> Vendor:
    return found.setdefault(name, Vendor(name))


def _health(model: Any) -> str:
    name = str(text_pb.ModelHealth.Name(model.health)).removeprefix("MODEL_HEALTH_").lower()
    return "" if name == "unspecified" else name
