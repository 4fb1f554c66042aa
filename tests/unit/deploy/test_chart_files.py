import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import chart

STALE = "run `make chart` and commit what it wrote"
SERVICES = Path(__file__).resolve().parents[3] / "services"


def test_the_schema_names_the_variables_that_the_services_read() -> None:
    assert (chart.CHART / "values.schema.json").read_text() == chart.generator().schema(), STALE
    assert (chart.CHART / "files" / "variables.json").read_text() == chart.generator().variable_names(), STALE


def test_the_chart_is_of_this_release() -> None:
    about = yaml.safe_load((chart.CHART / "Chart.yaml").read_text())
    project = tomllib.loads((SERVICES.parent / "pyproject.toml").read_text())["project"]
    assert about["appVersion"] == about["version"] == project["version"]


def test_the_readme_tells_every_value() -> None:
    assert (chart.CHART / "README.md").read_text() == chart.generator().readme(), STALE


@pytest.mark.parametrize("name", chart.PROFILES)
def test_a_profile_renders_to_what_was_reviewed(name: str) -> None:
    golden = (chart.HELM / "golden" / f"{name}.yaml").read_text()
    assert chart.generator().render(name) == golden, STALE


@pytest.mark.parametrize("component", list(chart.facts()))
def test_the_chart_knows_each_service_as_it_is(component: str) -> None:
    fact, generator = chart.facts()[component], chart.generator()
    fields = generator.SETTINGS[component].model_fields
    assert (fields["grpc_port"].default, fields["metrics_port"].default) == (fact["grpc"], fact["metrics"])
    assert set(fact["secrets"]) == generator.secret_variables(component)
    assert (SERVICES.parent / Path(*fact["module"].split(".")) / "__main__.py").exists()
    for web in fact["web"].values():
        assert fields[web["bind"].lower()].default == "127.0.0.1"
        assert fields[web["bind"].lower().replace("host", "port")].default == web["port"]


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load((chart.CHART / "files" / "alerts.yaml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    headings = re.findall(r"^## (\w+)$", (chart.CHART / "RUNBOOK.md").read_text(), re.MULTILINE)
    assert headings == [rule["alert"] for rule in alerts()]


def test_every_metric_that_an_alert_asks_for_is_one_that_a_service_has() -> None:
    code = "\n".join(path.read_text() for path in SERVICES.rglob("*.py"))
    known = set(re.findall(r'"(quartet_\w+)"', code))
    vendors = {f"quartet_{name}_vendor_failovers" for name in ("text", "image", "video")}
    for rule in alerts():
        asked = {
            re.sub(r"_(total|bucket|sum|count)$", "", metric)
            for metric in re.findall(r"\bquartet_\w+", rule["expr"])
        }
        assert asked <= known | vendors, rule["alert"]
        assert rule["expr"].count("(") == rule["expr"].count(")")


def test_an_alert_links_to_its_place_in_the_runbook() -> None:
    runbook = {"monitoring": {"rules": {"runbook": "https://wiki.example/quartet"}}}
    (rule,) = chart.of_kind(chart.render(chart.profile("production", runbook)), "PrometheusRule")
    links = [
        each["annotations"]["runbook_url"] for group in rule["spec"]["groups"] for each in group["rules"]
    ]
    assert links == [f"https://wiki.example/quartet#{each['alert'].lower()}" for each in alerts()]
    assert "NAMESPACE" not in str(rule)
