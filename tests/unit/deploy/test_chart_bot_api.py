from typing import Any

from tests.support import chart
from tests.support.chart import BOT_API_SERVER, Object

FILES = "/var/lib/telegram-bot-api"


def the_container(objects: list[Object], name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    kind = "StatefulSet" if name.endswith("bot-api") else "Deployment"
    pod = chart.named(objects, kind, name)["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    return pod, container


def test_the_gateway_asks_the_server_of_the_release_and_reads_its_files() -> None:
    objects = chart.render(chart.profile("evaluation", BOT_API_SERVER))
    server_pod, server = the_container(objects, "quartet-telegram-bot-api")
    pod, gateway = the_container(objects, "quartet-gateway")
    variables = {item["name"]: item.get("value") for item in gateway["env"]}

    service = chart.named(objects, "Service", "quartet-telegram-bot-api")
    (port,) = service["spec"]["ports"]
    assert variables["TELEGRAM_API_URL"] == (
        f"http://{service['metadata']['name']}.quartet.svc.cluster.local:{port['port']}"
    )
    assert variables["TELEGRAM_FILES_DIRECTORY"] == FILES
    assert "--local" in server["args"]
    assert f"--dir={FILES}" in server["args"]

    claims = [
        [
            volume["persistentVolumeClaim"]["claimName"]
            for volume in each["volumes"]
            if "persistent" in str(volume)
        ]
        for each in (server_pod, pod)
    ]
    assert claims[0] == claims[1] == ["quartet-telegram-bot-api"]
    (mounted,) = [mount for mount in gateway["volumeMounts"] if mount["mountPath"] == FILES]
    assert mounted["readOnly"] is True
    # It keeps files for its own user alone.
    assert server_pod["securityContext"]["runAsUser"] == pod["securityContext"]["runAsUser"]


def test_without_it_the_gateway_asks_telegram() -> None:
    _, gateway = the_container(chart.render(chart.profile("evaluation")), "quartet-gateway")
    assert not {"TELEGRAM_API_URL", "TELEGRAM_FILES_DIRECTORY"} & {item["name"] for item in gateway["env"]}
