from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from services.text.conversation import TOKENS_PER_MESSAGE, Finish, Usage, estimate_tokens
from services.text.providers.speech import SpeechProvider


class Role(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture to look at."""

    mime_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation. Its parts stay apart on the wire."""

    role: Role
    parts: tuple[str, ...]
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class TextRequest:
    """What a vendor is asked. Its two keys tell users and conversations apart without naming them."""

    model: str
    instructions: str
    messages: tuple[Message, ...]
    max_output_tokens: int
    caller_key: str
    cache_key: str


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of the answer, never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Completed:
    """The end of the answer, with the vendor's own counts."""

    finish: Finish
    usage: Usage


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a vendor can do, as data for routing."""

    image_mime_types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """A model that the vendor serves. `shutdown_date` is ISO 8601, if announced."""

    model_id: str
    shutdown_date: str | None = None


class TextProvider(Protocol):
    """A vendor of language models. Its methods raise QuartetError and nothing of the vendor's."""

    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def speech(self) -> SpeechProvider | None:
        """What hears and speaks over the same connection, if the vendor does."""
        ...

    def stream(self, request: TextRequest) -> AsyncGenerator[Delta | Completed]:
        """Yield any number of deltas, then exactly one Completed.

        Closing the iterator closes the vendor's connection. A failure after the first delta is
        ProviderInterrupted or ContentRejected.
        """
        ...

    async def models(self) -> Sequence[OfferedModel]:
        """Ask what the vendor offers to our account."""
        ...

    async def aclose(self) -> None: ...


def estimated_usage(provider: str, request: TextRequest, answer: str) -> Usage:
    """Guess what an answer cost when the vendor's counts did not come."""
    texts = [request.instructions, *(part for said in request.messages for part in said.parts)]
    return Usage(
        provider=provider,
        model=request.model,
        input_tokens=sum(estimate_tokens(text) + TOKENS_PER_MESSAGE for text in texts),
        output_tokens=estimate_tokens(answer),
        estimated=True,
    )
