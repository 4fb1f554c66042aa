import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # no stubs

from tests.support.ports import is_listening

TAG: Final = "test"
TOLD_SECONDS: Final = 0.02
OFTEN: Final = [(f"grpc.{which}_reconnect_backoff_ms", 100) for which in ("initial", "min", "max")]
# runc and these limits work where the host's cgroups are hybrid and its limits cannot be raised.
RUN: Final = (
    *("podman", "--runtime", "runc", "run", "--read-only", "--tmpfs", "/tmp", "--network", "host"),
    *("--cap-drop", "all", "--security-opt", "no-new-privileges"),
    *("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096"),
)


def podman(*arguments: str) -> str:
    """Run podman and return what it printed. Raises CalledProcessError."""
    done = subprocess.run(("podman", *arguments), capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"podman {' '.join(arguments)}:\n{done.stdout}{done.stderr}")
    return done.stdout


def name_of(image: str) -> str:
    return f"localhost/quartet-{image}:{TAG}"


def configuration_of(image: str) -> dict[str, Any]:
    """Return what an image says of itself."""
    found: dict[str, Any] = json.loads(podman("image", "inspect", name_of(image)))[0]
    return found


def pulled_bytes(image: str, directory: Path) -> int:
    """Return how much a machine pulls that has nothing of the image: its layers, compressed."""
    podman("push", "--quiet", "--compression-format", "gzip", name_of(image), f"oci:{directory}:{image}")
    index = json.loads((directory / "index.json").read_text())
    (entry,) = (
        one for one in index["manifests"] if one["annotations"]["org.opencontainers.image.ref.name"] == image
    )
    manifest = json.loads((directory / "blobs" / entry["digest"].replace(":", "/")).read_text())
    return sum(layer["size"] for layer in manifest["layers"])


def said_inside(image: str, script: str) -> str:
    """Run a shell script in a fresh container and return what it printed."""
    done = subprocess.run(
        (*RUN, "--rm", name_of(image), "sh", "-c", script), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def running(image: str, environment: Mapping[str, str], *command: str) -> Iterator[str]:
    """Start a container for the block and yield its name."""
    variables = [f"--env={name}={value}" for name, value in environment.items()]
    started = subprocess.run(
        (*RUN, "--detach", "--volume", "/var/lib/quartet", *variables, name_of(image), *command),
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 0, started.stderr
    container = started.stdout.strip()
    try:
        yield container
    finally:
        podman("rm", "--force", "--volumes", "--time", "10", container)


def seconds_until_serving(container: str, port: int, patience_seconds: float) -> float:
    """Wait until gRPC health says SERVING; return how long after the container's start that was.

    The time it waited for a processor that others used is left out.
    """
    started_at = time.monotonic() - _age_seconds(container)
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=OFTEN) as to:
        health = health_pb2_grpc.HealthStub(to)
        while time.monotonic() - started_at < patience_seconds:
            try:
                answer = health.Check(health_pb2.HealthCheckRequest(), timeout=1, wait_for_ready=True)
            except grpc.RpcError:
                continue
            if answer.status == answer.SERVING:
                return time.monotonic() - started_at - _waited_seconds(container)
            time.sleep(TOLD_SECONDS)
    raise AssertionError(f"does not serve after {patience_seconds} s:\n{podman('logs', container)}")


def wait_until_listening(port: int, patience_seconds: float = 10.0) -> None:
    """Wait until something takes connections at a port of this machine."""
    give_up_at = time.monotonic() + patience_seconds
    while not is_listening(port):
        assert time.monotonic() < give_up_at, f"nothing listens at {port}"
        time.sleep(TOLD_SECONDS)


def _waited_seconds(container: str) -> float:
    # https://docs.kernel.org/scheduler/sched-stats.html: nanoseconds of the first thread in the queue
    pid = podman("inspect", "--format", "{{.State.Pid}}", container).strip()
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9


def _age_seconds(container: str) -> float:
    started = podman("inspect", "--format", "{{.State.StartedAt.UnixMilli}}", container)
    return max(0.0, time.time() - int(started) / 1000)
