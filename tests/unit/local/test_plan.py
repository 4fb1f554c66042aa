from pathlib import Path

import pytest

from services.admin.settings import AdminSettings
from services.chassis.errors import StartupError
from services.chassis.settings import ServiceSettings
from services.docs.settings import DocsSettings
from services.gateway.settings import GatewaySettings
from services.image.settings import ImageSettings
from services.local import environment as env
from services.local.parts import Part
from services.local.plan import SANDBOX_TOKEN, Plan
from services.local.settings import LocalSettings
from services.text.settings import TextSettings
from services.video.worker.settings import WorkerSettings


def _parts(folder: Path, **variables: str) -> dict[str, Part]:
    plan = Plan(LocalSettings.read(variables), variables, folder)
    return {part.name: part for part in plan.parts()}


def test_with_nothing_set_the_stand_ins_and_the_store_come_before_the_services(tmp_path: Path) -> None:
    parts = _parts(tmp_path)
    assert list(parts) == [
        *("nats", "sandbox-telegram", "sandbox-openai", "sandbox-google", "sandbox-runway"),
        *("text", "image", "docs", "video", "video-worker", "admin", "gateway"),
    ]
    assert [part.stage for part in parts.values()] == sorted(part.stage for part in parts.values())
    assert parts["gateway"].environment["TELEGRAM_API_URL"] == "http://127.0.0.1:8081"
    assert parts["gateway"].environment["TELEGRAM_BOT_TOKEN"] == SANDBOX_TOKEN
    assert parts["text"].environment["OPENAI_BASE_URL"] == "http://127.0.0.1:8082/v1"
    assert parts["text"].environment["GOOGLE_BASE_URL"] == "http://127.0.0.1:8083"
    assert parts["video-worker"].environment["RUNWAYML_BASE_URL"] == "http://127.0.0.1:8084"
    assert parts["video-worker"].environment["GOOGLE_BASE_URL"] == "http://127.0.0.1:8083"


def test_a_real_vendor_of_videos_has_no_stand_in_beside_it(tmp_path: Path) -> None:
    parts = _parts(tmp_path, RUNWAYML_API_SECRET="key_real")
    assert "sandbox-runway" not in parts
    assert parts["video"].environment["RUNWAYML_API_SECRET"] == "key_real"
    assert not {"RUNWAYML_BASE_URL", "GOOGLE_BASE_URL"} & parts["video"].environment.keys()


def test_in_production_videos_are_made_by_a_real_vendor_or_not_at_all(tmp_path: Path) -> None:
    real = {"QUARTET_ENVIRONMENT": "production", "TELEGRAM_BOT_TOKEN": "7:t", "OPENAI_API_KEY": "k"}
    assert not {"sandbox-runway", "video", "video-worker"} & _parts(tmp_path, **real).keys()
    assert "video" in _parts(tmp_path, **real, RUNWAYML_API_SECRET="key_real")


def test_a_token_alone_is_the_real_telegram(tmp_path: Path) -> None:
    parts = _parts(tmp_path, TELEGRAM_BOT_TOKEN="7:real")
    assert "sandbox-telegram" not in parts
    assert parts["gateway"].environment["TELEGRAM_BOT_TOKEN"] == "7:real"
    assert "TELEGRAM_API_URL" not in parts["gateway"].environment


def test_another_bot_api_server_is_spoken_to_with_the_sandbox_s_token(tmp_path: Path) -> None:
    environment = _parts(tmp_path, TELEGRAM_API_URL="http://emulator:1")["gateway"].environment
    assert environment["TELEGRAM_API_URL"] == "http://emulator:1"
    assert environment["TELEGRAM_BOT_TOKEN"] == SANDBOX_TOKEN


def test_another_openai_server_needs_no_key(tmp_path: Path) -> None:
    environment = _parts(tmp_path, OPENAI_BASE_URL="http://other/v1")["text"].environment
    assert environment["OPENAI_BASE_URL"] == "http://other/v1"
    assert "OPENAI_API_KEY" not in environment


@pytest.mark.parametrize(
    ("name", "base_urls"),
    [("OPENAI_API_KEY", ("OPENAI_BASE_URL", "GOOGLE_BASE_URL")), ("GOOGLE_API_KEY", ("GOOGLE_BASE_URL",))],
)
def test_beside_one_real_vendor_there_is_no_stand_in(
    tmp_path: Path, name: str, base_urls: tuple[str, ...]
) -> None:
    parts = _parts(tmp_path, **{name: "real"})
    assert "sandbox-openai" not in parts
    assert "sandbox-google" not in parts
    assert parts["text"].environment[name] == "real"
    assert not any(base_url in parts["text"].environment for base_url in base_urls)


