import time
from typing import Any

from kubernetes import client, utils

from tests.kube.cluster import KubernetesCluster
from tests.kube.conftest import Helm, version
from tests.support import chart
from tests.support.chart import OF_KUBERNETES

PATIENCE_SECONDS = 30.0


def pods_by_deployment(cluster: KubernetesCluster, namespace: str) -> dict[str, int]:
    with cluster.client() as api:
        pods: list[Any] = client.CoreV1Api(api).list_namespaced_pod(namespace).items
    names = [pod.metadata.labels["app.kubernetes.io/component"] for pod in pods]
    return {name: names.count(name) for name in names}


def test_a_restricted_namespace_takes_every_pod(
    cluster: KubernetesCluster, namespace: str, release: str
) -> None:
    wanted = {*chart.facts(), "nats"}
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while set(pods_by_deployment(cluster, namespace)) != wanted and time.monotonic() < give_up_at:
        time.sleep(0.2)
    with cluster.client() as api:
        events = client.CoreV1Api(api).list_namespaced_event(namespace).items
    assert [event.message for event in events if event.reason == "FailedCreate"] == []
    assert set(pods_by_deployment(cluster, namespace)) == wanted


def test_kubernetes_takes_the_production_profile(cluster: KubernetesCluster, namespace: str) -> None:
    with cluster.client() as api:
        for item in chart.render(chart.profile("production")):
            if item["apiVersion"] in OF_KUBERNETES:
                renamed = {**item, "metadata": {**item["metadata"], "name": f"p-{item['metadata']['name']}"}}
                utils.create_from_dict(api, renamed, dry_run="All")  # type: ignore[no-untyped-call]


def images(cluster: KubernetesCluster, namespace: str) -> set[str]:
    with cluster.client() as api:
        deployments: list[Any] = client.AppsV1Api(api).list_namespaced_deployment(namespace).items
    return {
        container.image.rpartition(":")[2]
        for deployment in deployments
        for container in deployment.spec.template.spec.containers
    }


def test_a_release_and_the_way_back_are_one_command_each(
    cluster: KubernetesCluster, namespace: str, release: str, helm: Helm
) -> None:
    profile = chart.CHART / "profiles" / "evaluation.yaml"
    with cluster.client() as api:
        before = client.CoreV1Api(api).read_namespaced_secret(release, namespace).data
    helm("upgrade", release, chart.CHART, "--values", profile, *version("1.0.1"))
    assert images(cluster, namespace) == {"1.0.1"}
    helm("rollback", release)
    assert images(cluster, namespace) == {"1.0.0"}
    with cluster.client() as api:
        after = client.CoreV1Api(api).read_namespaced_secret(release, namespace).data
    assert after == before  # what was made up once stays
