import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from services.local.parts import Binding, Part, Stage
from services.local.probes import NatsProbe
from services.local.settings import LocalSettings

HOST: Final = "127.0.0.1"


def part(settings: LocalSettings, data_dir: Path, environment: Mapping[str, str]) -> Part:
    """Write the server's configuration under `data_dir` and return the part that runs it."""
    folder = data_dir / "nats"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "nats.conf"
    file.write_text(configuration(settings.nats_port, folder / "data"))
    return Part(
        name="nats",
        stage=Stage.STORE,
        command=(str(Path(sys.executable).with_name("nats-server")), "--config", str(file)),
        environment=environment,
        bindings=(Binding(HOST, settings.nats_port, "NATS_PORT"),),
        probe=NatsProbe(HOST, settings.nats_port),
    )


def configuration(port: int, store: Path) -> str:
    """Return a server's configuration: loopback only, JetStream on, messages on disk before their acks."""
    # Without `sync_interval: always` an acknowledged message can be lost with the machine's power.
    return (
        f'server_name: "quartet-local"\nlisten: "{HOST}:{port}"\nmax_payload: 2MB\n'
        f"jetstream {{ store_dir: {json.dumps(str(store))}, sync_interval: always }}\n"
    )
