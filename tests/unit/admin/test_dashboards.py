import json
import re
from itertools import combinations
from typing import Any, Final

import pytest

from tests.support.grafana import FOLDER, dashboards, panels, questions, variables

DASHBOARDS: Final = dashboards()
SOURCE: Final = {"type": "grafana-clickhouse-datasource", "uid": "${datasource}"}
# https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts
UNITS: Final = {
    *("none", "short", "percentunit", "currencyUSD", "ms", "s", "bytes", "reqpm", "suffix: tok/s"),
    *("dateTimeAsIso", "dateTimeFromNow"),
}
TIME_SERIES, TABLE = 0, 1
MAX_CONFIG_MAP_BYTES: Final = 1_048_576
# What is there now, whatever time is chosen.
OF_NOW: Final = {"panel Tables", "panel Sums by the hour"}
named = pytest.mark.parametrize("name", DASHBOARDS)


def test_there_are_seven_dashboards() -> None:
    assert set(DASHBOARDS) == {
        *("overview", "reliability", "latency", "cost", "video-jobs", "users", "data-quality"),
    }


@named
def test_a_dashboard_can_be_provisioned_and_found_again_after_an_upgrade(name: str) -> None:
    dashboard = DASHBOARDS[name]

    assert dashboard["uid"] == f"quartet-{name}"
    assert dashboard["id"] is None
    assert "__inputs" not in dashboard
    assert (dashboard["tags"], dashboard["timezone"], dashboard["refresh"]) == (["quartet"], "", "1m")
    assert dashboard["version"] >= 1
    assert dashboard["schemaVersion"] >= 42
    assert dashboard["editable"]
    assert (FOLDER / f"{name}.json").stat().st_size < MAX_CONFIG_MAP_BYTES // 2


@named
def test_everything_reads_from_the_data_source_that_is_chosen(name: str) -> None:
    dashboard = DASHBOARDS[name]
    (source,) = (each for each in dashboard["templating"]["list"] if each["type"] == "datasource")
    assert (source["name"], source["query"]) == ("datasource", SOURCE["type"])

    asking = [target for panel in panels(dashboard) for target in panel["targets"]]
    asking += [*panels(dashboard), *variables(dashboard), dashboard["annotations"]["list"][1]]

    assert all(each["datasource"] == SOURCE for each in asking)


@named
def test_a_panel_says_what_it_shows_and_in_which_unit(name: str) -> None:
    for panel in panels(DASHBOARDS[name]):
        defaults = panel["fieldConfig"]["defaults"]
        units = {defaults["unit"], *_overridden_units(panel)}
        assert panel["title"], panel["id"]
        assert panel["description"].endswith("."), panel["title"]
        assert units <= UNITS, panel["title"]
        if panel["type"] == "stat":
            assert defaults["thresholds"]["steps"][0]["value"] is None, panel["title"]


@named
def test_the_format_is_what_the_panel_draws(name: str) -> None:
    for panel in panels(DASHBOARDS[name]):
        (target,) = panel["targets"]
        draws_time = panel["type"] == "timeseries" or panel["options"].get("showPercentChange", False)
        assert target["format"] == (TIME_SERIES if draws_time else TABLE), panel["title"]
        assert target["editorType"] == "sql"
        assert target["pluginVersion"]


@named
def test_queries_are_of_the_chosen_time_and_environment(name: str) -> None:
    for place, sql in questions(DASHBOARDS[name]):
        if place in OF_NOW:
            continue
        assert re.search(r"\$__(timeFilter\(|fromTime\b|toTime\b)", sql), place
        assert "${environment:singlequote}" in sql or place == "variable environment", place


@named
def test_figures_of_a_dashboard_show_their_change_against_the_time_before(name: str) -> None:
    stats = [panel for panel in panels(DASHBOARDS[name]) if panel["type"] == "stat"]

    assert sum(panel["options"]["showPercentChange"] for panel in stats) >= 3


@named
def test_panels_do_not_lie_upon_each_other(name: str) -> None:
    every = DASHBOARDS[name]["panels"]
    assert len({panel["id"] for panel in every}) == len(every)
    for one, other in combinations([panel["gridPos"] for panel in every], 2):
        assert one["x"] + one["w"] <= 24
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        assert beside or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]


@named
def test_links_lead_to_dashboards_that_are_there(name: str) -> None:
    text = json.dumps(DASHBOARDS[name])

    assert [each["tags"] for each in DASHBOARDS[name]["links"]] == [["quartet"]]
    assert set(re.findall(r"/d/quartet-([a-z-]+)", text)) <= set(DASHBOARDS)


def _overridden_units(panel: dict[str, Any]) -> set[str]:
    properties = [each for override in panel["fieldConfig"]["overrides"] for each in override["properties"]]
    return {each["value"] for each in properties if each["id"] == "unit"}
