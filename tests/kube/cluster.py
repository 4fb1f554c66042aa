import base64
import json
import os
import secrets
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from kubernetes import client

from tests.support.ports import free_port

START_SECONDS: Final = 60.0
# Where `make kube-test` has built what runs here.
BINARIES: Final = Path(__file__).resolve().parents[2] / ".local" / "kube"


class KubernetesCluster:
    """etcd, kube-apiserver and kube-controller-manager, all real. Without nodes no pod ever runs."""

    def __init__(self, directory: Path, port: int, token: str) -> None:
        self.directory = directory
        self.url = f"https://127.0.0.1:{port}"
        self._token = token

    def client(self, token: str = "") -> client.ApiClient:
        """Speak to it with a token, by default as one who may do everything."""
        configuration = client.Configuration(host=self.url)
        configuration.verify_ssl = True
        configuration.ssl_ca_cert = str(self.directory / "certificates" / "apiserver.crt")
        configuration.api_key = {"authorization": f"Bearer {token or self._token}"}
        configuration.retries = 1
        return client.ApiClient(configuration)

    def kubeconfig(self) -> Path:
        """A file for those who read one: helm and kubectl."""
        authority = (self.directory / "certificates" / "apiserver.crt").read_bytes()
        cluster = {"server": self.url, "certificate-authority-data": base64.b64encode(authority).decode()}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "here", "cluster": cluster}],
            "users": [{"name": "root", "user": {"token": self._token}}],
            "contexts": [{"name": "here", "context": {"cluster": "here", "user": "root"}}],
            "current-context": "here",
        }
        file = self.directory / "kubeconfig"
        file.write_text(json.dumps(config))
        return file

    def is_ready(self) -> bool:
        request = urllib.request.Request(
            f"{self.url}/readyz", headers={"Authorization": f"Bearer {self._token}"}
        )
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            with urllib.request.urlopen(request, context=context, timeout=2) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@contextmanager
def kubernetes_cluster(directory: Path) -> Iterator[KubernetesCluster]:
    """Run a cluster of its own for the block."""
    token, store = secrets.token_hex(16), f"http://127.0.0.1:{free_port()}"
    (directory / "tokens.csv").write_text(f'{token},root,1,"system:masters"\n')
    _write_key(directory / "accounts.key")
    cluster = KubernetesCluster(directory, free_port(), token)
    with ExitStack() as stack:
        stack.enter_context(_running(directory, "etcd", _of_the_store(directory, store)))
        stack.enter_context(_running(directory, "kube-apiserver", _of_the_server(cluster, store)))
        _wait_for(cluster, directory)
        stack.enter_context(_running(directory, "kube-controller-manager", _of_the_controllers(cluster)))
        yield cluster


def _of_the_store(directory: Path, address: str) -> dict[str, Any]:
    return {
        "data-dir": directory / "etcd",
        "listen-client-urls": address,
        "advertise-client-urls": address,
        "listen-peer-urls": f"http://127.0.0.1:{free_port()}",
        "unsafe-no-fsync": "true",
    }


def _of_the_server(cluster: KubernetesCluster, store: str) -> dict[str, Any]:
    return {
        "etcd-servers": store,
        "secure-port": cluster.url.rpartition(":")[2],
        "bind-address": "127.0.0.1",
        "cert-dir": cluster.directory / "certificates",
        "token-auth-file": cluster.directory / "tokens.csv",
        "authorization-mode": "RBAC",
        "service-account-issuer": "https://kubernetes.test",
        "service-account-key-file": cluster.directory / "accounts.key",
        "service-account-signing-key-file": cluster.directory / "accounts.key",
        "service-cluster-ip-range": "10.0.0.0/24",
    }


def _of_the_controllers(cluster: KubernetesCluster) -> dict[str, Any]:
    return {
        "kubeconfig": cluster.kubeconfig(),
        "service-account-private-key-file": cluster.directory / "accounts.key",
        "use-service-account-credentials": "true",
        "leader-elect": "false",
        "secure-port": 0,
    }


def _wait_for(cluster: KubernetesCluster, directory: Path) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while not cluster.is_ready():
        if time.monotonic() > give_up_at:
            raise RuntimeError((directory / "kube-apiserver.log").read_text()[-2000:])
        time.sleep(0.2)


@contextmanager
def _running(directory: Path, name: str, options: Mapping[str, Any]) -> Iterator[None]:
    command = [str(BINARIES / name), *(f"--{option}={value}" for option, value in options.items())]
    with (directory / f"{name}.log").open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, env={**os.environ, "GOMAXPROCS": "2"}
        )
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _write_key(file: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
