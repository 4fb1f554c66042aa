from collections.abc import Sequence
from typing import Any, Final

from services.admin.charts.sketch import Theme

FONT: Final = "Inter, 'Segoe UI', Roboto, 'Liberation Sans', 'DejaVu Sans', sans-serif"
# Told apart by people who see no red or no green, too, and by brightness on paper.
SERIES: Final = {
    Theme.LIGHT: ("#2563eb", "#d97706", "#0d9488", "#be185d", "#7c3aed", "#65a30d", "#475569", "#dc2626"),
    Theme.DARK: ("#60a5fa", "#fbbf24", "#2dd4bf", "#f472b6", "#a78bfa", "#a3e635", "#94a3b8", "#f87171"),
}
# What says something good or bad has its colour everywhere; by places in SERIES.
TONES: Final = {
    **dict.fromkeys(("ok", "delivered"), 2),
    **dict.fromkeys(("error", "failed", "dead", "delivery_failed", "p99"), 7),
    **dict.fromkeys(("timeout", "image", "p95"), 1),
    **dict.fromkeys(("cancelled", "others"), 6),
    **dict.fromkeys(("refused", "docs"), 4),
    **dict.fromkeys(("text", "p50", "started", "new"), 0),
    **dict.fromkeys(("video", "queued"), 3),
}
INK: Final = {Theme.LIGHT: "#1e293b", Theme.DARK: "#e2e8f0"}
PALE_INK: Final = {Theme.LIGHT: "#64748b", Theme.DARK: "#94a3b8"}
RULE: Final = {Theme.LIGHT: "#e2e8f0", Theme.DARK: "#334155"}
PAPER: Final = {Theme.LIGHT: "#ffffff", Theme.DARK: "#0f172a"}


def colours(names: Sequence[str], theme: Theme) -> list[str]:
    """Give each series its colour: those with a tone theirs, the others what is left."""
    taken = {TONES[name] for name in names if name in TONES}
    free = [place for place in range(len(SERIES[theme])) if place not in taken] or [0]
    places, used = [], 0
    for name in names:
        if name in TONES:
            places.append(TONES[name])
        else:
            places.append(free[used % len(free)])
            used += 1
    return [SERIES[theme][place] for place in places]


def config(theme: Theme, *, paper: bool) -> dict[str, Any]:
    """How a chart looks. `paper`: with a background of its own, for a picture that stands alone."""
    return {
        "background": PAPER[theme] if paper else None,
        "font": FONT,
        "padding": 16 if paper else 4,
        "view": {"stroke": None},
        "axis": {
            "labelColor": PALE_INK[theme],
            "titleColor": PALE_INK[theme],
            "gridColor": RULE[theme],
            "domainColor": RULE[theme],
            "tickColor": RULE[theme],
            "labelFontSize": 11,
            "titleFontSize": 11,
            "titleFontWeight": "normal",
        },
        "legend": {
            "labelColor": INK[theme],
            "labelFontSize": 11,
            "orient": "bottom",
            "title": None,
            "columns": 5,
            "labelLimit": 160,
            "symbolType": "circle",
        },
        "title": {"color": INK[theme], "fontSize": 13, "anchor": "start", "fontWeight": 600, "offset": 10},
        "mark": {"color": SERIES[theme][0]},
        "range": {"category": list(SERIES[theme])},
    }
