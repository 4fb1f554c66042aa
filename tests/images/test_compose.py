from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.images.compose import SERVICES, Project, make_nats_image
from tests.images.containers import name_of, podman
from tests.support.telegram import SandboxTelegram

PREVIOUS = "test-previous"
PATIENCE_SECONDS = 90.0


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    (tmp_path / "nats").mkdir()
    make_nats_image(tmp_path / "nats")
    project = Project(tmp_path)
    try:
        yield project
    finally:
        project.down()


@pytest.mark.timeout(600)
async def test_a_release_comes_up_answers_and_the_one_before_it_takes_its_place(project: Project) -> None:
    for image in ("gateway", "text", "image", "docs", "video", "admin"):
        podman("tag", name_of(image), f"localhost/quartet-{image}:{PREVIOUS}")
    project.up("test")
    project.wait_until_healthy(PATIENCE_SECONDS)
    async with SandboxTelegram(f"http://127.0.0.1:{project.telegram_port}") as telegram:
        ann = await telegram.add_user()
        await telegram.send(ann, "What is a quartet?")
        first = await telegram.wait_for_reply(ann, timeout_seconds=60)
        assert first["text"]
        mark = telegram.mark()
        project.up(PREVIOUS)
        project.wait_until_healthy(PATIENCE_SECONDS)
        assert {project.release_of(name) for name in SERVICES if name != "nats"} == {PREVIOUS}
        await telegram.send(ann, "And a quintet?")
        second = await telegram.wait_for_reply(ann, after=mark, timeout_seconds=60)
        assert second["message_id"] != first["message_id"]
