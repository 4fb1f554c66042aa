import importlib.util
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import yaml
from helm_python.chart import Chart

HELM: Final = Path(__file__).resolve().parents[2] / "deploy" / "helm"
CHART: Final = HELM / "quartet"
PROFILES: Final = ("evaluation", "production")

# A Bot API server of one's own, over any profile.
BOT_API_SERVER: Final[Mapping[str, Any]] = {
    "telegram": {
        "server": {
            "enabled": True,
            "image": {"repository": "registry.example/telegram-bot-api", "tag": "9.3"},
        }
    }
}

# What Kubernetes itself knows; the others are of operators.
OF_KUBERNETES: Final = frozenset(
    {
        "v1",
        "apps/v1",
        "batch/v1",
        "policy/v1",
        "autoscaling/v2",
        "networking.k8s.io/v1",
        "rbac.authorization.k8s.io/v1",
    }
)

Object = dict[str, Any]


@cache
def generator() -> ModuleType:
    """deploy/helm/generate.py, which is a script and no part of a package."""
    spec = importlib.util.spec_from_file_location("quartet_chart_generate", HELM / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def _chart() -> Chart:
    return Chart.load(CHART)


def facts() -> dict[str, Any]:
    """What the chart knows of the services."""
    loaded: dict[str, Any] = yaml.safe_load((CHART / "files" / "components.yaml").read_text())
    return loaded


def rendered(values: Mapping[str, Any]) -> dict[str, str]:
    """What Helm makes of the chart, by the template's path. Raises HelmValuesError."""
    texts: dict[str, str] = _chart().render(values=dict(values), name="quartet", namespace="quartet")
    return texts


def render(values: Mapping[str, Any]) -> list[Object]:
    """The chart's objects, to be read only: whoever renders the same again gets the same."""
    return _objects(json.dumps(values, sort_keys=True))


@cache
def _objects(encoded: str) -> list[Object]:
    values = json.loads(encoded)
    texts = [text for path, text in rendered(values).items() if path.endswith(".yaml")]
    return [item for text in texts for item in yaml.load_all(text, Loader=yaml.CSafeLoader) if item]


def profile(name: str, over: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The values of a profile, with what one sets beside it."""
    generate = generator()
    values = yaml.safe_load((CHART / "profiles" / f"{name}.yaml").read_text())
    result: dict[str, Any] = generate.merged(generate.merged(values, generate.EXAMPLES[name]), over or {})
    return result


def every_render() -> list[tuple[str, dict[str, Any]]]:
    """The values whose objects are looked through: each profile, and what none of them has."""
    return [
        *((name, profile(name)) for name in PROFILES),
        ("evaluation with a Bot API server", profile("evaluation", BOT_API_SERVER)),
    ]


def of_kind(objects: list[Object], *kinds: str) -> list[Object]:
    return [item for item in objects if item["kind"] in kinds]


def named(objects: list[Object], kind: str, name: str) -> Object:
    (found,) = [item for item in of_kind(objects, kind) if item["metadata"]["name"] == name]
    return found


def pods(objects: list[Object]) -> Iterator[tuple[str, Object]]:
    """Every pod or template of one: the name of what makes it, its metadata and spec."""
    for item in objects:
        if item["kind"] == "Pod":
            yield item["metadata"]["name"], item
        elif "template" in item.get("spec", {}):
            yield item["metadata"]["name"], item["spec"]["template"]


def selects(selector: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    return selector.items() <= labels.items()
