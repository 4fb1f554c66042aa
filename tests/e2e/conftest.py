from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from tests.e2e.conversation import Conversation
from tests.e2e.pictures import Patron
from tests.e2e.readers import DocumentReader
from tests.e2e.speakers import SpeakerStack
from tests.e2e.viewers import Viewer
from tests.support.collector import Collector, collecting
from tests.support.google import GoogleStandIn
from tests.support.openai import OpenAIStandIn
from tests.support.runway import RunwayStandIn
from tests.support.stack import Stack, running_stack
from tests.support.telegram import SandboxTelegram


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def collector() -> AsyncIterator[Collector]:
    async with collecting() as collector:
        yield collector


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stack(
    tmp_path_factory: pytest.TempPathFactory, collector: Collector
) -> AsyncIterator[SpeakerStack]:
    """The whole of Quartet as processes, with two gateways, for all tests of the session.

    What dies is started again, and failpoints are armed one by one, so that one stack serves every kill.
    """
    directory: Path = tmp_path_factory.mktemp("stack")
    async with SpeakerStack.running(directory, collector.url) as stack:
        yield stack


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def lonely_stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """A second Quartet without any gateway, for tests that start gateways of their own."""
    async with running_stack(
        tmp_path_factory.mktemp("lonely-stack"), gateways=0, TEXT_BREAKER_SECONDS="0.05"
    ) as stack:
        yield stack


@pytest_asyncio.fixture(loop_scope="session")
async def talk(stack: SpeakerStack) -> AsyncIterator[Conversation]:
    """A new user who talks to the bot, with every fault of former tests cleared."""
    async with aiohttp.ClientSession() as session, SandboxTelegram(stack.telegram_url) as telegram:
        openai = OpenAIStandIn(session, stack.openai_url)
        await openai.work_again()
        await openai.forget_calls()
        await openai.pace(first_token_ms=20, tokens_per_second=1000)
        await telegram.clear_faults()
        await telegram.forget_calls()
        user_id = await telegram.add_user("Анна", "ru")
        yield Conversation(stack, telegram, openai, user_id)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def picture_stack(
    tmp_path_factory: pytest.TempPathFactory, collector: Collector
) -> AsyncIterator[SpeakerStack]:
    """Another Quartet, with the image service and two vendors, for all that is drawn."""
    directory: Path = tmp_path_factory.mktemp("picture-stack")
    async with SpeakerStack.running(directory, collector.url, with_pictures=True) as stack:
        yield stack


@pytest_asyncio.fixture(loop_scope="session")
async def patron(picture_stack: SpeakerStack) -> AsyncIterator[Patron]:
    """A new user who has pictures drawn in private, with every fault of former tests cleared."""
    async with aiohttp.ClientSession() as session, SandboxTelegram(picture_stack.telegram_url) as telegram:
        openai = OpenAIStandIn(session, picture_stack.openai_url)
        google = GoogleStandIn(session, picture_stack.google_url)
        for vendor in (openai, google):
            await vendor.work_again()
            await vendor.forget_calls()
            await vendor.pace(first_token_ms=20)
        await telegram.forget_calls()
        user_id = await telegram.add_user("Анна", "ru")
        yield Patron(picture_stack, telegram, user_id, user_id, openai, google)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def whole_stack(
    tmp_path_factory: pytest.TempPathFactory, collector: Collector
) -> AsyncIterator[SpeakerStack]:
    """Another Quartet, with every service that keeps something of people."""
    running = SpeakerStack.running(
        tmp_path_factory.mktemp("whole-stack"),
        collector.url,
        with_pictures=True,
        with_documents=True,
        with_videos=True,
    )
    async with running as stack:
        yield stack


@pytest_asyncio.fixture(loop_scope="session")
async def reader(whole_stack: SpeakerStack) -> AsyncIterator[DocumentReader]:
    """A new user who has documents read, with every fault of former tests cleared."""
    async with aiohttp.ClientSession() as session, SandboxTelegram(whole_stack.telegram_url) as telegram:
        openai = OpenAIStandIn(session, whole_stack.openai_url)
        await openai.work_again()
        await openai.forget_calls()
        await openai.pace(first_token_ms=20)
        await telegram.forget_calls()
        user_id = await telegram.add_user("Анна", "ru")
        yield DocumentReader(whole_stack, telegram, user_id, user_id, openai)


@pytest_asyncio.fixture(loop_scope="session")
async def viewer(whole_stack: SpeakerStack) -> AsyncIterator[Viewer]:
    """A new user who has videos made in private, with every fault of former tests cleared."""
    async with aiohttp.ClientSession() as session, SandboxTelegram(whole_stack.telegram_url) as telegram:
        runway = RunwayStandIn(session, whole_stack.runway_url)
        await runway.work_again()
        await runway.pace()
        user_id = await telegram.add_user("Анна", "ru")
        yield Viewer(whole_stack, telegram, user_id, user_id, runway)
