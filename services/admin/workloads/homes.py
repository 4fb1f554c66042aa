from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from services.admin.workloads.processes import Processes
from services.admin.workloads.workload import Workloads

# https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")


@asynccontextmanager
async def open_workloads(selector: str, version: str, account: Path = ACCOUNT) -> AsyncIterator[Workloads]:
    """Where this process runs: in Kubernetes, if it was given an account there, otherwise on a machine."""
    if not (account / "token").exists():
        yield Processes(version)
        return
    # Kubernetes' client takes two seconds and thirty megabytes: only where there is one to ask.
    from kubernetes import client  # noqa: PLC0415
    from kubernetes.config.incluster_config import InClusterConfigLoader  # noqa: PLC0415

    from services.admin.workloads.api import KubernetesApi  # noqa: PLC0415
    from services.admin.workloads.cluster import Cluster  # noqa: PLC0415

    configuration = client.Configuration()
    # The token is read again before it ends: Kubernetes replaces it every hour.
    loader: Any = InClusterConfigLoader(str(account / "token"), str(account / "ca.crt"))  # type: ignore[no-untyped-call]
    loader.load_and_set(configuration)
    configuration.retries = 1
    with client.ApiClient(configuration) as api_client:
        api = KubernetesApi(api_client, (account / "namespace").read_text().strip())
        try:
            yield Cluster(api, selector)
        finally:
            api.close()
