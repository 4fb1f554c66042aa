import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from services.chassis.environment import Environment
from services.chassis.errors import StartupError
from services.local import environment as env
from services.local import nats, secrets
from services.local.parts import Binding, Part, Stage
from services.local.probes import HttpProbe
from services.local.settings import LocalSettings

# The token that the sandbox takes, and any foreign Bot API emulator too.
SANDBOX_TOKEN: Final = "1000000001:sandbox-token-for-local-use-only-000"  # noqa: S105  # public
# Who owns the bot in the sandbox, where ADMIN_IDS names nobody.
SANDBOX_OWNER_ID: Final = 1000
# What the sandbox signs Mini Apps with, as Telegram does with its own.
SANDBOX_PUBLIC_KEY: Final = "38c438a6749e87f2f94ef96bf037e08533c9c421b841dee324c5fd9017674ed5"


@dataclass(frozen=True)
class Plan:
    """Which parts run here, in the order of their start."""

    settings: LocalSettings
    environment: Mapping[str, str] = field(repr=False)
    root: Path

    def parts(self) -> list[Part]:
        """Return the parts. Raises StartupError where settings do not go together."""
        settings = self.settings
        stands_in = settings.runs_telegram or settings.runs_vendors
        if stands_in and settings.quartet_environment is Environment.PRODUCTION:
            raise StartupError(
                "QUARTET_ENVIRONMENT=production and the sandbox do not go together: set TELEGRAM_BOT_TOKEN "
                "and OPENAI_API_KEY or GOOGLE_API_KEY, or unset QUARTET_ENVIRONMENT."
            )
        parts = []
        if settings.runs_nats:
            parts.append(nats.part(settings, self.data_dir, self._child_environment()))
        if settings.runs_telegram:
            host, port = settings.sandbox_host, settings.sandbox_telegram_port
            parts.append(self._sandbox("telegram", host, port, "SANDBOX_PORT"))
        if settings.runs_vendors:
            host, port = settings.sandbox_openai_host, settings.sandbox_openai_port
            parts.append(self._sandbox("openai", host, port, "SANDBOX_OPENAI_PORT"))
            host, port = settings.sandbox_google_host, settings.sandbox_google_port
            parts.append(self._sandbox("google", host, port, "SANDBOX_GOOGLE_PORT"))
        if settings.runs_runway and self._has_videos:
            host, port = settings.sandbox_runway_host, settings.sandbox_runway_port
            parts.append(self._sandbox("runway", host, port, "SANDBOX_RUNWAY_PORT"))
        videos = self._videos() if self._has_videos else ()
        services = [self._text(), self._image(), self._docs(), *videos, self._admin()]
        return [*parts, *services, self._gateway()]

    @property
    def data_dir(self) -> Path:
        return (self.root / self.settings.quartet_data_dir).resolve()

    @property
    def nats_url(self) -> str:
        return self.settings.nats_url or f"nats://127.0.0.1:{self.settings.nats_port}"

    @property
    def telegram_api_url(self) -> str | None:
        """The Bot API to speak to; None is Telegram itself."""
        if self.settings.runs_telegram:
            return f"http://127.0.0.1:{self.settings.sandbox_telegram_port}"
        return self.settings.telegram_api_url

    @property
    def telegram_bot_token(self) -> str:
        token = self.settings.telegram_bot_token
        return (
            token.get_secret_value() if token else self.environment.get("SANDBOX_BOT_TOKEN") or SANDBOX_TOKEN
        )

    def _child_environment(self, *patterns: tuple[str, ...], **values: str) -> dict[str, str]:
        picked = env.pick(self.environment, env.HOST, *patterns)
        return env.without_proxy_to_loopback(
            picked
            # What gRPC's core writes is no line that a machine reads; our own say what became of a call.
            | {"PYTHONUNBUFFERED": "1", "GRPC_VERBOSITY": "NONE"}
            | {"QUARTET_ENVIRONMENT": self.settings.quartet_environment}
            | values
        )

    def _sandbox(self, which: str, host: str, port: int, port_variable: str) -> Part:
        values = {port_variable: str(port)}
        if which == "runway" and not self.environment.get("SANDBOX_RUNWAY_DIRECTORY"):
            # Its tasks outlive it, as a vendor's do.
            values["SANDBOX_RUNWAY_DIRECTORY"] = str(self.data_dir / "sandbox-runway")
        return Part(
            name=f"sandbox-{which}",
            stage=Stage.STAND_INS,
            command=(sys.executable, "-m", "services.sandbox", which),
            environment=self._child_environment(env.SANDBOX, **values),
            bindings=(Binding(host, port, f"SANDBOX_{which.upper()}_PORT"),),
            probe=HttpProbe(f"http://{_reachable(host)}:{port}/control/state"),
        )

    def _service(
        self,
        name: str,
        grpc_port: int,
        metrics_port: int,
        variables: tuple[str, ...],
        values: dict[str, str],
        module: str = "",
    ) -> Part:
        host, variable = self.settings.grpc_host, name.upper().replace("-", "_")
        bindings = (
            Binding(host, grpc_port, f"{variable}_GRPC_PORT"),
            Binding(host, metrics_port, f"{variable}_METRICS_PORT"),
        )
        common = {
            "NATS_URL": self.nats_url,
            "GRPC_PORT": str(grpc_port),
            "METRICS_PORT": str(metrics_port),
            "LOG_FORMAT": self.environment.get("LOG_FORMAT") or "console",
            "GRACE_SECONDS": str(self.settings.grace_seconds),
        }
        return Part(
            name=name,
            stage=Stage.SERVICES,
            command=(sys.executable, "-m", f"services.{module or name}"),
            environment=self._child_environment(env.CHASSIS, variables, **common, **values),
            bindings=bindings,
            probe=HttpProbe(f"http://{_reachable(host)}:{metrics_port}/readyz"),
        )

    def _text(self) -> Part:
        ports = self.settings.text_grpc_port, self.settings.text_metrics_port
        return self._service("text", *ports, env.TEXT, self._vendors())

    def _image(self) -> Part:
        ports = self.settings.image_grpc_port, self.settings.image_metrics_port
        return self._service("image", *ports, env.IMAGE, self._vendors())

    def _docs(self) -> Part:
        ports = self.settings.docs_grpc_port, self.settings.docs_metrics_port
        values = {"TEXT_TARGET": self._target(self.settings.text_grpc_port)}
        if not self.environment.get("DOCS_DIRECTORY"):
            values["DOCS_DIRECTORY"] = str(self.data_dir / "docs")
        return self._service("docs", *ports, env.DOCS, values)

    def _admin(self) -> Part:
        ports = self.settings.admin_grpc_port, self.settings.admin_metrics_port
        values = {
            **self._owner(),
            "PANEL_HOST": self.settings.panel_host,
            "PANEL_PORT": str(self.settings.panel_port),
            "PANEL_URL": self.panel_url,
            "GATEWAY_TARGET": self._target(self.settings.gateway_grpc_port),
            "TEXT_TARGET": self._target(self.settings.text_grpc_port),
            "IMAGE_TARGET": self._target(self.settings.image_grpc_port),
            "DOCS_TARGET": self._target(self.settings.docs_grpc_port),
            "VIDEO_TARGET": self._target(self.settings.video_grpc_port),
        }
        bot_id = self.telegram_bot_token.partition(":")[0]
        if bot_id.isdigit():  # A token that is none is the gateway's to refuse.
            values["TELEGRAM_BOT_ID"] = bot_id
        if self.settings.runs_telegram:
            values["TELEGRAM_PUBLIC_KEY"] = SANDBOX_PUBLIC_KEY
        if not self.environment.get("PANEL_SECRET"):
            values["PANEL_SECRET"] = secrets.kept(self.data_dir, "panel")
        if not self.environment.get("ADMIN_DIRECTORY"):
            values["ADMIN_DIRECTORY"] = str(self.data_dir / "admin")
        part = self._service("admin", *ports, env.ADMIN, values)
        panel = Binding(self.settings.panel_host, self.settings.panel_port, "PANEL_PORT")
        return replace(part, bindings=(*part.bindings, panel))

    @property
    def panel_url(self) -> str:
        return self.settings.panel_url or f"http://127.0.0.1:{self.settings.panel_port}"

    @property
    def admin_target(self) -> str:
        return self._target(self.settings.admin_grpc_port)

    @property
    def owner_id(self) -> int | None:
        """The first owner, or None where nobody has been named and nothing stands in for Telegram."""
        named = self.settings.admin_ids.replace(",", " ").split()
        if named:
            return int(named[0]) if named[0].isdigit() else None
        return SANDBOX_OWNER_ID if self.settings.runs_telegram else None

    def _owner(self) -> dict[str, str]:
        """The sandbox has an owner even where nobody is named."""
        is_named = bool(self.settings.admin_ids) or not self.settings.runs_telegram
        return {} if is_named else {"ADMIN_IDS": str(SANDBOX_OWNER_ID)}

    @property
    def _has_videos(self) -> bool:
        """Nobody stands in for a vendor of videos in production: without one there are none."""
        is_production = self.settings.quartet_environment is Environment.PRODUCTION
        return not (is_production and self.settings.runs_runway)

    def _videos(self) -> tuple[Part, Part]:
        settings = self.settings
        office = settings.video_grpc_port, settings.video_metrics_port
        worker = settings.video_worker_grpc_port, settings.video_worker_metrics_port
        return self._video("video", "video", *office), self._video("video-worker", "video.worker", *worker)

    def _video(self, name: str, module: str, grpc_port: int, metrics_port: int) -> Part:
        values = self._owner()
        if self.settings.runs_runway:
            # Beside a stand-in there is no real vendor, and the other way round.
            address = f"http://127.0.0.1:{self.settings.sandbox_runway_port}"
            google = {name: value for name, value in self._vendors().items() if name.startswith("GOOGLE")}
            values |= {**google, "RUNWAYML_BASE_URL": address, "RUNWAY_PROXY": ""}
        return self._service(name, grpc_port, metrics_port, env.VIDEO, values, module)

    def _target(self, port: int) -> str:
        return f"dns:///{_reachable(self.settings.grpc_host)}:{port}"

    def _vendors(self) -> dict[str, str]:
        """Where the stand-ins are, if they stand in."""
        settings = self.settings
        if not settings.runs_vendors:
            return {}
        return {
            "OPENAI_BASE_URL": f"http://127.0.0.1:{settings.sandbox_openai_port}/v1",
            "OPENAI_PROXY": "",
            "GOOGLE_BASE_URL": f"http://127.0.0.1:{settings.sandbox_google_port}",
            "GOOGLE_PROXY": "",
        }

    def _gateway(self) -> Part:
        settings = self.settings
        values = {
            **self._owner(),
            "TELEGRAM_BOT_TOKEN": self.telegram_bot_token,
            "ADMIN_TARGET": self.admin_target,
            "TEXT_TARGET": self._target(settings.text_grpc_port),
            "IMAGE_TARGET": self._target(settings.image_grpc_port),
            "DOCS_TARGET": self._target(settings.docs_grpc_port),
            "VIDEO_TARGET": self._target(settings.video_grpc_port),
        }
        if self.telegram_api_url:
            values["TELEGRAM_API_URL"] = self.telegram_api_url
        if settings.runs_telegram:
            values["TELEGRAM_PROXY"] = ""
        if not self.environment.get("ANALYTICS_SECRET"):
            values["ANALYTICS_SECRET"] = secrets.kept(self.data_dir, "analytics")
        part = self._service(
            "gateway", settings.gateway_grpc_port, settings.gateway_metrics_port, env.GATEWAY, values
        )
        if settings.telegram_mode != "webhook":
            return part
        webhook = Binding(settings.webhook_host, settings.webhook_port, "WEBHOOK_PORT")
        return replace(part, bindings=(*part.bindings, webhook))


def _reachable(host: str) -> str:
    """A process that listens everywhere is asked on the loopback."""
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104  # compared, not bound
