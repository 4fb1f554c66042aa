from tests.support import chart

TLS = {"tls": {"enabled": True, "issuer": {"name": "quartet"}}}


def test_every_service_shows_a_certificate_of_its_name_and_the_test_one_too() -> None:
    objects = chart.render(chart.profile("production", TLS))
    certificates = {item["metadata"]["name"]: item["spec"] for item in chart.of_kind(objects, "Certificate")}
    assert certificates.keys() == {f"quartet-{name}" for name in [*chart.facts(), "test"]}
    for name, pod in chart.pods(objects):
        if name == "quartet-prepare":  # it speaks to NATS and ClickHouse alone
            continue
        (mounted,) = [volume for volume in pod["spec"]["volumes"] if volume["name"] == "tls"]
        assert mounted["secret"]["secretName"] == certificates[name]["secretName"]


def test_whom_a_service_asks_has_the_name_that_it_asks_for() -> None:
    objects = chart.render(chart.profile("production", TLS))
    names = {name for item in chart.of_kind(objects, "Certificate") for name in item["spec"]["dnsNames"]}
    for item in chart.of_kind(objects, "Deployment"):
        (container,) = item["spec"]["template"]["spec"]["containers"]
        variables = {each["name"]: each.get("value", "") for each in container["env"]}
        assert variables["TLS_DIRECTORY"] == "/etc/quartet/tls"
        for variable, target in variables.items():
            if variable.endswith("_TARGET"):
                assert target.removeprefix("dns:///").rpartition(":")[0] in names


def test_the_kubelet_asks_where_no_tls_is_spoken() -> None:
    for item in chart.of_kind(chart.render(chart.profile("production", TLS)), "Deployment"):
        (container,) = item["spec"]["template"]["spec"]["containers"]
        assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "metrics"}
        assert container["livenessProbe"]["httpGet"] == {"path": "/livez", "port": "metrics"}


def test_without_an_issuer_the_certificates_are_ones_own() -> None:
    objects = chart.render(chart.profile("production", {"tls": {"enabled": True}}))
    assert not chart.of_kind(objects, "Certificate")
    assert "quartet-text-tls" in str(chart.named(objects, "Deployment", "quartet-text"))
