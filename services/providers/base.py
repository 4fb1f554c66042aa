from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar


class Request(Protocol):
    """What a vendor is asked."""

    @property
    def model(self) -> str: ...

    @property
    def image_mime_types(self) -> frozenset[str]:
        """Of the pictures that come along."""
        ...

    def for_model(self, model: str) -> Self:
        """Return the same, asked of another model."""
        ...


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a vendor can do, as data for routing."""

    image_mime_types: frozenset[str] = frozenset()
    """What it can look at."""


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """A model that the vendor serves. `shutdown_date` is ISO 8601, if announced."""

    model_id: str
    shutdown_date: str | None = None


AnyRequest = TypeVar("AnyRequest", bound=Request)
Asked = TypeVar("Asked", bound=Request, contravariant=True)
Piece = TypeVar("Piece", covariant=True)


class Provider(Protocol[Asked, Piece]):
    """A vendor. Its methods raise QuartetError and nothing of the vendor's, and never ask twice."""

    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    def stream(self, request: Asked) -> AsyncGenerator[Piece]:
        """Yield the pieces of an answer. Closing the iterator closes the vendor's connection."""
        ...

    async def models(self) -> Sequence[OfferedModel]:
        """Ask what the vendor offers to our account."""
        ...

    async def aclose(self) -> None: ...
