import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
import pytest_asyncio
from quartet.common.v1.usage_events_pb2 import RequestFinished

from services.chassis.jetstream import connect
from tests.support.admin_service import AdminProcess, admin_process
from tests.support.openai import OpenAIStandIn
from tests.support.processes import ROOT, RealProcess
from tests.support.releases import former_release, run_from
from tests.support.runway import RunwayStandIn
from tests.support.stack import SERVICES, WORKER, Stack, running_stack
from tests.support.telegram import Json, SandboxTelegram
from tests.support.usage_taken import taking_usage

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATIENCE_SECONDS: Final = 40.0
FILM_SECONDS: Final = 8.0
"""Longer than the services take to be replaced."""
TRAFFIC: Final = "01_traffic"


@dataclass
class Data:
    """What outlives releases, who runs on it, and two people who talk."""

    stack: Stack
    admin: AdminProcess
    telegram: SandboxTelegram
    runway: RunwayStandIn
    user_id: int
    other_id: int
    asked: int = 0

    async def switch_to(self, tree: Path) -> None:
        """Replace every process, the gateway last; the other one asks just before it goes."""
        *services, gateway = self.ours()
        await asyncio.gather(*(run_from(tree, process) for process in services))
        mark, question = self.telegram.mark(), f"вопрос при переходе {self.asked}"
        await self.says(question, by=self.other_id)
        await run_from(tree, gateway)
        await self.sees(mark, by=self.other_id, text=question)

    def ours(self) -> list[RealProcess]:
        """What is released, callers last."""
        names = [name for name in (*SERVICES, WORKER, "gateway") if name in self.stack.processes]
        return [self.admin.process, *(self.stack.processes[name] for name in names)]

    async def says(self, text: str, *, by: int = 0) -> None:
        self.asked += 1
        await self.telegram.send(by or self.user_id, text)

    async def sees(self, mark: int, *, by: int = 0, media: str = "", **wanted: str) -> Json:
        def fits(event: Json) -> bool:
            message = event.get("message")
            if not message or not message["from"]["is_bot"] or (media and media not in message):
                return False
            return all(value in str(message.get(name, "")) for name, value in wanted.items())

        found = await self.telegram.wait_for(
            chat_id=by or self.user_id, where=fits, after=mark, timeout_seconds=PATIENCE_SECONDS
        )
        return dict(found["message"])

    async def asks(self, text: str, expecting: str) -> None:
        mark = self.telegram.mark()
        await self.says(text)
        await self.sees(mark, text=expecting)

    async def written(self, at_least: int) -> int:
        """How many requests analysts know, once they know of so many."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (count := await self._counted()) < at_least:  # noqa: ASYNC110 - another process writes
                await asyncio.sleep(0.1)
        return count

    async def _counted(self) -> int:
        return sum(int(row["requests"]) for row in await self.admin.ask(TRAFFIC))

    async def orders(self, prompt: str) -> int:
        """Order a video; return the mark from which it is awaited."""
        await self.runway.pace(film_seconds=FILM_SECONDS)
        mark = self.telegram.mark()
        await self.says(f"/video {prompt}")
        await self.sees(mark, text="Снимаю видео")
        return mark


@pytest_asyncio.fixture(loop_scope="session")
async def data(tmp_path: Path) -> AsyncIterator[Data]:
    quick: dict[str, Any] = {"VIDEO_POLL_SECONDS": "0.3", "VIDEO_SUBMIT_SECONDS": "5"}
    async with (
        running_stack(tmp_path, gateways=0, video=True, **quick) as stack,
        admin_process(stack.nats_url, tmp_path) as admin,
        aiohttp.ClientSession() as session,
        SandboxTelegram(stack.telegram_url) as telegram,
    ):
        await OpenAIStandIn(session, stack.openai_url).pace(first_token_ms=20)
        anna, boris = [await telegram.add_user(name, "ru") for name in ("Анна", "Борис")]
        await stack.start_gateway()
        yield Data(stack, admin, telegram, RunwayStandIn(session, stack.runway_url), anna, boris)


def code_of(process: RealProcess) -> Path:
    return Path(f"/proc/{process.pid}/cwd").readlink()


async def test_a_release_and_the_one_before_it_go_on_with_each_others_data(
    data: Data, tmp_path: Path
) -> None:
    former = await asyncio.to_thread(former_release, tmp_path)
    async with connect(data.stack.nats_url, name="analyst") as nats, taking_usage(nats) as taken:
        for number, tree in enumerate((former, ROOT), start=1):
            await data.asks(f"Моего кота номер {number} зовут Барсик", expecting="Барсик")
            mark = await data.orders(f"море {number}")
            await data.switch_to(tree)
            assert {code_of(process) for process in data.ours()} == {tree}
            await data.asks("что я спросил раньше?", expecting=f"номер {number} зовут Барсик")
            await data.sees(mark, media="video", caption=f"море {number}")

        requests = await taken.until(RequestFinished, data.asked)
        assert len(requests) == data.asked
        assert await data.written(data.asked) == data.asked

    told = [
        message
        for user_id in (data.user_id, data.other_id)
        for message in (await data.telegram.view(user_id))["messages"]
        if message["from"]["is_bot"]
    ]
    assert len(told) == data.asked
    assert len(await data.runway.tasks()) == 2
