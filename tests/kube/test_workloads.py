import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client

from services.admin.workloads.homes import open_workloads
from services.admin.workloads.workload import Action, Home, Workload, Workloads
from services.chassis.errors import InvalidRequest, PermissionDenied, ResourceNotFound
from tests.kube.cluster import KubernetesCluster
from tests.kube.conftest import Helm, version
from tests.support import chart

SELECTOR = "app.kubernetes.io/name=quartet,app.kubernetes.io/instance=quartet"
PATIENCE_SECONDS = 30.0
EVERYTHING = frozenset(Action)


@pytest.fixture
def account(
    cluster: KubernetesCluster,
    namespace: str,
    release: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str], Path]:
    """What Kubernetes would put into a pod of a service account, with a real token of it."""

    def make(name: str) -> Path:
        request = client.AuthenticationV1TokenRequest(
            spec=client.V1TokenRequestSpec(audiences=[], expiration_seconds=3600)
        )
        with cluster.client() as api:
            answer: Any = client.CoreV1Api(api).create_namespaced_service_account_token(
                name, namespace, request
            )
        folder = tmp_path / name
        folder.mkdir()
        (folder / "token").write_text(answer.status.token)
        (folder / "namespace").write_text(namespace)
        (folder / "ca.crt").write_bytes((cluster.directory / "certificates" / "apiserver.crt").read_bytes())
        return folder

    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", cluster.url.rpartition(":")[2])
    return make


@pytest.fixture
async def workloads(account: Callable[[str], Path]) -> AsyncIterator[Workloads]:
    """As admin sees the cluster: with its own account and the chart's Role."""
    async with open_workloads(SELECTOR, "", account("quartet-admin")) as opened:
        yield opened


async def one(workloads: Workloads, component: str) -> Workload:
    (found,) = [each for each in (await workloads.look()).workloads if each.component == component]
    return found


async def until(workloads: Workloads, component: str, is_so: Callable[[Workload], bool]) -> Workload:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_so(found := await one(workloads, component)):  # noqa: ASYNC110 - in Kubernetes' own time
            await asyncio.sleep(0.2)
        return found


def upgrade(helm: Helm, release: str, tag: str, *values: str) -> None:
    profile = chart.CHART / "profiles" / "evaluation.yaml"
    more = ("--set", ",".join(values)) if values else ()
    helm("upgrade", release, chart.CHART, "--values", profile, *version(tag), *more)


async def test_everything_that_runs_is_shown(workloads: Workloads) -> None:
    seen = await workloads.look()
    assert seen.home is Home.KUBERNETES
    assert [each.component for each in seen.workloads] == sorted(chart.facts())
    text = await until(workloads, "text", lambda each: len(each.pods) > 0)
    assert (text.name, text.version, text.wanted, text.ready) == ("quartet-text", "1.0.0", 1, 0)
    assert text.is_changing
    assert text.pods[0].state == "Pending"
    assert any(one.subject == "Deployment/quartet-text" for one in (await workloads.look()).happenings)


async def test_scaled_as_asked(workloads: Workloads) -> None:
    before = await one(workloads, "image")
    await workloads.scale("quartet-image", 3, generation=before.generation)
    after = await until(workloads, "image", lambda each: len(each.pods) >= 3)
    assert after.wanted == 3


async def test_who_has_not_seen_the_latest_change_changes_nothing(workloads: Workloads) -> None:
    before = await one(workloads, "video")
    await workloads.scale("quartet-video", 2, generation=before.generation)
    with pytest.raises(InvalidRequest):
        await workloads.scale("quartet-video", 5, generation=before.generation)
    assert (await one(workloads, "video")).wanted == 2


async def test_a_restart_replaces_the_pods_by_the_same_release(workloads: Workloads) -> None:
    before = await until(workloads, "docs", lambda each: len(each.pods) > 0)
    await workloads.restart("quartet-docs", generation=before.generation)
    known = {pod.name for pod in before.pods}
    after = await until(workloads, "docs", lambda each: any(pod.name not in known for pod in each.pods))
    assert after.version == before.version
    assert after.generation > before.generation


async def test_the_way_back_leads_to_the_revision_before(
    workloads: Workloads, helm: Helm, release: str
) -> None:
    upgrade(helm, release, "1.1.0")
    new = await until(workloads, "text", lambda each: each.version == "1.1.0" and each.previous is not None)
    assert new.previous is not None
    assert new.previous.version == "1.0.0"
    with pytest.raises(InvalidRequest):
        await workloads.roll_back("quartet-text", new.previous.number + 1, generation=new.generation)
    await workloads.roll_back("quartet-text", new.previous.number, generation=new.generation)
    old = await until(workloads, "text", lambda each: each.version == "1.0.0")
    assert old.generation > new.generation
    upgrade(helm, release, "1.0.0")


async def test_what_an_autoscaler_counts_is_not_scaled_by_hand(
    workloads: Workloads, helm: Helm, release: str
) -> None:
    upgrade(helm, release, "1.0.0", "components.text.autoscaling.enabled=true")
    text = await until(workloads, "text", lambda each: Action.SCALE not in each.actions)
    assert Action.RESTART in text.actions
    with pytest.raises(PermissionDenied):
        await workloads.scale("quartet-text", 5, generation=text.generation)
    upgrade(helm, release, "1.0.0")


async def test_there_is_one_admin_where_clickhouse_is_inside_it(workloads: Workloads) -> None:
    admin = await one(workloads, "admin")
    assert admin.max_replicas == 1
    with pytest.raises(InvalidRequest):
        await workloads.scale("quartet-admin", 2, generation=admin.generation)


async def test_a_pod_that_falls_says_why_and_how_often(
    cluster: KubernetesCluster, namespace: str, workloads: Workloads
) -> None:
    found = await until(workloads, "gateway", lambda each: len(each.pods) > 0)
    fallen = {
        "name": "gateway",
        "image": "quartet-gateway",
        "imageID": "",
        "ready": False,
        "restartCount": 5,
        "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137}},
    }
    with cluster.client() as api:
        client.CoreV1Api(api).patch_namespaced_pod_status(
            found.pods[0].name, namespace, {"status": {"containerStatuses": [fallen]}}
        )
    pod = (await one(workloads, "gateway")).pods[0]
    assert (pod.state, pod.restarts, pod.is_ready) == ("OOMKilled", 5, False)


async def test_what_is_not_there_is_not_found(workloads: Workloads) -> None:
    with pytest.raises(ResourceNotFound):
        await workloads.restart("coredns", generation=1)


async def test_an_account_that_may_only_read_is_offered_nothing(
    account: Callable[[str], Path], helm: Helm, release: str
) -> None:
    upgrade(helm, release, "1.0.0", "components.admin.workloads.access=read")
    try:
        async with open_workloads(SELECTOR, "", account("quartet-admin")) as reader:
            text = await until(reader, "text", lambda each: len(each.pods) > 0)
            assert text.actions == frozenset()
            with pytest.raises(PermissionDenied):
                await reader.restart("quartet-text", generation=text.generation)
    finally:
        upgrade(helm, release, "1.0.0")


async def test_an_account_without_any_right_sees_nothing_and_no_error(account: Callable[[str], Path]) -> None:
    async with open_workloads(SELECTOR, "", account("quartet-text")) as nobody:
        assert (await nobody.look()).workloads == ()
