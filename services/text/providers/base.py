from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol, Self

from services.providers.base import Provider
from services.text.conversation import TOKENS_PER_MESSAGE, Finish, Usage, estimate_tokens
from services.text.providers.embedding import EmbeddingProvider
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

    @property
    def image_mime_types(self) -> frozenset[str]:
        return frozenset(image.mime_type for said in self.messages for image in said.images)

    def for_model(self, model: str) -> Self:
        return replace(self, model=model)


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of the answer, never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Completed:
    """The end of the answer, with the vendor's own counts."""

    finish: Finish
    usage: Usage


class TextProvider(Provider[TextRequest, Delta | Completed], Protocol):
    """A vendor of language models.

    Its streams are any number of deltas, then exactly one Completed. A failure after the first delta is
    ProviderInterrupted or ContentRejected.
    """

    @property
    def speech(self) -> SpeechProvider | None:
        """What hears and speaks over the same connection, if the vendor does."""
        ...

    @property
    def embedding(self) -> EmbeddingProvider | None:
        """What embeds texts over the same connection, if the vendor does."""
        ...


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
