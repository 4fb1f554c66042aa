import time
from contextlib import aclosing
from typing import Final

from openai import AsyncOpenAI

from services.gateway.dialogue import Question, Speaker
from services.gateway.text_client import TextClient
from tests.load.exchange import MODEL
from tests.load.house import question

FEWEST_TOKENS: Final = 16
"""https://developers.openai.com/api/reference/resources/responses: no answer may be limited to less."""


def vendor(openai_url: str) -> AsyncOpenAI:
    """The vendor's own SDK, as anybody uses it: what Quartet's times are compared with."""
    return AsyncOpenAI(base_url=f"{openai_url}/v1", api_key="sk-a-key-for-tests", max_retries=0)


async def first_token_from_vendor(client: AsyncOpenAI, question: str) -> float:
    """Seconds from the call to the first token.

    The answer is a short one and heard to its end, so that its connection serves the next one, too, and the
    SDK has little else to do than to hear first tokens.
    """
    began = time.monotonic()
    first_at: float | None = None
    async with await client.responses.create(
        model=MODEL, input=question, stream=True, max_output_tokens=FEWEST_TOKENS
    ) as events:
        async for event in events:
            if event.type == "response.output_text.delta":
                first_at = first_at or time.monotonic()
    if first_at is None:
        raise ValueError("the vendor's answer has no text")
    return first_at - began


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


def grpc_question(number: int) -> Question:
    """What the gateway asks the text service for somebody, each time in a conversation of its own."""
    return Question(
        turn_id=f"load.{number}",
        conversation_id=f"load.{number}",
        speaker=Speaker(user_id=number + 1, chat_id=number + 1, language_code="ru"),
        instruction=question(number),
    )
