from datetime import UTC, datetime

import pytest

from services.admin.panel.rendering import open_templates
from services.admin.panel.wording import Language, Wording
from services.admin.workloads.workload import Action, Happening, Home, Overview, Pod, Revision, Workload
from services.chassis.roles import AdminRole

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def text_service(**changes: object) -> Workload:
    fields: dict[str, object] = {
        "name": "quartet-text",
        "component": "text",
        "version": "1.3.0",
        "wanted": 2,
        "ready": 1,
        "is_changing": True,
        "pods": [
            Pod("quartet-text-7d9-x2x", True, "Running", 0, "1.3.0", NOW),
            Pod("quartet-text-7d9-q8k", False, "OOMKilled", 5, "1.3.0", NOW),
        ],
        "actions": frozenset(Action),
        "generation": 12,
        "previous": Revision(6, "1.2.9", NOW),
    }
    return Workload(**{**fields, **changes})  # type: ignore[arg-type]  # a test's shorthand


def drawn(seen: Overview | None, role: AdminRole = AdminRole.OWNER, language: Language = Language.EN) -> str:
    wording = Wording.load()
    return (
        open_templates()
        .get_template("workloads_part.html")
        .render(
            seen=seen,
            role=role,
            language=language,
            may=lambda least: role >= least,
            say=lambda key, **arguments: wording.say(key, language, **arguments),
            form_token="0" * 64,
        )
    )


def test_an_owner_is_offered_what_can_be_done_and_asked_whether_to() -> None:
    page = drawn(Overview(Home.KUBERNETES, [text_service()]))
    assert page.count("data-confirm=") == 3
    assert page.count('name="generation" value="12"') == 3
    assert page.count(f'name="form_token" value="{"0" * 64}"') == 3
    assert 'name="revision" value="6"' in page
    assert "Back to 1.2.9" in page


@pytest.mark.parametrize("role", [AdminRole.OPERATOR, AdminRole.ANALYST])
def test_whoever_may_not_change_sees_no_button(role: AdminRole) -> None:
    assert "<form" not in drawn(Overview(Home.KUBERNETES, [text_service()]), role)


def test_what_kubernetes_does_not_allow_is_not_there() -> None:
    page = drawn(Overview(Home.KUBERNETES, [text_service(actions=frozenset({Action.RESTART}))]))
    assert "/workloads/restart" in page
    assert "/workloads/scale" not in page
    assert "/workloads/roll-back" not in page


def test_a_pod_that_falls_stands_out() -> None:
    page = drawn(Overview(Home.KUBERNETES, [text_service()]))
    assert '<span class="badge bad">OOMKilled</span>' in page
    assert '<td class="right">5</td>' in page


def test_what_kubernetes_says_is_text() -> None:
    event = Happening(NOW, "Pod/x", "Failed", "<script>alert(1)</script>", 3, True)
    page = drawn(Overview(Home.KUBERNETES, [text_service()], [event]))
    assert "<script>" not in page
    assert "×3" in page


def test_on_a_machine_memory_stands_where_restarts_would() -> None:
    pod = Pod("text 4711", True, "Running", 0, "1.3.0", NOW, memory_bytes=96 * 1024**2)
    page = drawn(Overview(Home.MACHINE, [text_service(pods=[pod], actions=frozenset(), previous=None)]))
    assert "96 MB" in page
    assert "<form" not in page


def test_while_kubernetes_is_away_the_page_says_so() -> None:
    assert "Kubernetes" in drawn(None, language=Language.RU)
