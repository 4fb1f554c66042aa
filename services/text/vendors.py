from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from services.chassis.errors import ModelNotFound
from services.text.asking import Patience, ask
from services.text.providers.base import Capabilities, Completed, Delta, TextProvider, TextRequest


@dataclass(frozen=True, slots=True)
class Answering:
    """Who is asked from now on. It comes before the first Delta, and again when another vendor takes over."""

    provider: str
    model: str
    failed_over: bool = False


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor and the models of it that users may choose, its default first."""

    provider: TextProvider
    model_ids: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.provider.name

    @property
    def default_model(self) -> str:
        return self.model_ids[0]


class Vendors:
    """The vendors of language models, the preferred one first, as if they were one."""

    def __init__(self, vendors: Sequence[Vendor], patience: Patience) -> None:
        self._vendors = tuple(vendors)
        self._patience = patience

    @property
    def capabilities(self) -> Capabilities:
        """What every vendor can do: any of them may have to answer."""
        types = [vendor.provider.capabilities.image_mime_types for vendor in self._vendors]
        return Capabilities(image_mime_types=frozenset.intersection(*types))

    async def ask(self, request: TextRequest) -> AsyncGenerator[Answering | Delta | Completed]:
        """Stream an answer of the request's model; of the default one where it names none.

        Raises QuartetError: ModelNotFound for a model that no vendor lists.
        """
        vendor, model = self._choose(request.model)
        yield Answering(vendor.name, model)
        asked = replace(request, model=model)
        async with aclosing(ask(vendor.provider, asked, self._patience)) as pieces:
            async for piece in pieces:
                yield piece

    async def aclose(self) -> None:
        for vendor in self._vendors:
            await vendor.provider.aclose()

    def _choose(self, model: str) -> tuple[Vendor, str]:
        if not model:
            return self._vendors[0], self._vendors[0].default_model
        for vendor in self._vendors:
            if model in vendor.model_ids:
                return vendor, model
        raise ModelNotFound(metadata={"model": model})
