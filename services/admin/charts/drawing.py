import json
from datetime import datetime, timedelta
from typing import Any, Final

import altair as alt
import vl_convert

from services.admin.charts import themes
from services.admin.charts.plots import Shape, Unit
from services.admin.charts.sketch import Form, Order, Sketch

# Altair's methods are typed as returning anything.
Chart = Any

AXIS_FORMATS: Final = {
    Unit.COUNT: "~s",
    Unit.PERCENT: ".1~%",
    Unit.SECONDS: "~s",
    Unit.USD: "$~g",
    Unit.TOKENS_PER_SECOND: "~s",
}
LOCALES: Final = {"ru": "ru-RU", "en": "en-US"}
COLUMNS: Final = 2
PIXELS_PER_POINT: Final = 2.0
GAP: Final = 28


def draw(order: Order) -> bytes:
    """Draw an order as SVG or PNG. Takes a tenth of a second, and the interpreter's lock."""
    charts = [_chart(sketch, order) for sketch in order.sketches]
    whole = charts[0] if len(charts) == 1 else alt.concat(*charts, columns=COLUMNS, spacing=GAP)
    spec = whole.resolve_scale(color="independent").to_dict() if len(charts) > 1 else whole.to_dict()
    spec["config"] = themes.config(order.theme, paper=order.form is Form.PNG)
    if order.title:
        spec["title"] = {"text": order.title, "fontSize": 15, "offset": 18}
    options: dict[str, Any] = {
        "time_format_locale": LOCALES.get(order.language, "en-US"),
        # The data is all here: nothing is to be fetched.
        "allowed_base_urls": [],
    }
    if order.form is Form.SVG:
        return vl_convert.vegalite_to_svg(spec, **options).encode()
    return vl_convert.vegalite_to_png(spec, scale=PIXELS_PER_POINT, **options)


def _chart(sketch: Sketch, order: Order) -> Chart:
    size = {"width": order.width, "height": order.height, "title": sketch.title}
    if not sketch.rows:
        empty = alt.Chart(alt.InlineData(values=[{"text": sketch.empty}]))
        ink = themes.PALE_INK[order.theme]
        return empty.mark_text(fontSize=13, color=ink).encode(text="text:N").properties(**size)
    if sketch.shape is Shape.RANK:
        return _rank(sketch).properties(**size)
    return _over_time(sketch, order).properties(**size)


def _over_time(sketch: Sketch, order: Order) -> Chart:
    values = [{"time": time, "series": series, "value": value} for time, series, value in sketch.rows]
    chart = alt.Chart(alt.InlineData(values=values))
    stack: Any = "zero" if sketch.shape is not Shape.LINES else None
    encoded = {
        "x": alt.X("time:T", title=None, axis=_time_axis(sketch)),
        "y": alt.Y("value:Q", title=None, stack=stack, axis=_axis(sketch.unit)),
        "color": alt.Color("series:N", scale=_colours(sketch, order), legend=_legend(sketch)),
    }
    if sketch.shape is not Shape.LINES:
        shown = [name for _, name in sketch.series]
        chart = chart.transform_calculate(place=f"indexof({json.dumps(shown)}, datum.series)")
        encoded["order"] = alt.Order("place:Q", sort="descending")
    match sketch.shape:
        case Shape.AREA:
            return chart.mark_area(opacity=0.75, line={"strokeWidth": 1}).encode(**encoded)
        case Shape.LINES:
            points = {"size": 18} if _is_sparse(sketch) else False
            return chart.mark_line(strokeWidth=1.8, point=points).encode(**encoded)
    return chart.mark_bar(width=_bar_width(sketch, order)).encode(**encoded)


def _rank(sketch: Sketch) -> Chart:
    values = [{"label": label, "value": value} for label, _, value in sketch.rows]
    return (
        alt.Chart(alt.InlineData(values=values))
        .mark_bar(cornerRadiusEnd=3)
        .encode(
            x=alt.X("value:Q", title=None, axis=_axis(sketch.unit)),
            y=alt.Y("label:N", title=None, sort=None, axis=alt.Axis(labelLimit=180, ticks=False)),
        )
    )


def _time_axis(sketch: Sketch) -> alt.Axis:
    times = sorted({datetime.fromisoformat(time) for time, _, _ in sketch.rows})
    is_of_days = times[-1] - times[0] > timedelta(days=2)
    form = "%-d %b" if is_of_days else "%H:%M"
    return alt.Axis(grid=False, labelOverlap=True, tickCount=6, format=form, labelFlush=True)


def _colours(sketch: Sketch, order: Order) -> alt.Scale:
    keys = [key for key, _ in sketch.series]
    shown = [name for _, name in sketch.series]
    return alt.Scale(domain=shown, range=themes.colours(keys, order.theme))


def _axis(unit: Unit) -> alt.Axis:
    return alt.Axis(format=AXIS_FORMATS[unit], tickCount=5, domain=False, ticks=False)


def _bar_width(sketch: Sketch, order: Order) -> float:
    times = len({time for time, _, _ in sketch.rows})
    return max(1.0, min(0.75 * order.width / (times + 1), 40.0))


def _legend(sketch: Sketch) -> Any:
    return None if len({series for _, series, _ in sketch.rows}) < 2 else alt.Legend()


def _is_sparse(sketch: Sketch) -> bool:
    # A line through one point is not to be seen.
    return len({time for time, _, _ in sketch.rows}) < 40
