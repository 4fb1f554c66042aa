import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kubernetes import client

from tests.kube.cluster import BINARIES, KubernetesCluster, kubernetes_cluster
from tests.support import chart

NAMESPACE = "quartet"
Helm = Callable[..., str]


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KubernetesCluster]:
    with kubernetes_cluster(tmp_path_factory.mktemp("kubernetes")) as running:
        yield running


@pytest.fixture(scope="session")
def namespace(cluster: KubernetesCluster) -> str:
    """A namespace that lets in only what keeps to the restricted standard."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    metadata = client.V1ObjectMeta(name=NAMESPACE, labels=labels)
    with cluster.client() as api:
        client.CoreV1Api(api).create_namespace(client.V1Namespace(metadata=metadata))
    return NAMESPACE


@pytest.fixture(scope="session")
def helm(cluster: KubernetesCluster) -> Helm:
    def run(*arguments: str | Path) -> str:
        command = [
            BINARIES / "helm",
            "--kubeconfig",
            cluster.kubeconfig(),
            "--namespace",
            NAMESPACE,
            *arguments,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def release(helm: Helm, namespace: str) -> str:
    """The evaluation profile, installed."""
    helm(
        "install",
        "quartet",
        chart.CHART,
        "--values",
        chart.CHART / "profiles" / "evaluation.yaml",
        *version("1.0.0"),
    )
    return "quartet"


def version(tag: str) -> tuple[str, ...]:
    return ("--set", f"image.registry=registry.example/quartet,image.tag={tag}")
