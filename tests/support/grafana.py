import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

FOLDER: Final = Path(__file__).parents[2] / "deploy/helm/quartet/dashboards"
CONDITIONAL_ALL: Final = re.compile(r"\$__conditionalAll\((?P<condition>.+), \$(?P<variable>\w+)\)")
QUOTED: Final = re.compile(r"\$\{(?P<variable>\w+):singlequote\}")
LEFT_OVER: Final = re.compile(r"\$(?:__|\{)\w+")
Selection = Mapping[str, Sequence[str]]
"""What is chosen in the variables; none chosen is all."""


class Moments(NamedTuple):
    """What is chosen in the time picker, and how long a point of a graph is."""

    begin: datetime
    until: datetime
    interval_seconds: int = 3600


class Asked(NamedTuple):
    """One query of a dashboard and where it stands."""

    place: str
    sql: str


def dashboards() -> dict[str, Any]:
    """All that are shipped, by file name."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def panels(dashboard: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those that show something."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def variables(dashboard: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those that are asked of the database."""
    return [each for each in dashboard["templating"]["list"] if each["type"] == "query"]


def questions(dashboard: Mapping[str, Any]) -> Iterator[Asked]:
    """Every SQL query of a dashboard: panels, variables and annotations."""
    for panel in panels(dashboard):
        for target in panel["targets"]:
            yield Asked(f"panel {panel['title']}", target["rawSql"])
    for variable in variables(dashboard):
        yield Asked(f"variable {variable['name']}", variable["query"]["rawSql"])
    for annotation in dashboard["annotations"]["list"]:
        if "target" in annotation:
            yield Asked(f"annotation {annotation['name']}", annotation["target"]["rawSql"])


def expanded(sql: str, moments: Moments, selection: Selection) -> str:
    """Write a query as the ClickHouse data source sends it.

    https://github.com/grafana/clickhouse-datasource/blob/main/pkg/macros/macros.go
    """
    begin, until = (f"toDateTime({int(time.timestamp())})" for time in (moments.begin, moments.until))
    sql = CONDITIONAL_ALL.sub(lambda found: _condition(found, selection), sql)
    sql = QUOTED.sub(lambda found: _quoted(selection[found["variable"]]), sql)
    sql = re.sub(r"\$__timeFilter\((\w+)\)", rf"\1 >= {begin} AND \1 <= {until}", sql)
    every = f"INTERVAL {moments.interval_seconds} second"
    sql = re.sub(r"\$__timeInterval\((\w+)\)", rf"toStartOfInterval(toDateTime(\1), {every})", sql)
    for macro, value in (("fromTime", begin), ("toTime", until), ("interval_s", moments.interval_seconds)):
        sql = re.sub(rf"\$__{macro}\b", str(value), sql)
    left_over = LEFT_OVER.search(sql)
    assert left_over is None, f"no such macro: {left_over}"
    return sql


def _condition(found: re.Match[str], selection: Selection) -> str:
    return found["condition"] if selection.get(found["variable"]) else "1=1"


def _quoted(values: Sequence[str]) -> str:
    return ",".join(f"'{value}'" for value in values)
