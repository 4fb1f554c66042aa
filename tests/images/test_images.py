import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.images.containers import (
    configuration_of,
    podman,
    pulled_bytes,
    running,
    said_inside,
    seconds_until_serving,
    wait_until_listening,
)
from tests.support.nats import nats_server
from tests.support.ports import free_port

MEGABYTE: Final = 1_000_000
PATIENCE_SECONDS: Final = 60.0
NOWHERE: Final = "http://127.0.0.1:9"
VENDORS: Final = {
    "OPENAI_API_KEY": "sk-test",
    "OPENAI_BASE_URL": f"{NOWHERE}/v1",
    "GOOGLE_API_KEY": "test",
    "GOOGLE_BASE_URL": NOWHERE,
    "RUNWAYML_API_SECRET": "key_test",
    "RUNWAYML_BASE_URL": NOWHERE,
}


class Shipped(NamedTuple):
    """What is promised of an image, and what it needs to start."""

    image: str
    most_megabytes: int
    start_seconds: float
    module: str
    environment: dict[str, str]


TELEGRAM: Final = {
    "TELEGRAM_BOT_TOKEN": "1000000001:sandbox-token-for-local-use-only-000",
    "ANALYTICS_SECRET": "a-secret-of-the-test-of-32-characters-or-more",
}
PANEL: Final = {"PANEL_SECRET": "0" * 32, "HOME": "/tmp"}
IMAGES: Final = [
    Shipped("gateway", 150, 6.0, "services.gateway", TELEGRAM),
    Shipped("text", 150, 3.0, "services.text", VENDORS),
    Shipped("image", 150, 3.0, "services.image", VENDORS),
    Shipped("docs", 350, 3.0, "services.docs", {}),
    Shipped("video", 150, 3.0, "services.video", VENDORS),
    Shipped("admin", 450, 6.0, "services.admin", PANEL),
]
WORKER: Final = Shipped("video", 150, 3.0, "services.video.worker", VENDORS)
NAMES: Final = [one.image for one in IMAGES]


@pytest.fixture(scope="module")
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with nats_server(tmp_path_factory.mktemp("nats")) as server:
        yield server.url


@pytest.fixture(scope="module")
def telegram() -> Iterator[str]:
    port = free_port()
    with running("sandbox", {"SANDBOX_PORT": str(port)}, "python", "-m", "services.sandbox", "telegram"):
        wait_until_listening(port)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("registry")


@pytest.mark.parametrize("one", [*IMAGES, WORKER], ids=lambda one: one.module.removeprefix("services."))
def test_it_serves_soon_with_nothing_but_tmp_and_its_volume_to_write_to(
    one: Shipped, nats: str, telegram: str
) -> None:
    port, metrics = free_port(), free_port()
    common = {
        "NATS_URL": nats,
        "GRPC_PORT": str(port),
        "METRICS_PORT": str(metrics),
        "GRPC_HOST": "127.0.0.1",
        "TELEGRAM_API_URL": telegram,
    }
    environment = {**common, "DRAIN_SECONDS": "0", "PANEL_PORT": str(free_port()), **one.environment}
    with running(one.image, environment, "python", "-m", one.module) as container:
        seconds = seconds_until_serving(container, port, PATIENCE_SECONDS)
        user = podman("exec", container, "id", "-u").strip()
    print(f"{one.module}: serves after {seconds:.2f} s")  # noqa: T201  # the figure itself is wanted
    assert user == "10001"
    assert seconds < one.start_seconds


@pytest.mark.parametrize("one", IMAGES, ids=NAMES)
def test_it_is_small_to_pull(one: Shipped, registry: Path) -> None:
    megabytes = pulled_bytes(one.image, registry) / MEGABYTE
    unpacked = configuration_of(one.image)["Size"] / MEGABYTE
    print(f"{one.image}: {megabytes:.0f} MB to pull, {unpacked:.0f} MB on disk")  # noqa: T201
    assert megabytes < one.most_megabytes


@pytest.mark.parametrize("image", NAMES)
def test_everything_in_it_can_be_imported_and_nothing_in_it_compiles(image: str) -> None:
    said = said_inside(
        image,
        "for tool in gcc cc g++ c++ clang make ld as pip uv git curl wget; do"
        ' command -v "$tool" && echo "FOUND $tool"; done;'
        " ls services; find services -name '*.py' | sort |"
        " sed -e 's|/__init__.py$||' -e 's|.py$||' -e 's|/|.|g' | grep -v __main__ > /tmp/modules;"
        " python -c \"import importlib\nfor name in open('/tmp/modules').read().split():"
        ' importlib.import_module(name)" && echo COMPLETE',
    )
    assert "FOUND" not in said
    assert "COMPLETE" in said
    others = {name for name in NAMES if name != image}
    assert not others & set(said.split())


@pytest.mark.parametrize("image", NAMES)
def test_it_says_what_it_is_and_holds_no_secret(image: str) -> None:
    said = configuration_of(image)
    labels = said["Labels"]
    assert labels["org.opencontainers.image.title"] == f"quartet-{image}"
    assert labels["org.opencontainers.image.version"] == "test"
    assert re.fullmatch(r"[0-9a-f]{40}", labels["org.opencontainers.image.revision"])
    assert said["Config"]["User"] == "10001:10001"
    variables = {line.partition("=")[0] for line in said["Config"]["Env"]}
    assert not [name for name in variables if re.search("TOKEN|KEY|SECRET|PASSWORD", name)]
