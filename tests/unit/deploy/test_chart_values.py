import os
from typing import Any

import pytest
from helm_python import HelmValuesError

from services.chassis.environment import Environment
from services.chassis.settings import load
from services.video.queue import STREAM, WORKERS
from tests.support import chart


def nested(path: str, value: Any) -> dict[str, Any]:
    for name in reversed(path.split("/")):
        value = {name: value}
    return dict(value)


WAYS_OUT = [
    ({"image": {"registry": ""}}, "where you pushed the images"),
    ({"image": {"tag": "latest"}}, "can neither be compared nor rolled back"),
    ({"nats": {"url": "nats://elsewhere:4222"}}, "set nats.enabled to false"),
    ({"nats": {"enabled": False}}, "or set nats.enabled for one server"),
    ({"nats": {"streamReplicas": 3}}, "profiles/nats.yaml"),
    ({"telegram": {"mode": "webhook"}}, "or set telegram.mode to polling"),
    (nested("telegram/server/enabled", True), "since Telegram publishes none"),
    (
        nested("telegram/server", {"enabled": True, "image": {"repository": "registry.example/bot-api"}}),
        "the version of that image",
    ),
    ({"ingress": {"enabled": True}}, "there is nothing to lead to"),
    (
        {"httpRoute": {"enabled": True}, "public": {"host": "bot.example"}},
        "the Gateway that the routes hang on",
    ),
    (nested("components/admin/replicas", 2), "or set clickhouse.url to a server"),
    (nested("components/admin/autoscaling/enabled", True), "or set clickhouse.url to a server"),
    ({"clickhouse": {"url": "http://clickhouse:8123"}}, "admin refuses http in production"),
    ({"clickhouse": {"cluster": "all"}}, "the ClickHouse inside admin is alone"),
    (
        {"components": {"text": {"replicas": 3, "autoscaling": {"enabled": True}}}},
        "or set autoscaling.enabled to false",
    ),
    ({"components": {"video-worker": {"replicas": 3, "keda": {"enabled": True}}}}, "keda.enabled to false"),
    (
        {"components": {"video-worker": {"autoscaling": {"enabled": True}, "keda": {"enabled": True}}}},
        "KEDA makes an autoscaler of its own",
    ),
    (nested("components/video-worker/enabled", False), "someone must make what is ordered"),
    (nested("components/text/enabled", False), "docs asks text"),
    ({"secrets": {"existingSecret": "mine", "generate": False}}, "put them there"),
    (
        {"secrets": {"existingSecret": "mine", "values": None, "generate": True}},
        "put what is to be made there",
    ),
]


@pytest.mark.parametrize(("values", "way_out"), WAYS_OUT, ids=[way for _, way in WAYS_OUT])
def test_values_that_cannot_work_are_refused_with_the_way_out(values: dict[str, Any], way_out: str) -> None:
    with pytest.raises(HelmValuesError) as refusal:
        chart.render(chart.profile("evaluation", values))
    assert way_out in str(refusal.value)


def test_keda_needs_to_know_where_the_queue_is() -> None:
    with pytest.raises(HelmValuesError, match="KEDA reads the queue there"):
        chart.render(chart.profile("production", {"nats": {"monitoring": ""}}))


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"component": {}}, "component"),
        (nested("components/text/replica", 2), "replica"),
        (nested("components/text/env", {"OPENAI_MODLE": "gpt-6-luna"}), "OPENAI_MODLE"),
        (nested("components/text/env", {"TELEGRAM_MODE": "webhook"}), "TELEGRAM_MODE"),
        ({"env": {"LOG_LEVLE": "DEBUG"}}, "LOG_LEVLE"),
        ({"secrets": {"values": {"OPENAI_KEY": "x"}}}, "OPENAI_KEY"),
        (nested("components/text/env", {"OPENAI_API_KEY": "sk-plain"}), "OPENAI_API_KEY"),
    ],
)
def test_a_name_that_nobody_reads_is_refused(values: dict[str, Any], named: str) -> None:
    with pytest.raises(HelmValuesError) as refusal:
        chart.render(chart.profile("evaluation", values))
    assert named in str(refusal.value)
    assert "sk-plain" not in str(refusal.value)


