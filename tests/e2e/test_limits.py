import aiohttp
import pytest

from tests.support.openai import OpenAIStandIn
from tests.support.stack import Stack
from tests.support.telegram import SandboxTelegram

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_limit_holds_though_the_speaker_is_killed_and_says_the_way_on(lonely_stack: Stack) -> None:
    gateway = await lonely_stack.start_gateway(QUOTAS='{"user": {"messages_per_day": 2}}')
    async with aiohttp.ClientSession() as session, SandboxTelegram(lonely_stack.telegram_url) as telegram:
        await OpenAIStandIn(session, lonely_stack.openai_url).pace(first_token_ms=20, tokens_per_second=1000)
        user = await telegram.add_user("Анна", "ru")
        for number in range(2):
            mark = telegram.mark()
            await telegram.send(user, f"вопрос {number}")
            await telegram.wait_for_reply(user, after=mark, timeout_seconds=20)
        await lonely_stack.kill("gateway")
        await lonely_stack.restart("gateway")
        await telegram.send(user, "ещё вопрос")
        await telegram.wait_for_reply(user, contains="Что осталось: /usage", timeout_seconds=20)
        await telegram.send(user, "/usage")
        await telegram.wait_for_reply(user, contains="Сообщения за день: осталось 0 из 2", timeout_seconds=20)
    await gateway.stop()
