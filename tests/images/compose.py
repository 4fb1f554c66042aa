import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from tests.images.containers import podman
from tests.support.ports import free_port

DEPLOY: Final = Path(__file__).parents[2] / "deploy"
SERVICES: Final = ("nats", "gateway", "text", "image", "docs", "video", "video-worker", "admin")
LOOK_SECONDS: Final = 0.5
# What podman does by default does not run where cgroups are hybrid and limits cannot be raised.
ENGINE: Final = """[engine]
runtime = "runc"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
"""


class Project:
    """deploy/compose as a person has it: the folder, and an .env with what has no default."""

    def __init__(self, folder: Path) -> None:
        self._name = "quartet-test"
        self._folder = folder / "compose"
        shutil.copytree(DEPLOY / "compose", self._folder)
        shutil.copy(Path(__file__).with_name("compose.test.yaml"), self._folder)
        (folder / "containers.conf").write_text(ENGINE)
        self._engine = folder / "containers.conf"
        self.telegram_port = free_port()

    def up(self, tag: str) -> None:
        """Run a release: write its tag into .env, and `up -d`."""
        values = {
            "QUARTET_TAG": tag,
            "NATS_PASSWORD": "a1" * 16,
            "PANEL_SECRET": "b2" * 32,
            "TELEGRAM_BOT_TOKEN": "1000000001:sandbox-token-for-local-use-only-000",
            "ANALYTICS_SECRET": "a-secret-of-the-test-of-32-characters-or-more",
            "TELEGRAM_API_URL": "http://telegram:8081",
            "OPENAI_API_KEY": "sk-test",
            "OPENAI_BASE_URL": "http://openai:8082/v1",
            "RUNWAYML_API_SECRET": "key_test",
            "RUNWAYML_BASE_URL": "http://runway:8084",
            "SANDBOX_PORT": str(self.telegram_port),
            **{f"{what}_PORT": str(free_port()) for what in ("PANEL", "WEBHOOK", "LINKS")},
        }
        text = "".join(f"{name}={value}\n" for name, value in values.items())
        (self._folder / ".env").write_text(text)
        self._compose("up", "--detach", "--no-build")

    def down(self) -> None:
        """Remove the containers and the volumes."""
        self._compose("down", "--volumes", "--timeout", "5")

    def wait_until_healthy(self, patience_seconds: float) -> None:
        give_up_at = time.monotonic() + patience_seconds
        waiting = list(SERVICES)
        while waiting:
            assert time.monotonic() < give_up_at, self._story(waiting[0])
            waiting = [name for name in waiting if not self._is_healthy(name)]
            time.sleep(LOOK_SECONDS)

    def release_of(self, service: str) -> str:
        return (
            podman("inspect", "--format", "{{.Config.Image}}", self._container(service))
            .strip()
            .rpartition(":")[2]
        )

    def _is_healthy(self, service: str) -> bool:
        # Without systemd nothing runs podman's health checks but a person, or this.
        done = subprocess.run(
            ("podman", "healthcheck", "run", self._container(service)),
            capture_output=True,
            check=False,
            env=self._environment,
        )
        return done.returncode == 0

    def _story(self, service: str) -> str:
        container = self._container(service)
        logs = subprocess.run(
            ("podman", "logs", "--tail", "30", container), capture_output=True, text=True, check=False
        )
        return f"{service} is not healthy:\n{logs.stdout}{logs.stderr}"

    def _container(self, service: str) -> str:
        return f"{self._name}_{service}_1"

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, "CONTAINERS_CONF": str(self._engine)}

    def _compose(self, *arguments: str) -> None:
        command = (Path(sys.executable).with_name("podman-compose"), "--project-name", self._name)
        files = ("--file", "compose.yaml", "--file", "compose.test.yaml")
        done = subprocess.run(
            (*command, *files, *arguments),
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def make_nats_image(folder: Path) -> None:
    """Put the tests' nats-server on the base of the images: no registry is asked for the official one."""
    shutil.copy(Path(sys.executable).with_name("nats-server").resolve(), folder / "nats-server")
    (folder / "Dockerfile").write_text(
        "FROM localhost/quartet-base:bookworm\n"
        "RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends wget\n"
        "COPY nats-server /usr/local/bin/nats-server\n"
    )
    podman(
        *("build", "--quiet", "--isolation", "chroot", "--network", "host"),
        *("--tag", "localhost/quartet-nats:test", str(folder)),
    )
