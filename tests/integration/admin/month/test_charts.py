import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

import pytest
import pytest_asyncio

from services.admin.charts.figures import Figures
from services.admin.charts.gallery import Gallery
from services.admin.charts.period import Period, Span
from services.admin.charts.plots import Shape, Unit, shipped
from services.admin.charts.press import Press, open_press
from services.admin.charts.sketch import Form, Order, Sketch, Theme
from services.admin.clickhouse import Database
from services.admin.panel.wording import Language, Wording
from services.chassis.errors import InternalError, ResourceNotFound
from tests.support.usage_answers.asked import FROM, UNTIL
from tests.support.usage_month import ERROR, OK, TIMEOUT, Month, at

pytestmark = pytest.mark.asyncio(loop_scope="package")
PLOTS: Final = shipped()
MONTH: Final = Span(FROM, UNTIL)
ROWS: Final = [(f"2026-09-{day:02}T00:00:00Z", "text", float(day)) for day in range(1, 20)]
SKETCH: Final = Sketch("Запросы", Shape.LINES, Unit.COUNT, ROWS, series=[("text", "text")])


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def press() -> AsyncIterator[Press]:
    async with open_press() as opened:
        yield opened


@pytest.fixture(scope="package")
def gallery(database: Database, press: Press) -> Gallery:
    return Gallery(database, press, Wording.load(), PLOTS, "production")


@pytest.mark.parametrize("plot_id", PLOTS)
async def test_every_chart_has_something_to_show_of_the_month(gallery: Gallery, plot_id: str) -> None:
    points = await gallery.points(plot_id, MONTH, Period.MONTH.step_seconds)

    assert points
    if PLOTS[plot_id].shape is not Shape.RANK:
        assert len({place for place, _, _ in points}) > 10
        assert all(re.fullmatch(r"2026-09-\d\dT\d\d:00:00Z", place) for place, _, _ in points)


async def test_every_chart_has_a_name_in_both_languages() -> None:
    wording = Wording.load()
    for plot_id in PLOTS:
        for language in Language:
            assert wording.say(f"chart-{plot_id.replace('_', '-')}", language)


async def test_requests_of_a_chart_add_up_to_those_of_the_month(gallery: Gallery, month: Month) -> None:
    points = await gallery.points("requests_by_service", MONTH, 86_400)

    inside = [request for request in month.requests if FROM <= at(request) < UNTIL]
    assert sum(value for _, _, value in points) == len(inside)


async def test_figures_are_those_of_the_span_and_of_the_one_before(database: Database, month: Month) -> None:
    span = Span(UNTIL - timedelta(days=7), UNTIL)
    figures = {each.name: each for each in await Figures(database, "production").of(span)}

    def share(begin: Span) -> float:
        inside = [each.outcome for each in month.requests if begin.begin <= at(each) < begin.until]
        return inside.count(OK) / sum(outcome in (OK, ERROR, TIMEOUT) for outcome in inside)

    assert figures["success"].now == pytest.approx(share(span))
    assert figures["success"].before == pytest.approx(share(span.before))
    assert figures["requests"].now == sum(span.begin <= at(each) < span.until for each in month.requests)
    assert all(figure.now is not None for figure in figures.values())
    assert figures["spend"].change is not None


async def test_figures_of_a_time_without_requests_are_none_and_not_zero_or_an_error(
    database: Database,
) -> None:
    long_ago = Span(FROM.replace(year=2020), UNTIL.replace(year=2020))
    figures = {each.name: each for each in await Figures(database, "production").of(long_ago)}

    assert (figures["requests"].now, figures["success"].now, figures["waiting"].now) == (0, None, None)
    assert figures["requests"].change is None


@pytest.mark.parametrize("theme", Theme)
async def test_a_chart_is_drawn_as_svg_and_as_png(press: Press, theme: Theme) -> None:
    svg = await press.print(Order([SKETCH], theme, Form.SVG, "ru"))
    png = await press.print(Order([SKETCH, SKETCH], theme, Form.PNG, "ru", title="За сутки"))

    assert svg.startswith(b"<svg")
    assert "Запросы".encode() in svg
    assert b"<script" not in svg
    assert png.startswith(b"\x89PNG")


async def test_what_stands_in_a_name_is_text_and_not_markup(press: Press) -> None:
    evil = [("<script>alert(1)</script>", "", 1.0), ('"><img src=x onerror=1>', "", 2.0)]
    svg = await press.print(Order([Sketch("<b>x</b>", Shape.RANK, Unit.COUNT, evil)]))

    assert b"<script" not in svg
    assert b"<img" not in svg
    assert b"<b>" not in svg


async def test_the_loop_goes_on_while_charts_are_drawn(press: Press) -> None:
    drawing = asyncio.gather(*(press.print(Order([SKETCH] * 4, form=Form.PNG)) for _ in range(2)))
    turns = 0
    while not drawing.done():
        await asyncio.sleep(0)
        turns += 1

    assert len(await drawing) == 2
    assert turns > 1000


async def test_a_worker_that_dies_is_replaced(press: Press) -> None:
    await press.print(Order([SKETCH]))
    worker = press._worker
    assert worker is not None
    worker.process.kill()
    worker.process.wait()

    assert (await press.print(Order([SKETCH]))).startswith(b"<svg")


async def test_an_order_that_cannot_be_drawn_does_not_stop_the_others(press: Press) -> None:
    with pytest.raises(InternalError):
        await press.print(Order([Sketch("x", Shape.LINES, Unit.COUNT, [("x",)])]))  # type: ignore[list-item]

    assert (await press.print(Order([SKETCH]))).startswith(b"<svg")


async def test_a_chart_that_nobody_declared_is_not_found(gallery: Gallery) -> None:
    with pytest.raises(ResourceNotFound):
        await gallery.picture("../secrets", Period.DAY, theme=Theme.LIGHT, language=Language.EN)