def test_the_production_profile_cannot_be_installed_as_it_stands() -> None:
    unset = {"public": {"host": "BOT.EXAMPLE", "panelHost": ""}, "image": {"registry": "REGISTRY"}}
    with pytest.raises(HelmValuesError) as refusal:
        chart.render(chart.profile("production", unset))
    assert "/public/host" in str(refusal.value)
    assert "/image/registry" in str(refusal.value)


def environment(objects: list[chart.Object], component: str) -> dict[str, Any]:
    deployment = chart.named(objects, "Deployment", f"quartet-{component}")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    return {
        variable["name"]: variable.get("value", variable.get("valueFrom")) for variable in container["env"]
    }


@pytest.mark.parametrize("component", list(chart.facts()))
def test_every_variable_of_a_service_can_be_set(component: str) -> None:
    generator = chart.generator()
    secrets = generator.secret_variables(component) | {"NATS_URL"}
    reference = {"valueFrom": {"secretKeyRef": {"name": "mine", "key": "it"}}}
    values = {name: reference if name in secrets else "1" for name in generator.settable(component)}
    objects = chart.render(chart.profile("evaluation", nested(f"components/{component}/env", values)))
    given = environment(objects, component)
    assert {name: given[name] for name in values} == {
        name: value["valueFrom"] if isinstance(value, dict) else value for name, value in values.items()
    }


def test_numbers_and_lists_arrive_as_the_services_read_them() -> None:
    env = {
        "TEXT_PICTURES_BYTES": 10_737_418_240,
        "TEXT_COALESCING_SECONDS": 0.05,
        "OPENAI_MODELS": ["a", "b"],
    }
    given = environment(chart.render(chart.profile("evaluation", nested("components/text/env", env))), "text")
    assert given["TEXT_PICTURES_BYTES"] == "10737418240"
    assert given["TEXT_COALESCING_SECONDS"] == "0.05"
    assert given["OPENAI_MODELS"] == "a,b"


def test_a_variable_for_all_reaches_those_who_know_it_and_a_service_has_the_last_word() -> None:
    values = {
        "env": {"LOG_LEVEL": "DEBUG", "VIDEO_MAX_JOBS": 7},
        "components": {"text": {"env": {"LOG_LEVEL": "WARNING"}}, "video": {"env": {"VIDEO_MAX_JOBS": 8}}},
    }
    objects = chart.render(chart.profile("evaluation", values))
    assert environment(objects, "docs")["LOG_LEVEL"] == "DEBUG"
    assert environment(objects, "text")["LOG_LEVEL"] == "WARNING"
    assert "VIDEO_MAX_JOBS" not in environment(objects, "docs")
    assert environment(objects, "video-worker")["VIDEO_MAX_JOBS"] == "8"


def test_whoever_asks_for_a_role_knows_who_has_one() -> None:
    owners = {"admins": {"owners": [1001, "5000000002"], "operators": [1003], "analysts": []}}
    objects = chart.render(chart.profile("evaluation", owners))
    asking = [name for name in chart.facts() if "ADMIN_IDS" in chart.generator().variables(name)]
    assert {"gateway", "admin", "video"} <= set(asking)
    for name in asking:
        given = environment(objects, name)
        assert (given["ADMIN_IDS"], given["OPERATOR_IDS"]) == ("1001,5000000002", "1003")


def test_a_password_stands_before_the_address_that_quotes_it() -> None:
    names = list(environment(chart.render(chart.profile("evaluation")), "text"))
    assert names.index("NATS_PASSWORD") < names.index("NATS_URL")


def test_what_a_service_cannot_do_without_must_be_in_the_secret() -> None:
    given = environment(chart.render(chart.profile("production")), "gateway")
    optional = {
        name: value["secretKeyRef"]["optional"] for name, value in given.items() if isinstance(value, dict)
    }
    needed = {name for name, is_optional in optional.items() if not is_optional}
    assert {"TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET", "LINK_SECRET", "NATS_PASSWORD"} <= needed
    assert optional["TELEGRAM_PROXY"]


