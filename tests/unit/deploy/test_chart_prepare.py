from collections.abc import Iterator, Mapping
from typing import Any

from tests.support import chart
from tests.support.chart import Object

HOOK = "helm.sh/hook"


def hooks(over: Mapping[str, Any] | None = None, profile: str = "production") -> list[Object]:
    objects = chart.render(chart.profile(profile, over))
    return [item for item in objects if item["metadata"]["name"] == "quartet-prepare"]


def named_in(item: Any, *keys: str) -> Iterator[str]:
    """The names of secrets, claims and accounts that an object cannot do without."""
    if isinstance(item, dict):
        if item.get("optional") is True:
            return
        for key, value in item.items():
            if key in keys:
                yield value["name"] if isinstance(value, dict) else value
            else:
                yield from named_in(value, *keys)
    elif isinstance(item, list):
        for value in item:
            yield from named_in(value, *keys)


def test_a_server_is_prepared_before_the_first_pod_and_before_each_upgrade() -> None:
    policy, job = hooks()
    assert {item["metadata"]["annotations"][HOOK] for item in (policy, job)} == {"pre-install,pre-upgrade"}
    (container,) = job["spec"]["template"]["spec"]["containers"]
    (admin,) = chart.named(chart.render(chart.profile("production")), "Deployment", "quartet-admin")["spec"][
        "template"
    ]["spec"]["containers"]
    assert container["image"] == admin["image"]
    assert container["env"] == admin["env"]
    assert container["command"] == ["python", "-m", "services.admin.prepare"]


def test_preparing_needs_nothing_that_the_release_makes_after_it() -> None:
    objects = chart.render(chart.profile("production"))
    kinds = ("Secret", "ConfigMap", "PersistentVolumeClaim", "ServiceAccount")
    later = {item["metadata"]["name"] for item in chart.of_kind(objects, *kinds)}
    _, job = hooks()
    needed = set(named_in(job, "secretKeyRef", "secretName", "configMap", "claimName", "serviceAccountName"))
    assert needed == {"quartet", "clickhouse-ca"}
    assert not needed & later
    policy, _ = hooks()
    assert int(policy["metadata"]["annotations"]["helm.sh/hook-weight"]) < 0


def test_where_the_release_brings_secret_or_nats_only_upgrades_are_prepared() -> None:
    values = {"TELEGRAM_BOT_TOKEN": "1:a", "CLICKHOUSE_PASSWORD": "example"}
    own_secret = {"secrets": {"existingSecret": "", "generate": True, "values": values}}
    (_, job) = hooks(own_secret)
    assert job["metadata"]["annotations"][HOOK] == "pre-upgrade"


def test_what_admin_keeps_itself_it_prepares_itself() -> None:
    assert hooks(profile="evaluation") == []
    assert hooks({"prepare": {"enabled": False}}) == []
