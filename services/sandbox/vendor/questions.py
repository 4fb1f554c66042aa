import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# How Quartet marks off what one of several people says.
MESSAGE_FRAME: Final = re.compile(
    r'<message id=(?P<id>[0-9a-f]+)(?: from="(?P<speaker>[^\n]*)")?>\n(?P<text>.*)\n</message id=(?P=id)>',
    re.DOTALL,
)


@dataclass(frozen=True)
class Message:
    """One message; its parts are the texts it is made of."""

    role: str
    parts: Sequence[str]
    image_count: int = 0

    @property
    def said(self) -> str:
        """The last text, without the frame that names who of several people says it."""
        text = self.parts[-1] if self.parts else ""
        framed = MESSAGE_FRAME.fullmatch(text)
        return framed["text"] if framed else text

    @property
    def speaker(self) -> str:
        """Who of several people says it; empty where there is but one."""
        framed = MESSAGE_FRAME.fullmatch(self.parts[-1]) if self.parts else None
        return (framed["speaker"] or "") if framed else ""

    @property
    def materials(self) -> list[str]:
        return [part for part in self.parts[:-1] if part.startswith("<material ")]


@dataclass(frozen=True)
class Question:
    """What every API asks for, in one form."""

    model: str
    messages: Sequence[Message]
    is_stream: bool
    wants_usage: bool
    max_tokens: int | None

    @property
    def text(self) -> str:
        """What the user asks now: the last text of the last user message."""
        return self.asked[-1].said if self.asked else ""

    @property
    def instructions(self) -> str:
        """What the model is told before the conversation."""
        return "\n".join("".join(m.parts) for m in self.messages if m.role in ("system", "developer"))

    @property
    def asked(self) -> list[Message]:
        return [message for message in self.messages if message.role == "user"]

    @property
    def speaker(self) -> str:
        """Who asks, where several people speak."""
        return self.asked[-1].speaker if self.asked else ""

    def texts(self) -> list[str]:
        return ["".join(message.parts) for message in self.messages]
