from dataclasses import dataclass, replace
from typing import Any, Final, Self

from tests.e2e.speakers import SpeakerStack
from tests.support.telegram import Json, SandboxTelegram

PATIENCE_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Chatter:
    """Somebody in a chat with the bot, and what steers the world around them."""

    stack: SpeakerStack
    telegram: SandboxTelegram
    user_id: int
    chat_id: int

    async def another(self, name: str = "Борис") -> Self:
        """Somebody else, in a private chat of their own."""
        user_id = await self.telegram.add_user(name, "ru")
        return replace(self, user_id=user_id, chat_id=user_id)

    async def say(self, text: str, **fields: Any) -> Json:
        """Says something; returns the message."""
        sent = await self.telegram.send(self.user_id, text, chat_id=self.chat_id, **fields)
        return dict(sent["message"])

    async def seen(self, mark: int, *, only: str = "", besides: Json | None = None, **wanted: str) -> Json:
        """The first message of the bot since the mark, new or by an edit, whose fields hold what is wanted.

        `only` is a kind of media that it must have, `besides` a message that it is not.
        """

        def fits(event: Json) -> bool:
            message = event.get("message")
            if not message or not message["from"]["is_bot"] or (only and only not in message):
                return False
            if besides is not None and message["message_id"] == besides["message_id"]:
                return False
            return all(value in str(message.get(name, "")) for name, value in wanted.items())

        event = await self.telegram.wait_for(
            chat_id=self.chat_id, where=fits, after=mark, timeout_seconds=PATIENCE_SECONDS
        )
        return dict(event["message"])

    async def press(self, message: Json, label: str) -> str:
        """Presses the button under a message whose label holds this; returns the id of the press."""
        return await self.telegram.press(
            self.user_id, message["message_id"], data_of(message, label), chat_id=self.chat_id
        )

    async def toast(self, callback_query_id: str) -> str:
        """What the bot answers to a press, once it has answered."""
        answered = await self.telegram.wait_for(
            "callback_answer", where=lambda event: bool(event["callback_query_id"] == callback_query_id)
        )
        return str(answered.get("text") or "")

    async def messages(self) -> list[Json]:
        """The bot's messages in the chat as they stand now."""
        view = await self.telegram.view(self.user_id, chat_id=self.chat_id)
        return [message for message in view["messages"] if message["from"]["is_bot"]]


def labels_of(message: Json) -> list[str]:
    """What is written on the buttons under a message."""
    return [button["text"] for button in _buttons(message)]


def data_of(message: Json, label: str) -> str:
    """The data of the button whose label holds this."""
    found = [button.get("callback_data", "") for button in _buttons(message) if label in button["text"]]
    assert found, f"no button {label!r} among {labels_of(message)}"
    return str(found[0])


def _buttons(message: Json) -> list[Json]:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]
