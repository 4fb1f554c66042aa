from typing import Any

import pytest

from tests.support import chart
from tests.support.chart import Object

Edge = tuple[str, str, int]


@pytest.fixture(params=chart.every_render(), ids=lambda param: param[0], scope="module")
def objects(request: pytest.FixtureRequest) -> list[Object]:
    return chart.render(request.param[1])


def policies(objects: list[Object]) -> dict[str, dict[str, Any]]:
    return {
        item["metadata"]["name"].removeprefix("quartet-"): item["spec"]
        for item in chart.of_kind(objects, "NetworkPolicy")
    }


def component(selector: dict[str, Any]) -> str | None:
    labels = selector.get("podSelector", {}).get("matchLabels", {})
    return labels.get("app.kubernetes.io/component") if len(labels) == 3 else None


def edges(objects: list[Object], direction: str, side: str) -> set[Edge]:
    """What the policies of one direction let through between our own pods: who, whom, on which port."""
    found = set()
    for name, spec in policies(objects).items():
        for rule in spec.get(direction, []):
            for peer in rule.get(side, []):
                other = component(peer)
                for port in rule["ports"] if other else []:
                    ends = (name, str(other)) if direction == "egress" else (str(other), name)
                    found.add((*ends, int(port["port"])))
    return found


def declared(objects: list[Object]) -> set[Edge]:
    facts = chart.facts()
    found = {(name, other, facts[other]["grpc"]) for name, fact in facts.items() for other in fact["calls"]}
    found |= {("test", name, fact["grpc"]) for name, fact in facts.items()}
    beside = {item["metadata"]["name"] for item in chart.of_kind(objects, "StatefulSet")}
    if "quartet-nats" in beside:
        found |= {(name, "nats", 4222) for name in [*facts, "test"]}
    if "quartet-telegram-bot-api" in beside:
        found.add(("gateway", "telegram-bot-api", 8081))
    return found


def test_an_edge_is_open_at_both_ends_or_there_is_none(objects: list[Object]) -> None:
    assert edges(objects, "egress", "to") == edges(objects, "ingress", "from") == declared(objects)


def test_whom_a_service_asks_is_whom_its_settings_name() -> None:
    for name, fact in chart.facts().items():
        targets = {
            variable.removesuffix("_TARGET").lower()
            for variable in chart.generator().variables(name)
            if variable.endswith("_TARGET")
        }
        assert set(fact["calls"]) == targets, name


def test_every_pod_is_under_a_policy_that_opens_nothing_by_itself(objects: list[Object]) -> None:
    nothing = policies(objects)["nothing"]
    assert set(nothing) == {"podSelector", "policyTypes"}
    assert nothing["policyTypes"] == ["Ingress", "Egress"]
    for _, pod in chart.pods(objects):
        assert chart.selects(nothing["podSelector"]["matchLabels"], pod["metadata"]["labels"])


def test_only_who_talks_to_vendors_or_telegram_reaches_the_internet(objects: list[Object]) -> None:
    online = {
        name
        for name, spec in policies(objects).items()
        for rule in spec.get("egress", [])
        if any(peer.get("ipBlock", {}).get("cidr") == "0.0.0.0/0" for peer in rule.get("to", []))
    }
    own_server = online & {"telegram-bot-api"}
    assert online == {name for name, fact in chart.facts().items() if fact["internet"]} | own_server


def test_the_internet_does_not_include_what_is_private(objects: list[Object]) -> None:
    for rule in policies(objects)["gateway"]["egress"]:
        for peer in rule.get("to", []):
            if peer.get("ipBlock", {}).get("cidr") == "0.0.0.0/0":
                assert {"10.0.0.0/8", "169.254.0.0/16"} <= set(peer["ipBlock"]["except"])
                assert [port["port"] for port in rule["ports"]] == [443]


def outside(objects: list[Object], direction: str, side: str) -> set[tuple[str, int]]:
    """The ports that are open to whom we do not run: of each component, without DNS and the Internet."""
    return {
        (name, int(port["port"]))
        for name, spec in policies(objects).items()
        for rule in spec.get(direction, [])
        for port in rule["ports"]
        if not all(component(peer) for peer in rule.get(side, [{}])) and port["port"] != 53
    }


def test_metrics_are_open_to_the_monitoring_and_the_web_to_the_ingress() -> None:
    facts = chart.facts()
    metrics = {(name, fact["metrics"]) for name, fact in facts.items()}
    assert outside(chart.render(chart.profile("evaluation")), "ingress", "from") == metrics
    assert outside(chart.render(chart.profile("production")), "ingress", "from") == metrics | {
        ("gateway", 8080),
        ("gateway", 8090),
        ("admin", 8060),
    }


def test_beyond_the_release_only_what_the_values_name_is_reached() -> None:
    facts = chart.facts()
    internet = {(name, 443) for name, fact in facts.items() if fact["internet"]}
    api = {("admin", 443), ("admin", 6443)}
    assert outside(chart.render(chart.profile("evaluation")), "egress", "to") == internet | api
    production = chart.profile("production", {"tracing": {"endpoint": "http://otel.monitoring:4317"}})
    nats = {(name, 4222) for name in [*facts, "prepare", "test"]}
    traces = {(name, 4317) for name in [*facts, "prepare"]}
    assert outside(chart.render(production), "egress", "to") == internet | api | nats | traces | {
        ("admin", 8443),
        ("prepare", 8443),
    }


def test_admin_without_the_workloads_page_cannot_reach_kubernetes() -> None:
    values = chart.profile("evaluation", {"components": {"admin": {"workloads": {"access": "none"}}}})
    objects = chart.render(values)
    assert not {port for name, port in outside(objects, "egress", "to") if name == "admin"}
    assert not chart.of_kind(objects, "Role", "RoleBinding")
    assert not any(pod["spec"]["automountServiceAccountToken"] for _, pod in chart.pods(objects))


def test_who_does_not_run_has_no_edges() -> None:
    off = {"components": {"video": {"enabled": False}, "video-worker": {"enabled": False}}}
    objects = chart.render(chart.profile("evaluation", off))
    assert not [edge for edge in edges(objects, "egress", "to") if "video" in str(edge)]


def test_keda_reads_the_queue_where_nats_is_ours() -> None:
    keda = {"components": {"video-worker": {"keda": {"enabled": True}}}}
    objects = chart.render(chart.profile("evaluation", keda))
    assert ("nats", 8222) in outside(objects, "ingress", "from")
    (scaled,) = chart.of_kind(objects, "ScaledObject")
    (trigger,) = scaled["spec"]["triggers"]
    assert trigger["metadata"]["natsServerMonitoringEndpoint"] == (
        "quartet-nats.quartet.svc.cluster.local:8222"
    )
