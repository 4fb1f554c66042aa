from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from starlette.responses import Response

from services.admin.charts.period import Period
from services.admin.charts.plots import Page as Place
from services.admin.charts.sketch import Form, Theme
from services.admin.clickhouse import StatementRefused
from services.admin.insight import OVERVIEW
from services.admin.panel.desk import Desk
from services.admin.panel.page import Live, Page, Section, Show
from services.admin.panel.tables import Table, figures_of, tables_of
from services.admin.panel.visit import Visit
from services.admin.panel.wording import Language
from services.chassis.errors import ResourceNotFound, ServiceUnavailable
from services.chassis.roles import AdminRole

# What is said below the charts of a page, in the words of analysts' questions.
QUESTIONS: Final = {
    Place.TRAFFIC: ("26_audience",),
    Place.LATENCY: ("05_latency", "27_waiting"),
    Place.ERRORS: ("12_errors", "14_provider_health"),
    Place.COST: ("09_unit_economics", "10_spend_concentration", "17_prompt_cache"),
    Place.VIDEOS: ("19_video_times", "20_stuck_jobs"),
    Place.USERS: (
        "04_retention",
        "22_satisfaction",
        "32_satisfaction_by_release",
        "31_focus_group",
        "23_adoption_path",
    ),
    Place.QUALITY: ("28_data_quality", "29_volume"),
}
CSV: Final = "csv"
EVERY_SECONDS: Final = 5.0
# Before the first migration there are no tables, and a server may be down for an hour.
AWAY: Final = (ServiceUnavailable, StatementRefused)


def overview(desk: Desk) -> Page:
    """The first page: figures that go on by themselves, four charts, and the way to everything else."""

    async def show(visit: Visit) -> Response:
        chosen = period_of(visit)
        live = await _figures(desk, visit, chosen)
        return visit.show("home.html", period=chosen, periods=tuple(Period), figures=live, charts=OVERVIEW)

    async def live(visit: Visit) -> str:
        chosen = period_of(visit)
        return visit.render("figures_part.html", figures=await _figures(desk, visit, chosen))

    async def chart(visit: Visit) -> Response:
        return await _chart(desk, visit)

    routes = (
        Show("/", show),
        Live("/live/figures", live, every_seconds=EVERY_SECONDS),
        Show("/charts/{plot_id}.{form}", chart),
    )
    return Page("home", "/", Section.FIGURES, AdminRole.ANALYST, routes)


def figures(place: Place, desk: Desk) -> Page:
    """A page of charts, with tables below."""
    name = f"figures-{place}"
    charts = tuple(plot_id for plot_id, plot in desk.insight.gallery.plots.items() if plot.page is place)

    async def show(visit: Visit) -> Response:
        chosen = period_of(visit)
        tables, is_away = await _tables(desk, visit, place, chosen)
        return visit.show(
            "figures.html",
            period=chosen,
            periods=tuple(Period),
            charts=charts,
            tables=tables,
            is_away=is_away,
        )

    return Page(
        name, f"/figures/{place}", Section.FIGURES, AdminRole.ANALYST, (Show(f"/figures/{place}", show),)
    )


PAGES: Final[Sequence[Callable[[Desk], Page]]] = (overview, *(partial(figures, place) for place in Place))


def period_of(visit: Visit) -> Period:
    """The period that was chosen, by default a day."""
    chosen = visit.query.get("period", "")
    return Period(chosen) if chosen in tuple(Period) else Period.DAY


async def _figures(desk: Desk, visit: Visit, period: Period) -> list[dict[str, object]]:
    """None of them while ClickHouse is away: the way to other pages must stay open."""
    try:
        lately = await desk.insight.figures.lately(period)
    except AWAY:
        return []
    return figures_of(lately, visit.say, Language(visit.language))


async def _tables(desk: Desk, visit: Visit, place: Place, period: Period) -> tuple[list[Table], bool]:
    try:
        language = Language(visit.language)
        return await tables_of(desk.questions, QUESTIONS[place], period, visit.say, language), False
    except AWAY:
        return [], True


async def _chart(desk: Desk, visit: Visit) -> Response:
    plot_id, period = visit.request.path_params["plot_id"], period_of(visit)
    if visit.request.path_params["form"] == CSV:
        text = await desk.insight.gallery.numbers(plot_id, period)
        name = f'attachment; filename="quartet-{plot_id}-{period}.csv"'
        return Response(text, media_type="text/csv", headers={"Content-Disposition": name})
    form, theme = visit.request.path_params["form"], visit.query.get("theme", Theme.LIGHT)
    if form not in tuple(Form) or theme not in tuple(Theme):
        raise ResourceNotFound(metadata={"resource": "chart"})
    drawing = await desk.insight.gallery.picture(
        plot_id,
        period,
        theme=Theme(theme),
        language=Language(visit.language),
        form=Form(form),
    )
    headers = {"Cache-Control": "private, max-age=20"}
    return Response(drawing, media_type=Form(form).media_type, headers=headers)
