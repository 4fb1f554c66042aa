import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from services.admin.charts.plots import Shape, Unit


class Theme(StrEnum):
    """The paper that is drawn upon."""

    LIGHT = "light"
    DARK = "dark"


class Form(StrEnum):
    """What a drawing is handed out as."""

    SVG = "svg"
    PNG = "png"

    @property
    def media_type(self) -> str:
        return "image/svg+xml" if self is Form.SVG else "image/png"


@dataclass(frozen=True)
class Sketch:
    """One chart, ready to be drawn: rows of (time or label, series, value), all words in one language."""

    title: str
    shape: Shape
    unit: Unit
    rows: list[tuple[str, str, float]]
    empty: str = ""
    """What is said where there are no rows."""


@dataclass(frozen=True)
class Order:
    """What is to be drawn, and how. Several sketches stand beside and below each other."""

    sketches: list[Sketch]
    theme: Theme = Theme.LIGHT
    form: Form = Form.SVG
    language: str = "en"
    width: int = 640
    height: int = 220
    title: str = ""
    """Stands above several sketches."""

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Self:
        value: dict[str, Any] = json.loads(content)
        sketches = [
            Sketch(**{**each, "shape": Shape(each["shape"]), "unit": Unit(each["unit"])})
            for each in value.pop("sketches")
        ]
        value["theme"], value["form"] = Theme(value["theme"]), Form(value["form"])
        return cls(sketches, **value)
