import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from services.local import environment as env
from services.local.nats import configuration
from services.local.probes import HttpProbe, NatsProbe, Probe
from tests.support.ports import free_port
from tests.support.processes import RealProcess

HOST: Final = "127.0.0.1"
TOKEN: Final = "1000000001:sandbox-token-for-local-use-only-000"
BOT_ID: Final = 1000000001
WEBHOOK_SECRET: Final = "a-webhook-secret-for-tests"
SERVICES: Final = ("text", "image", "docs", "video")
WORKER: Final = "video-worker"


class Stack:
    """Quartet as real processes on free ports: nats, telegram, openai, text, and gateways as you name them.

    With `google`, there is a process of that name, too, and text has both vendors. With `image` and
    `docs`, there are these services; with `video`, `runway`, `video` and the worker `video-worker`.
    Every method that takes a name takes one of `processes`. Whatever a process writes is in `<name>.log`.
    """

    def __init__(
        self,
        directory: Path,
        variables: Mapping[str, str],
        *,
        google: bool = False,
        image: bool = False,
        docs: bool = False,
        video: bool = False,
    ) -> None:
        self.directory = directory
        self.processes: dict[str, RealProcess] = {}
        self._variables = dict(variables)
        self._nats_port, telegram_port, openai_port, google_port, runway_port = (
            free_port() for _ in range(5)
        )
        self._service_ports = {name: (free_port(), free_port()) for name in SERVICES}
        self._gateway_ports: dict[str, dict[str, int]] = {}
        self.nats_url = f"nats://{HOST}:{self._nats_port}"
        self.telegram_url = f"http://{HOST}:{telegram_port}"
        self.openai_url = f"http://{HOST}:{openai_port}"
        self.google_url = f"http://{HOST}:{google_port}"
        self.runway_url = f"http://{HOST}:{runway_port}"
        self.text_target, self.image_target, self.docs_target, self.video_target = (
            f"dns:///{HOST}:{self._service_ports[name][0]}" for name in SERVICES
        )
        self._add_nats()
        self._add_sandbox("telegram", telegram_port)
        self._add_sandbox("openai", openai_port)
        if google:
            self._add_sandbox("google", google_port)
        self._add_service("text")
        if image:
            self._add_service("image")
        if docs:
            self._add_service("docs")
        if video:
            self._add_sandbox("runway", runway_port)
            self._add_service("video")
            self.add_worker()

    async def start(self) -> None:
        """Start everything but the gateways, in the order of need."""
        await self.processes["nats"].start()
        others = [process for name, process in self.processes.items() if name != "nats"]
        await asyncio.gather(*(process.start() for process in others))

    async def stop(self) -> None:
        """End everything, gateways and workers first, the store last."""
        last = ("video", "docs", "text", "image", "runway", "google", "openai", "telegram", "nats")
        first = [process for name, process in self.processes.items() if name not in last]
        await asyncio.gather(*(process.stop() for process in first))
        for name in last:
            if name in self.processes:
                await self.processes[name].stop()

    async def start_gateway(
        self, name: str = "gateway", *, failpoints: str = "", until_ready: bool = True, **variables: str
    ) -> RealProcess:
        """Start one more gateway, or one of this name again with other failpoints and variables."""
        if name in self.processes:
            await self.processes[name].stop()
        ports = self._ports_of(name)
        environment = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": self.telegram_url,
            "TEXT_TARGET": self.text_target,
            "IMAGE_TARGET": self.image_target,
            "DOCS_TARGET": self.docs_target,
            "VIDEO_TARGET": self.video_target,
            "FAILPOINTS": failpoints,
            **{variable: str(port) for variable, port in ports.items()},
            **variables,
        }
        probe = HttpProbe(f"http://{HOST}:{ports['METRICS_PORT']}/readyz")
        process = self._add(name, self._module("services.gateway"), environment, probe)
        await process.start(until_ready=until_ready)
        return process

    async def start_webhook_gateway(
        self, name: str = "gateway", *, failpoints: str = "", **variables: str
    ) -> RealProcess:
        """Start a gateway that the sandbox calls, instead of one that polls it."""
        port = self._ports_of(name)["WEBHOOK_PORT"]
        return await self.start_gateway(
            name,
            failpoints=failpoints,
            until_ready=True,
            TELEGRAM_MODE="webhook",
            TELEGRAM_WEBHOOK_URL=f"http://{HOST}:{port}/telegram",
            TELEGRAM_WEBHOOK_SECRET=WEBHOOK_SECRET,
            **variables,
        )

    def add_worker(self, name: str = WORKER) -> RealProcess:
        """Add one more worker of videos; it is not started."""
        self._service_ports[name] = free_port(), free_port()
        return self._add_service(name, "video.worker")

    async def kill(self, name: str) -> None:
        """kill -9."""
        await self.processes[name].kill()

    def pause(self, name: str) -> None:
        """SIGSTOP."""
        self.processes[name].pause()

    def resume(self, name: str) -> None:
        """SIGCONT."""
        self.processes[name].resume()

    async def restart(self, name: str, **variables: str) -> None:
        """Start what was killed, or stop what runs and start it anew; `variables` replace some of its own."""
        process = self.processes[name]
        if process.is_running:
            await process.stop()
        process.environment.update(variables)
        await process.start()

    def logs(self, name: str | None = None) -> str:
        """Return what a process, or all of them, have written so far."""
        if name is not None:
            return self.processes[name].logs()
        return "".join(process.logs() for process in self.processes.values())

    def metrics_url(self, name: str) -> str:
        """Return where a process shows its metrics."""
        known = self._service_ports.get(name)
        port = known[1] if known else self._ports_of(name)["METRICS_PORT"]
        return f"http://{HOST}:{port}/metrics"

    def grpc_target(self, name: str) -> str:
        """Return the gRPC target of a process."""
        known = self._service_ports.get(name)
        port = known[0] if known else self._ports_of(name)["GRPC_PORT"]
        return f"dns:///{HOST}:{port}"

    def webhook_port(self, name: str) -> int:
        return self._ports_of(name)["WEBHOOK_PORT"]

    def _ports_of(self, gateway: str) -> dict[str, int]:
        variables = ("GRPC_PORT", "METRICS_PORT", "WEBHOOK_PORT")
        return self._gateway_ports.setdefault(gateway, {variable: free_port() for variable in variables})

    def _add(
        self, name: str, command: tuple[str, ...], environment: Mapping[str, str], probe: Probe
    ) -> RealProcess:
        common = {
            **env.without_proxy_to_loopback(env.pick(os.environ, env.HOST)),
            "PYTHONUNBUFFERED": "1",
            "GRPC_VERBOSITY": "NONE",
            "QUARTET_ENVIRONMENT": "test",
            "NATS_URL": self.nats_url,
            "GRACE_SECONDS": "2",
            "DRAIN_SECONDS": "0",
        }
        merged = {**common, **self._variables, **environment}
        process = RealProcess(name, command, merged, probe, self.directory / f"{name}.log")
        self.processes[name] = process
        return process

    def _add_nats(self) -> None:
        file = self.directory / "nats.conf"
        file.write_text(configuration(self._nats_port, self.directory / "nats"))
        binary = str(Path(sys.executable).with_name("nats-server"))
        self._add("nats", (binary, "--config", str(file)), {}, NatsProbe(HOST, self._nats_port))

    def _add_sandbox(self, which: str, port: int) -> None:
        environment = {"SANDBOX_PORT" if which == "telegram" else f"SANDBOX_{which.upper()}_PORT": str(port)}
        if which == "runway":
            environment["SANDBOX_RUNWAY_DIRECTORY"] = str(self.directory / "runway")
        probe = HttpProbe(f"http://{HOST}:{port}/control/state")
        self._add(which, self._module("services.sandbox", which), environment, probe)

    def _add_service(self, name: str, module: str = "") -> RealProcess:
        grpc_port, metrics_port = self._service_ports[name]
        environment = {
            "GRPC_PORT": str(grpc_port),
            "METRICS_PORT": str(metrics_port),
            "OPENAI_BASE_URL": f"{self.openai_url}/v1",
            "OPENAI_API_KEY": "sk-a-key-for-tests",
            "TEXT_TARGET": self.text_target,
            "DOCS_DIRECTORY": str(self.directory / "docs"),
        }
        if "google" in self.processes:
            environment["GOOGLE_BASE_URL"] = self.google_url
        if name.startswith("video"):
            environment |= {"RUNWAYML_BASE_URL": self.runway_url, "RUNWAYML_API_SECRET": "key_for_tests"}
        probe = HttpProbe(f"http://{HOST}:{metrics_port}/readyz")
        return self._add(name, self._module(f"services.{module or name}"), environment, probe)

    @staticmethod
    def _module(*arguments: str) -> tuple[str, ...]:
        return (sys.executable, "-m", *arguments)


@asynccontextmanager
async def running_stack(
    directory: Path,
    *,
    gateways: int = 1,
    google: bool = False,
    image: bool = False,
    docs: bool = False,
    video: bool = False,
    **variables: str,
) -> AsyncIterator[Stack]:
    """Run a stack in `directory` for the block: gateways are `gateway`, `gateway-2` and so on.

    With `google`, there is a second vendor and its stand-in; with `image`, `docs` and `video`, these
    services. `variables` go to every process. With `gateways=0` start them with `start_gateway`.
    """
    stack = Stack(directory, variables, google=google, image=image, docs=docs, video=video)
    try:
        await stack.start()
        names = ["gateway", *(f"gateway-{number}" for number in range(2, gateways + 1))][:gateways]
        await asyncio.gather(*(stack.start_gateway(name) for name in names))
        yield stack
    finally:
        await stack.stop()
