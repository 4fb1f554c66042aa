from typing import Any

import pytest

from tests.support import chart
from tests.support.chart import Object

# https://kubernetes.io/docs/concepts/workloads: what cannot change without making the object anew.
FIXED = {
    "Deployment": ("selector",),
    "StatefulSet": ("selector", "serviceName", "volumeClaimTemplates"),
    "PersistentVolumeClaim": ("accessModes", "storageClassName"),
    "Service": ("clusterIP",),
}


def by_name(objects: list[Object]) -> dict[tuple[str, str], Object]:
    return {(item["kind"], item["metadata"]["name"]): item for item in objects}


def differences(old: Any, new: Any, path: str = "") -> set[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        keys = old.keys() | new.keys()
        return {each for key in keys for each in differences(old.get(key), new.get(key), f"{path}/{key}")}
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = zip(old, new, strict=True)
        return {each for before, after in pairs for each in differences(before, after, path)}
    return set() if old == new else {path}


@pytest.mark.parametrize("name", chart.PROFILES)
def test_a_release_changes_images_and_says_so_and_nothing_else(name: str) -> None:
    old = by_name(chart.render(chart.profile(name)))
    new = by_name(chart.render(chart.profile(name, {"image": {"tag": "1.2.4"}})))
    assert old.keys() == new.keys()
    changed = {path for key in old for path in differences(old[key], new[key])}
    label = "metadata/labels/app.kubernetes.io/version"
    containers = "spec/template/spec/containers"
    assert changed == {
        f"/{label}",
        f"/spec/template/{label}",
        f"/{containers}/image",
        f"/{containers}/env/value",
        "/spec/containers/image",
    }


@pytest.mark.parametrize("name", chart.PROFILES)
def test_the_way_there_and_back_changes_nothing_that_kubernetes_refuses_to_change(name: str) -> None:
    large = {
        "image": {"tag": "2.0.0"},
        "env": {"LOG_LEVEL": "DEBUG"},
        "defaults": {"scratch": "512Mi", "podLabels": {"team": "bots"}},
        "components": {"gateway": {"replicas": 3}},
        "tracing": {"endpoint": "http://otel.monitoring:4317"},
    }
    old = by_name(chart.render(chart.profile(name)))
    new = by_name(chart.render(chart.profile(name, large)))
    for key, item in old.items():
        for field in FIXED.get(key[0], ()):
            assert new[key]["spec"].get(field) == item["spec"].get(field)


def test_data_outlives_the_release() -> None:
    objects = chart.render(chart.profile("evaluation"))
    for item in chart.of_kind(objects, "PersistentVolumeClaim", "Secret"):
        assert item["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    (nats,) = chart.of_kind(objects, "StatefulSet")
    assert nats["spec"]["persistentVolumeClaimRetentionPolicy"] == {
        "whenDeleted": "Retain",
        "whenScaled": "Retain",
    }


def test_analytics_on_a_disk_are_never_opened_by_two_admins() -> None:
    admin = chart.named(chart.render(chart.profile("evaluation")), "Deployment", "quartet-admin")
    assert admin["spec"]["strategy"] == {"type": "Recreate"}
    assert admin["spec"]["replicas"] == 1
    defaults = chart.profile("evaluation", {"defaults": {"replicas": 2}})
    assert chart.named(chart.render(defaults), "Deployment", "quartet-admin")["spec"]["replicas"] == 1
