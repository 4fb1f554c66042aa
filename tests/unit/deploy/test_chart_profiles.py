from typing import Any, Final

import kubernetes_validate  # type: ignore[import-untyped]  # no stubs
import pytest

from tests.support import chart
from tests.support.chart import OF_KUBERNETES, Object

KUBERNETES: Final = ("1.31", "1.37")
EXTERNAL_SECRETS: Final = {"quartet", "quartet-tls", "quartet-panel-tls", "clickhouse-ca"}


@pytest.fixture(params=chart.every_render(), ids=lambda param: param[0], scope="module")
def objects(request: pytest.FixtureRequest) -> list[Object]:
    return chart.render(request.param[1])


def containers(objects: list[Object]) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    return [
        (name, pod["spec"], container)
        for name, pod in chart.pods(objects)
        for container in [*pod["spec"]["containers"], *pod["spec"].get("initContainers", [])]
    ]


@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes_knows_every_field(objects: list[Object], version: str) -> None:
    for item in objects:
        if item["apiVersion"] in OF_KUBERNETES:
            kubernetes_validate.validate(item, version, strict=True)


def test_no_two_objects_have_one_name(objects: list[Object]) -> None:
    names = [(item["kind"], item["metadata"]["name"]) for item in objects]
    assert len(names) == len(set(names))


def test_every_object_says_whose_it_is_and_where(objects: list[Object]) -> None:
    for item in objects:
        assert item["metadata"]["namespace"] == "quartet"
        assert item["metadata"]["labels"]["app.kubernetes.io/instance"] == "quartet"


def test_every_pod_keeps_to_the_restricted_standard(objects: list[Object]) -> None:
    """https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted"""
    allowed = {"configMap", "emptyDir", "persistentVolumeClaim", "secret", "name"}
    for _, spec, container in containers(objects):
        pod, own = spec["securityContext"], container["securityContext"]
        assert pod["runAsNonRoot"] is True
        assert pod["runAsUser"] > 0
        assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
        assert own == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
        assert not any("hostPort" in port for port in container.get("ports", []))
        assert all(volume.keys() <= allowed for volume in spec["volumes"])


def test_only_admin_holds_a_token_of_kubernetes(objects: list[Object]) -> None:
    holders = {name for name, pod in chart.pods(objects) if pod["spec"]["automountServiceAccountToken"]}
    assert holders == {"quartet-admin"}


def test_every_image_has_a_version_and_comes_from_where_it_was_said(objects: list[Object]) -> None:
    for name, _, container in containers(objects):
        image, _, tag = container["image"].rpartition(":")
        assert tag not in ("", "latest")
        theirs = ("quartet-nats", "quartet-telegram-bot-api")
        assert image.startswith("registry.example/quartet/quartet-") or name in theirs


def test_every_container_says_what_it_needs_and_where_it_ends(objects: list[Object]) -> None:
    for _, _, container in containers(objects):
        assert {"cpu", "memory", "ephemeral-storage"} <= container["resources"]["requests"].keys()
        assert {"memory", "ephemeral-storage"} <= container["resources"]["limits"].keys()


def test_every_selector_finds_just_its_own_pods(objects: list[Object]) -> None:
    pods = dict(chart.pods(objects))
    for item in chart.of_kind(objects, "Service", "Deployment", "StatefulSet", "PodDisruptionBudget"):
        selector = item["spec"]["selector"]
        labels = selector.get("matchLabels", selector)
        found = {name for name, pod in pods.items() if chart.selects(labels, pod["metadata"]["labels"])}
        assert found == {item["metadata"]["name"].removesuffix("-web")}


def test_every_service_port_is_a_port_of_its_pods(objects: list[Object]) -> None:
    pods = dict(chart.pods(objects))
    for service in chart.of_kind(objects, "Service"):
        pod = pods[service["metadata"]["name"].removesuffix("-web")]
        ports = {
            port["name"]: port["containerPort"]
            for each in pod["spec"]["containers"]
            for port in each["ports"]
        }
        for port in service["spec"]["ports"]:
            assert ports[port["targetPort"]] == port["port"]


