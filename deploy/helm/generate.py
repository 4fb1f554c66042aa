"""Writes what follows from the values and from the services' settings: the README's table, the names of
variables in values.schema.json and files/variables.json, and the golden renders of the profiles.

    python deploy/helm/generate.py            # or `make chart`
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from helm_python.chart import Chart
from pydantic import SecretStr

from services.admin.settings import AdminSettings
from services.chassis.settings import ServiceSettings
from services.docs.settings import DocsSettings
from services.gateway.settings import GatewaySettings
from services.image.settings import ImageSettings
from services.text.settings import TextSettings
from services.video.settings import VideoSettings
from services.video.worker.settings import WorkerSettings

CHART: Final = Path(__file__).parent / "quartet"
GOLDEN: Final = Path(__file__).parent / "golden"
SETTINGS: Final[Mapping[str, type[ServiceSettings]]] = {
    "gateway": GatewaySettings,
    "text": TextSettings,
    "image": ImageSettings,
    "docs": DocsSettings,
    "video": VideoSettings,
    "video-worker": WorkerSettings,
    "admin": AdminSettings,
}
# What a process reads beside its settings.
BESIDE: Final[Mapping[str, tuple[str, ...]]] = {"docs": ("TESSDATA_PREFIX",)}
# What others than our own processes read from the secret.
BESIDE_SECRETS: Final = {"NATS_PASSWORD", "TELEGRAM_API_HASH", "TELEGRAM_API_ID"}
# Addresses and ports are facts of the chart (files/components.yaml); places to fail at are for tests.
FIXED: Final = re.compile(
    r"(GRPC|WEBHOOK|LINKS|PANEL)_(HOST|PORT)|METRICS_PORT|FAILPOINTS|ADMIN_DIRECTORY|TLS_DIRECTORY"
)
BEGIN, END = "<!-- values: begin -->", "<!-- values: end -->"

# What a golden render needs beside its profile, and nothing that is made up.
EXAMPLE: Final[dict[str, Any]] = {"image": {"registry": "registry.example/quartet", "tag": "1.2.3"}}
EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "evaluation": {**EXAMPLE, "secrets": {"generate": False, "values": {"NATS_PASSWORD": "example"}}},
    "production": {**EXAMPLE, "public": {"host": "bot.example", "panelHost": "panel.example"}},
}


def variables(component: str) -> dict[str, Any]:
    """The variables that a component reads, each with the type of its value."""
    known = {
        str(field.validation_alias or name).upper(): field.annotation
        for name, field in SETTINGS[component].model_fields.items()
    }
    return {**known, **dict.fromkeys(BESIDE.get(component, ()), str)}


def secret_variables(component: str) -> set[str]:
    """Those whose values are secrets; a proxy's address can hold a password."""
    return {
        name
        for name, kind in variables(component).items()
        if "SecretStr" in str(kind) or kind is SecretStr or name.endswith("_PROXY")
    }


def settable(component: str) -> list[str]:
    return sorted(name for name in variables(component) if not FIXED.fullmatch(name))


def schema() -> str:
    """values.schema.json with the names of variables as they are now: a wrong one is refused."""
    whole: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text())
    definitions = whole["$defs"]
    secrets = {name for component in SETTINGS for name in secret_variables(component)}
    for component in SETTINGS:
        hidden = sorted(secret_variables(component) | {"NATS_URL"})
        definitions[f"env-{component}"] = {
            "type": "object",
            "propertyNames": {"enum": settable(component)},
            "properties": {name: {"$ref": "#/$defs/reference"} for name in hidden},
            "additionalProperties": {"$ref": "#/$defs/setting"},
        }
    open_to_all = {name for component in SETTINGS for name in settable(component)} - secrets - {"NATS_URL"}
    definitions["anyVariable"] = {"enum": sorted(open_to_all)}
    definitions["secretName"] = {"enum": sorted(secrets | BESIDE_SECRETS)}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def variable_names() -> str:
    return json.dumps({component: settable(component) for component in SETTINGS}, indent=2) + "\n"


def readme() -> str:
    """The chart's README with the table of its values."""
    before, _, rest = (CHART / "README.md").read_text().partition(BEGIN)
    table = "\n".join(["| value | default | meaning |", "|---|---|---|", *_rows()])
    return f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}"


def _rows() -> Iterator[str]:
    path: list[tuple[int, str]] = []
    meaning = ""
    defaults = yaml.safe_load((CHART / "values.yaml").read_text())
    for line in (CHART / "values.yaml").read_text().splitlines():
        if comment := re.match(r"\s*# -- (.*)", line):
            meaning = comment[1]
        elif key := re.match(r"( *)([\w.-]+):", line):
            path = [*(outer for outer in path if outer[0] < len(key[1])), (len(key[1]), key[2])]
            if meaning:
                value = defaults
                for _, name in path:
                    value = value[name]
                default = json.dumps(value, ensure_ascii=False).replace("|", "\\|")
                yield f"| `{'.'.join(name for _, name in path)}` | `{default}` | {meaning} |"
            meaning = ""


def render(profile: str) -> str:
    """A profile's objects as one text, in a fixed order."""
    values = yaml.safe_load((CHART / "profiles" / f"{profile}.yaml").read_text())
    with Chart.load(CHART) as chart:
        rendered = chart.render(values=merged(values, EXAMPLES[profile]), name="quartet", namespace="quartet")
    texts = [text for path, text in rendered.items() if path.endswith(".yaml")]
    objects = [item for text in texts for item in yaml.load_all(text, Loader=yaml.CSafeLoader) if item]
    for item in objects:  # Grafana's own files stand beside; here their digest of names is enough
        if item["metadata"]["name"].startswith("quartet-dashboard-"):
            item["data"] = dict.fromkeys(item["data"], "…")
    objects.sort(key=lambda item: (item["kind"], item["metadata"]["name"]))
    return yaml.safe_dump_all(objects, sort_keys=True, width=140, allow_unicode=True, default_flow_style=None)


def merged(values: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Values as Helm merges them."""
    result = dict(values)
    for name, value in over.items():
        was = result.get(name)
        both = isinstance(was, Mapping) and isinstance(value, Mapping)
        result[name] = merged(was, value) if both and was is not None else value
    return result


def main() -> None:
    (CHART / "values.schema.json").write_text(schema())
    (CHART / "files" / "variables.json").write_text(variable_names())
    (CHART / "README.md").write_text(readme())
    GOLDEN.mkdir(exist_ok=True)
    for profile in EXAMPLES:
        (GOLDEN / f"{profile}.yaml").write_text(render(profile))


if __name__ == "__main__":
    main()
