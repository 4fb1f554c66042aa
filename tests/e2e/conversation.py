from dataclasses import dataclass

from tests.e2e.speakers import SpeakerStack
from tests.support.openai import OpenAIStandIn
from tests.support.telegram import SandboxTelegram


@dataclass(frozen=True)
class Conversation:
    """A user's private chat with the bot, and what steers the world around it."""

    stack: SpeakerStack
    telegram: SandboxTelegram
    openai: OpenAIStandIn
    user_id: int

    async def ask(self, text: str, *, user_id: int | None = None, timeout_seconds: float = 30.0) -> str:
        """Says something and returns the text of the next message that the bot sends."""
        user_id = user_id or self.user_id
        mark = self.telegram.mark()
        await self.telegram.send(user_id, text)
        reply = await self.telegram.wait_for_reply(user_id, after=mark, timeout_seconds=timeout_seconds)
        return str(reply["text"])