def references(spec: dict[str, Any]) -> set[tuple[str, str]]:
    found = {("ServiceAccount", spec["serviceAccountName"])} if "serviceAccountName" in spec else set()
    for volume in spec["volumes"]:
        if "configMap" in volume:
            found.add(("ConfigMap", volume["configMap"]["name"]))
        if "secret" in volume:
            found.add(("Secret", volume["secret"]["secretName"]))
        if "persistentVolumeClaim" in volume:
            found.add(("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]))
    for container in spec["containers"]:
        for variable in container["env"]:
            if "valueFrom" in variable:
                found.add(("Secret", variable["valueFrom"]["secretKeyRef"]["name"]))
    return found


def test_everything_that_is_named_is_there(objects: list[Object]) -> None:
    there = {(item["kind"], item["metadata"]["name"]) for item in objects}
    external = {("Secret", name) for name in EXTERNAL_SECRETS}
    for _, pod in chart.pods(objects):
        assert references(pod["spec"]) <= there | external
        assert {mount["name"] for each in pod["spec"]["containers"] for mount in each["volumeMounts"]} <= {
            volume["name"] for volume in pod["spec"]["volumes"]
        } | {"data"}
    for item in chart.of_kind(objects, "HorizontalPodAutoscaler", "ScaledObject"):
        assert ("Deployment", item["spec"]["scaleTargetRef"]["name"]) in there
    for ingress in chart.of_kind(objects, "Ingress"):
        for path in ingress["spec"]["rules"][0]["http"]["paths"]:
            assert ("Service", path["backend"]["service"]["name"]) in there


def test_a_pod_lives_longer_than_it_takes_to_stop(objects: list[Object]) -> None:
    for item in chart.of_kind(objects, "Deployment"):
        spec = item["spec"]["template"]["spec"]
        (container,) = spec["containers"]
        seconds = {
            variable["name"]: float(variable["value"])
            for variable in container["env"]
            if variable["name"] in ("DRAIN_SECONDS", "GRACE_SECONDS")
        }
        pause = container["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert spec["terminationGracePeriodSeconds"] > pause + sum(seconds.values())
        assert seconds["DRAIN_SECONDS"] > 0


def test_kubernetes_asks_each_service_whether_it_starts_serves_and_lives(objects: list[Object]) -> None:
    facts = chart.facts()
    for item in chart.of_kind(objects, "Deployment"):
        (container,) = item["spec"]["template"]["spec"]["containers"]
        port = facts[container["name"]]["grpc"]
        assert container["startupProbe"]["grpc"] == {"port": port, "service": "liveness"}
        assert container["readinessProbe"]["grpc"] == {"port": port}
        assert container["livenessProbe"]["grpc"] == {"port": port, "service": "liveness"}


def test_whoever_is_more_than_one_is_not_evicted_all_at_once(objects: list[Object]) -> None:
    many = {
        item["metadata"]["name"]
        for item in chart.of_kind(objects, "Deployment")
        if item["spec"].get("replicas", 2) > 1
    }
    budgets = {item["metadata"]["name"] for item in chart.of_kind(objects, "PodDisruptionBudget")}
    assert budgets == many


def test_nothing_counts_pods_that_something_else_counts(objects: list[Object]) -> None:
    scalers = chart.of_kind(objects, "HorizontalPodAutoscaler", "ScaledObject")
    scaled = [item["spec"]["scaleTargetRef"]["name"] for item in scalers]
    assert len(scaled) == len(set(scaled))
    for name in scaled:
        assert "replicas" not in chart.named(objects, "Deployment", name)["spec"]


def test_streams_have_copies_where_there_are_servers_for_them(objects: list[Object]) -> None:
    copies = {
        variable["value"]
        for _, _, container in containers(objects)
        for variable in container["env"]
        if variable["name"] == "STREAM_REPLICAS"
    }
    assert copies == ({"1"} if chart.of_kind(objects, "StatefulSet") else {"3"})


def test_admin_may_do_in_the_cluster_what_its_page_does_and_nothing_else(objects: list[Object]) -> None:
    (role,) = chart.of_kind(objects, "Role")
    ours = {item["metadata"]["name"] for item in chart.of_kind(objects, "Deployment")}
    changing = [rule for rule in role["rules"] if set(rule["verbs"]) - {"get", "list"}]
    assert [(rule["resources"], rule["verbs"], set(rule["resourceNames"])) for rule in changing] == [
        (["deployments"], ["patch"], ours)
    ]
    assert not any("secrets" in rule["resources"] or "*" in str(rule) for rule in role["rules"])
    (binding,) = chart.of_kind(objects, "RoleBinding")
    assert [subject["name"] for subject in binding["subjects"]] == ["quartet-admin"]
    assert not chart.of_kind(objects, "ClusterRole", "ClusterRoleBinding")


def test_grafana_gets_every_dashboard() -> None:
    objects = chart.render(chart.profile("production"))
    shipped = {path.name for path in (chart.CHART / "dashboards").glob("*.json")}
    given = {
        name
        for item in chart.of_kind(objects, "ConfigMap")
        for name in item["data"]
        if name.endswith(".json")
    }
    assert given == shipped