def test_a_component_without_its_own_image_digest_takes_that_of_its_service() -> None:
    digest = "sha256:" + "a" * 64
    objects = chart.render(chart.profile("evaluation", nested("components/video/digest", digest)))
    for name in ("video", "video-worker"):
        (container,) = chart.named(objects, "Deployment", f"quartet-{name}")["spec"]["template"]["spec"][
            "containers"
        ]
        assert container["image"] == f"registry.example/quartet/quartet-video@{digest}"


def test_keda_asks_about_the_queue_that_the_workers_share() -> None:
    (scaled,) = chart.of_kind(chart.render(chart.profile("production")), "ScaledObject")
    (trigger,) = scaled["spec"]["triggers"]
    assert (trigger["metadata"]["stream"], trigger["metadata"]["consumer"]) == (STREAM, WORKERS)
    # The worker makes the consumer: without one, KEDA would take the stream's whole past for work to do.
    assert scaled["spec"]["minReplicaCount"] >= 1


def test_the_webhook_and_the_links_share_a_host_and_the_panel_has_its_own() -> None:
    routes = {
        "ingress": {"enabled": False},
        "httpRoute": {"enabled": True, "parentRefs": [{"name": "public"}]},
    }
    objects = chart.render(chart.profile("production", routes))
    paths = {
        (route["spec"]["hostnames"][0], rule["matches"][0]["path"]["value"], rule["backendRefs"][0]["port"])
        for route in chart.of_kind(objects, "HTTPRoute")
        for rule in route["spec"]["rules"]
    }
    assert paths == {
        ("bot.example", "/telegram", 8080),
        ("bot.example", "/v", 8090),
        ("panel.example", "/", 8060),
    }
    assert environment(objects, "gateway")["TELEGRAM_WEBHOOK_URL"] == "https://bot.example/telegram"


def test_secrets_are_made_only_where_nobody_brings_one() -> None:
    made = chart.render(chart.profile("evaluation", {"secrets": {"generate": True}}))
    (secret,) = chart.of_kind(made, "Secret")
    assert {"NATS_PASSWORD", "LINK_SECRET", "TELEGRAM_WEBHOOK_SECRET"} <= secret["data"].keys()
    assert not chart.of_kind(chart.render(chart.profile("production")), "Secret")


def test_the_notes_tell_what_to_do_next() -> None:
    for name in chart.PROFILES:
        notes = next(text for path, text in chart.rendered(chart.profile(name)).items() if "NOTES" in path)
        assert "helm test quartet" in notes
        assert "helm rollback quartet" in notes
        assert "<no value>" not in notes


SECRETS = {
    "TELEGRAM_BOT_TOKEN": "123456:token",
    "TELEGRAM_WEBHOOK_SECRET": "s" * 48,
    "LINK_SECRET": "s" * 48,
    "PANEL_SECRET": "s" * 64,
    "ANALYTICS_SECRET": "s" * 48,
    "CLICKHOUSE_PASSWORD": "password",
    "NATS_PASSWORD": "password",
    "OPENAI_API_KEY": "key",
    "RUNWAYML_API_SECRET": "key",
}


@pytest.mark.parametrize("component", list(chart.facts()))
@pytest.mark.parametrize("name", chart.PROFILES)
def test_a_service_takes_the_environment_that_the_chart_gives_it(
    name: str, component: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in list(os.environ):
        monkeypatch.delenv(variable)
    for variable, given in environment(chart.render(chart.profile(name)), component).items():
        value = SECRETS.get(given["secretKeyRef"]["key"]) if isinstance(given, dict) else given
        if value is not None:
            monkeypatch.setenv(variable, value.replace("$(NATS_PASSWORD)", SECRETS["NATS_PASSWORD"]))
    settings = load(chart.generator().SETTINGS[component])
    assert settings.environment is Environment.PRODUCTION
    assert settings.quartet_release == "1.2.3"
    assert settings.grpc_host == "0.0.0.0"
    assert "quartet:password@" in settings.nats_url
