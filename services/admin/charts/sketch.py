import json
from dataclasses import asdict, dataclass, field
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
    series: list[tuple[str, str]] = field(default_factory=list)
    """What each series is called in the data and in the rows, in the order that they are to have."""


@dataclass(frozen=True)
class Order:
    """What is to be drawn, and how. Several sketches stand beside and below each other."""

    sketches: list[Sketch]
    theme: Theme = Theme.LIGHT
    form: Form = Form.SVG
    language: str = "en"
    width: int = 460
    height: int = 200
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