def test_nobody_gets_the_secrets_of_another_part(tmp_path: Path) -> None:
    secrets = {
        "TELEGRAM_BOT_TOKEN": "7:tg-secret",
        "OPENAI_API_KEY": "sk-secret",
        "GOOGLE_PROXY": "http://user:secret@proxy",
        "RUNWAYML_API_SECRET": "key_secret",
        "GOOGLE_APPLICATION_CREDENTIALS": "/cloud-secret",
        "AWS_SECRET": "aws-secret",
    }
    parts = _parts(tmp_path, **secrets)
    holders = {
        secret: [name for name, part in parts.items() if secret in part.environment.values()]
        for secret in secrets.values()
    }
    assert holders == {
        "7:tg-secret": ["gateway"],
        "sk-secret": ["text", "image"],
        "http://user:secret@proxy": ["text", "image", "video", "video-worker"],
        "key_secret": ["video", "video-worker"],
        "/cloud-secret": [],
        "aws-secret": [],
    }
    assert not any(secret in repr(parts) for secret in secrets.values())


def test_proxies_are_for_the_real_vendors_not_for_the_stand_ins(tmp_path: Path) -> None:
    proxies = {"TELEGRAM_PROXY": "socks5://proxy:1", "OPENAI_PROXY": "http://proxy:2"}
    proxies["GOOGLE_PROXY"] = "http://proxy:3"
    parts = _parts(tmp_path, **proxies)
    assert parts["gateway"].environment["TELEGRAM_PROXY"] == ""
    assert parts["text"].environment["OPENAI_PROXY"] == parts["text"].environment["GOOGLE_PROXY"] == ""
    parts = _parts(tmp_path, **proxies, TELEGRAM_BOT_TOKEN="7:t", OPENAI_API_KEY="k")
    assert parts["gateway"].environment["TELEGRAM_PROXY"] == "socks5://proxy:1"
    assert parts["text"].environment["OPENAI_PROXY"] == "http://proxy:2"
    assert parts["text"].environment["GOOGLE_PROXY"] == "http://proxy:3"


def test_ports_move_with_their_variables(tmp_path: Path) -> None:
    parts = _parts(
        tmp_path, NATS_PORT="1", TEXT_GRPC_PORT="2", SANDBOX_TELEGRAM_PORT="3", TELEGRAM_MODE="webhook"
    )
    assert parts["text"].environment["NATS_URL"] == "nats://127.0.0.1:1"
    assert parts["text"].environment["GRPC_PORT"] == "2"
    assert parts["gateway"].environment["TEXT_TARGET"] == "dns:///127.0.0.1:2"
    assert parts["gateway"].environment["TELEGRAM_API_URL"] == "http://127.0.0.1:3"
    assert [binding.variable for binding in parts["gateway"].bindings] == [
        *("GATEWAY_GRPC_PORT", "GATEWAY_METRICS_PORT", "WEBHOOK_PORT")
    ]


def test_the_sandbox_is_not_for_production(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="TELEGRAM_BOT_TOKEN"):
        _parts(tmp_path, QUARTET_ENVIRONMENT="production")
    real = {"TELEGRAM_BOT_TOKEN": "7:t", "OPENAI_API_KEY": "k"}
    assert _parts(tmp_path, QUARTET_ENVIRONMENT="production", **real)


@pytest.mark.parametrize(
    ("settings", "variables"),
    [
        (GatewaySettings, env.GATEWAY),
        (TextSettings, env.TEXT),
        (ImageSettings, env.IMAGE),
        (DocsSettings, env.DOCS),
        (WorkerSettings, env.VIDEO),
        (AdminSettings, env.ADMIN),
    ],
)
def test_whatever_a_service_reads_reaches_it(
    settings: type[ServiceSettings], variables: tuple[str, ...]
) -> None:
    # These the supervisor sets itself.
    own = {
        *("ENVIRONMENT", "NATS_URL", "GRPC_PORT", "METRICS_PORT", "GRACE_SECONDS"),
        *("TEXT_TARGET", "IMAGE_TARGET", "DOCS_TARGET", "VIDEO_TARGET"),
        *("GATEWAY_TARGET", "ADMIN_TARGET"),
    }
    names = {name.upper() for name in settings.model_fields} - own
    assert set(env.pick(dict.fromkeys(names, "x"), env.CHASSIS, variables)) == names


@pytest.mark.parametrize(
    ("part", "variable", "name"),
    [("admin", "PANEL_SECRET", "panel"), ("gateway", "ANALYTICS_SECRET", "analytics")],
)
def test_the_panel_and_the_keys_of_users_have_secrets_of_their_own_that_stay(
    tmp_path: Path, part: str, variable: str, name: str
) -> None:
    first, second = (_parts(tmp_path)[part].environment[variable] for _ in range(2))
    assert first == second
    assert len(first) >= 32
    assert (tmp_path / ".local/secrets" / name).stat().st_mode & 0o077 == 0


def test_the_sandbox_has_an_owner_and_a_real_bot_only_who_is_named(tmp_path: Path) -> None:
    parts = _parts(tmp_path)
    assert parts["admin"].environment["ADMIN_IDS"] == parts["gateway"].environment["ADMIN_IDS"] == "1000"
    real = _parts(tmp_path, TELEGRAM_BOT_TOKEN="7:real")
    assert "ADMIN_IDS" not in real["admin"].environment
    assert "TELEGRAM_PUBLIC_KEY" not in real["admin"].environment
    assert "7:real" not in real["admin"].environment.values()
    named = _parts(tmp_path, ADMIN_IDS="5, 6")
    assert named["gateway"].environment["ADMIN_IDS"] == "5, 6"
