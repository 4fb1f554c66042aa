from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.admin.charts.figures import Figure
from services.admin.charts.plots import Unit
from services.admin.charts.sketch import Theme
from services.admin.charts.themes import SERIES, colours
from services.admin.panel.tables import cell, figures_of, table
from services.admin.panel.wording import Language, Wording


@pytest.mark.parametrize(
    ("value", "english", "russian"),
    [
        (None, "–", "–"),
        (True, "true", "true"),
        (1234567, "1,234,567", "1\u202f234\u202f567"),
        (0.12345, "0.1235", "0,1235"),
        (Decimal("12345.678"), "12,346", "12\u202f346"),
        (datetime(2026, 11, 23, 9, 5, tzinfo=UTC), "2026-11-23 09:05:00", "2026-11-23 09:05:00"),
        (date(2026, 11, 23), "2026-11-23", "2026-11-23"),
        ([1, 2.5], "1, 2.5", "1, 2,5"),
        ("<b>", "<b>", "<b>"),
    ],
)
def test_a_cell_reads_as_its_readers_write(value: Any, english: str, russian: str) -> None:
    assert cell(value, Language.EN) == english
    assert cell(value, Language.RU) == russian


def test_a_table_shows_lists_by_their_parts_and_says_where_it_is_cut() -> None:
    rows = [("text", [1, 2], 1), ("image", [3, 4], 3), ("docs", [5, 6], 5)]

    shown = table("Times", ("service", "quantiles", "p50"), rows, Language.EN, most=2)

    assert shown.columns == ["service", "p50"]
    assert shown.rows == [["text", "1"], ["image", "3"]]
    assert shown.is_cut


def test_figures_say_what_they_were_and_whether_less_is_better() -> None:
    wording = Wording.load()
    figures = [
        Figure("spend", Unit.USD, 15.0, 10.0),
        Figure("waiting", Unit.SECONDS, 1.25, None),
        Figure("success", Unit.PERCENT, None, 0.5),
    ]

    def say(key: str, **arguments: str | float) -> str:
        return wording.say(key, Language.EN, **arguments)

    spend, waiting, success = figures_of(figures, say, Language.EN)

    assert (spend["value"], spend["before"], spend["change"], spend["good"]) == (
        "$15.00",
        "$10.00",
        0.5,
        "down",
    )
    assert (waiting["value"], waiting["change"]) == ("1.2\u202fs", None)
    assert (success["value"], success["before"], success["good"]) == ("–", "50.0%", "up")


def test_what_is_good_or_bad_has_its_colour_and_no_two_lines_share_one() -> None:
    names = ["ok", "error", "one", "two", "three"]

    for theme in Theme:
        given = colours(names, theme)
        assert given[:2] == [SERIES[theme][2], SERIES[theme][7]]
        assert len(set(given)) == len(names)
