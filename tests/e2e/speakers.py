import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiohttp

from tests.support.stack import SERVICES, WORKER, Stack

EDGES: Final = ("reply.intended", "reply.accepted", "reply.recorded")
HALF_FORGOTTEN: Final = "privacy.half"
MID_ANSWER: Final = "text.mid_answer"
DRAWN: Final = "image.drawn"
GATEWAYS: Final = ("gateway", "gateway-2")
FIRED_WITHIN_SECONDS: Final = 20.0
OPERATOR_ID: Final = 900_003


class SpeakerStack(Stack):
    """A stack with two gateways, restarted whenever they die, whose failpoints can be armed while it runs.

    Each failpoint has a marker file that stands for "has fired". All markers exist at first; removing one
    arms that failpoint for whichever process comes by first.
    """

    gateways = GATEWAYS

    @classmethod
    @asynccontextmanager
    async def running(
        cls,
        directory: Path,
        collector_url: str,
        *,
        with_pictures: bool = False,
        with_documents: bool = False,
        with_videos: bool = False,
    ) -> AsyncIterator["SpeakerStack"]:
        """`with_pictures`: there is the image service, too, and a second vendor; or other services."""
        tracing = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector_url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
        stack = cls(
            directory,
            tracing | {"OPERATOR_IDS": str(OPERATOR_ID)},
            google=with_pictures,
            image=with_pictures,
            docs=with_documents,
            video=with_videos,
        )
        for name in (*EDGES, HALF_FORGOTTEN, MID_ANSWER, DRAWN):
            stack._marker(name).touch()
        # One test's vendor that is down must not keep the next one waiting.
        stack.processes["text"].environment |= {
            "FAILPOINTS": stack._spec(MID_ANSWER),
            "TEXT_BREAKER_SECONDS": "0.001",
            "TEXT_BREAKER_LONGEST_SECONDS": "0.002",
        }
        if with_pictures:
            stack.processes["image"].environment |= {
                "FAILPOINTS": stack._spec(DRAWN),
                "IMAGE_BREAKER_SECONDS": "0.001",
                "IMAGE_BREAKER_LONGEST_SECONDS": "0.002",
            }
        if with_videos:
            # Quick to look, and to take over from the dead.
            hurried = {
                "VIDEO_POLL_SECONDS": "0.3",
                "VIDEO_SUBMIT_SECONDS": "5",
                "VIDEO_SECONDS_PER_DAY": "120",
            }
            for name in ("video", WORKER):
                stack.processes[name].environment |= hurried
        try:
            await stack.start()
            await asyncio.gather(
                *(
                    stack.start_gateway(name, failpoints=stack._spec(*EDGES, HALF_FORGOTTEN))
                    for name in GATEWAYS
                )
            )
            for name in {*GATEWAYS, *SERVICES, WORKER} & stack.processes.keys():
                stack.processes[name].restarts_automatically = True
            yield stack
        finally:
            await stack.stop()

    def arm(self, name: str) -> None:
        """Makes the next process that comes to this failpoint die of it."""
        self._marker(name).unlink()

    async def until_fired(self, name: str) -> None:
        async with asyncio.timeout(FIRED_WITHIN_SECONDS):
            while not self._marker(name).exists():  # noqa: ASYNC110 - another process makes it
                await asyncio.sleep(0.02)

    async def kill_and_restart(self, name: str) -> None:
        await self.kill(name)
        await self.restart(name)

    async def roll_out(self, *names: str) -> None:
        """Ends processes as a rollout does, all at once, and waits until each has a successor."""
        ended = [self.processes[name] for name in names]
        await asyncio.gather(*(process.terminate() for process in ended))
        await asyncio.gather(*(process.wait_until_ready() for process in ended))

    async def speaker(self) -> str:
        """The gateway that holds the lease."""
        async with aiohttp.ClientSession() as session:
            for name in GATEWAYS:
                try:
                    async with session.get(self.metrics_url(name)) as response:
                        if "quartet_gateway_speaking 1.0" in await response.text():
                            return name
                except aiohttp.ClientError:
                    continue
        raise AssertionError("nobody speaks")

    async def kill_speaker(self) -> str:
        name = await self.speaker()
        await self.kill(name)
        return name

    async def pause_speaker(self) -> str:
        name = await self.speaker()
        self.pause(name)
        return name

    async def until_ready(self, name: str) -> None:
        await self.processes[name].wait_until_ready()

    def _marker(self, name: str) -> Path:
        return self.directory / f"{name}.fired"

    def _spec(self, *names: str) -> str:
        return ";".join(f"{name}=kill@{self._marker(name)}" for name in names)
