import csv
import io
import math
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from services.admin.charts.period import Period, Span
from services.admin.charts.plots import Plot, Shape, Unit
from services.admin.charts.press import Press
from services.admin.charts.sketch import Form, Order, Sketch, Theme
from services.admin.clickhouse import Database
from services.admin.panel.wording import Language, Wording
from services.admin.questions import span as question_span
from services.chassis.errors import ResourceNotFound

FRESH_SECONDS: Final = 20
KEPT: Final = 96
BOARD_SIZE: Final = {"width": 420, "height": 190}
# How many lines can be told apart: the others are taken together.
MOST_SERIES: Final = 8
OTHERS: Final = "others"
ADDED_UP: Final = frozenset({Unit.COUNT, Unit.USD})

Point = tuple[str, str, float]


class Gallery:
    """Charts of what happened, drawn when somebody looks, and for a moment the same for all who do."""

    def __init__(
        self, database: Database, press: Press, wording: Wording, plots: Mapping[str, Plot], environment: str
    ) -> None:
        self._database = database
        self._press = press
        self._wording = wording
        self._environment = environment
        self._drawn: OrderedDict[tuple[Any, ...], bytes] = OrderedDict()
        self.plots = plots

    async def picture(
        self, plot_id: str, period: Period, *, theme: Theme, language: Language, form: Form = Form.SVG
    ) -> bytes:
        """Draw one chart. Raises ResourceNotFound, ServiceUnavailable and what the database raises."""
        key = (plot_id, period, theme, language, form, int(time.time()) // FRESH_SECONDS)
        if key not in self._drawn:
            sketch = await self._sketch(plot_id, period, language, has_title=form is Form.PNG)
            drawing = await self._press.print(Order([sketch], theme, form, language))
            self._drawn[key] = drawing
            while len(self._drawn) > KEPT:
                self._drawn.popitem(last=False)
        return self._drawn[key]

    async def board(
        self, plot_ids: Sequence[str], period: Period, *, theme: Theme, language: Language
    ) -> bytes:
        """Draw several charts as one PNG. Raises as `picture` does."""
        title = f"Quartet: {self._wording.say(f'period-{period}', language)}"
        sketches = [await self._sketch(each, period, language, has_title=True) for each in plot_ids]
        return await self._press.print(Order(sketches, theme, Form.PNG, language, **BOARD_SIZE, title=title))

    async def numbers(self, plot_id: str, period: Period) -> str:
        """Write what a chart shows as CSV. Raises as `picture` does, but for the drawing."""
        span = _whole_steps(period.until(datetime.now(UTC)), period.step_seconds)
        text = io.StringIO()
        rows = csv.writer(text)
        rows.writerow(("place", "series", "value"))
        rows.writerows(await self.points(plot_id, span, period.step_seconds))
        return text.getvalue()

    async def points(self, plot_id: str, span: Span, step_seconds: int) -> list[Point]:
        """What a chart shows: time in ISO 8601 or label, series, value."""
        plot = self.plots.get(plot_id)
        if plot is None:
            raise ResourceNotFound(metadata={"resource": "chart"})
        parameters = {
            **question_span(span.begin, span.until),
            "step": step_seconds,
            "environment": self._environment,
        }
        rows = (await self._database.query(plot.sql, parameters)).rows
        if plot.shape is Shape.RANK:
            return [(str(label), "", float(value)) for label, value in rows if _is_number(value)]
        points = [(_iso(at), str(series), float(value)) for at, series, value in rows if _is_number(value)]
        return _told_apart(points, adds_up=plot.unit in ADDED_UP)

    async def _sketch(self, plot_id: str, period: Period, language: Language, *, has_title: bool) -> Sketch:
        span = _whole_steps(period.until(datetime.now(UTC)), period.step_seconds)
        points = await self.points(plot_id, span, period.step_seconds)
        plot = self.plots[plot_id]
        is_rank = plot.shape is Shape.RANK
        rows = [
            (self._name(place, language) if is_rank else place, self._name(series, language), value)
            for place, series, value in points
        ]
        title = self._wording.say(f"chart-{plot_id.replace('_', '-')}", language) if has_title else ""
        empty = self._wording.say("chart-empty", language)
        keys = _ordered(points) if not is_rank else []
        series = [(key, self._name(key, language)) for key in keys]
        return Sketch(title, plot.shape, plot.unit, rows, empty, series)

    def _name(self, name: str, language: Language) -> str:
        key = f"series-{name.replace('_', '-')}"
        return self._wording.say(key, language) if self._wording.knows(key) else name


def _ordered(points: list[Point]) -> list[str]:
    """The series, the greatest first, and the rest at the end."""
    totals = _totals(points)
    return sorted(totals, key=lambda series: (series == OTHERS, -totals[series], series))


def _totals(points: list[Point]) -> dict[str, float]:
    totals: dict[str, float] = {}
    for _, series, value in points:
        totals[series] = totals.get(series, 0.0) + value
    return totals


def _told_apart(points: list[Point], *, adds_up: bool) -> list[Point]:
    """Keep the greatest series; of the others keep the sum, where there is one."""
    totals = _totals(points)
    if len(totals) <= MOST_SERIES:
        return points
    shown = set(sorted(totals, key=lambda series: -totals[series])[: MOST_SERIES - 1])
    kept = [point for point in points if point[1] in shown]
    if adds_up:
        others: dict[str, float] = {}
        for at, series, value in points:
            if series not in shown:
                others[at] = others.get(at, 0.0) + value
        kept += [(at, OTHERS, value) for at, value in others.items()]
    return kept


def _whole_steps(span: Span, step_seconds: int) -> Span:
    """Leave out the beginning of the first step: it would look like a fall."""
    begin = math.ceil(span.begin.timestamp() / step_seconds) * step_seconds
    return Span(datetime.fromtimestamp(begin, UTC), span.until)


def _iso(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _is_number(value: Any) -> bool:
    return value is not None and math.isfinite(value)
