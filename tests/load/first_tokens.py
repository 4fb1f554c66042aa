import time
from contextlib import aclosing

from openai import AsyncOpenAI

from services.gateway.dialogue import Question
from services.gateway.text_client import TextClient
from tests.load.exchange import MODEL


def vendor(openai_url: str) -> AsyncOpenAI:
    """The vendor's own SDK, as anybody uses it: what Quartet's times are compared with."""
    return AsyncOpenAI(base_url=f"{openai_url}/v1", api_key="sk-a-key-for-tests", max_retries=0)


async def first_token_from_vendor(client: AsyncOpenAI, question: str) -> float:
    """Seconds from the call to the first token. The rest of the answer is not waited for."""
    began = time.monotonic()
    async with await client.responses.create(model=MODEL, input=question, stream=True) as events:
        async for event in events:
            if event.type == "response.output_text.delta":
                return time.monotonic() - began
    raise ValueError("the vendor's answer has no text")


async def first_token_from_text(text: TextClient, question: Question) -> float:
    """Seconds from StreamReply to its first delta. The answer is heard to its end, as the gateway does."""
    began = time.monotonic()
    first_at: float | None = None
    async with aclosing(text.stream_reply(question)) as events:
        async for _ in events:
            first_at = first_at or time.monotonic()
    if first_at is None:
        raise ValueError("the text service answered nothing")
    return first_at - began
