from collections.abc import Sequence
from typing import Final, Self

from services.chassis.errors import InvalidRequest, ModelNotFound, ProviderMisconfigured, Violation
from services.providers.accounting import Books
from services.providers.breaker import BreakerPolicy
from services.providers.patience import Patience
from services.providers.switching import IsOff, nothing_is_off
from services.providers.vendors import Watch
from services.text.chain import Chain, Place
from services.text.metrics import TextMetrics
from services.text.prices import spent
from services.text.providers.base import TextProvider
from services.text.providers.embedding import Embedded, EmbeddingProvider, Purpose, space_of

# Google takes a hundred at once, and texts of about two thousand tokens.
MAX_TEXTS: Final = 96
MAX_CHARACTERS: Final = 4000


class Embeddings:
    """Turns texts into vectors at the first vendor that manages it, or at the one whose space is wanted."""

    def __init__(self, chain: Chain[EmbeddingProvider], books: Books, metrics: TextMetrics) -> None:
        self._chain = chain
        self._books = books
        self._metrics = metrics

    @classmethod
    def of(
        cls,
        providers: Sequence[TextProvider],
        books: Books,
        metrics: TextMetrics,
        *,
        patience: Patience,
        policy: BreakerPolicy,
        watch: Watch,
        is_off: IsOff = nothing_is_off,
    ) -> Self:
        able = [(one.name, one.embedding) for one in providers if one.embedding is not None]
        offers = [(name, embedding.model, embedding) for name, embedding in able]
        chain = Chain(offers, patience=patience, policy=policy, watch=watch, is_off=is_off)
        return cls(chain, books, metrics)

    async def embed(self, texts: Sequence[str], purpose: Purpose, *, space: str) -> tuple[str, Embedded]:
        """Return the space, and the vectors there. Raises QuartetError."""
        if not 1 <= len(texts) <= MAX_TEXTS:
            raise _invalid(f"must be 1 to {MAX_TEXTS}")
        if not all(text.strip() and len(text) <= MAX_CHARACTERS for text in texts):
            raise _invalid(f"must have 1 to {MAX_CHARACTERS} characters each, not all of them spaces")
        account = self._books.account("embed")
        place, embedded = await self._chain.ask(
            self._places(space), lambda embedding: embedding.embed(texts, purpose), account
        )
        await account.answered(spent(embedded.usage))
        self._metrics.used(embedded.usage)
        return space_of(place.vendor, place.model), embedded

    def _places(self, space: str) -> Sequence[Place[EmbeddingProvider]]:
        if not self._chain.places:
            raise ProviderMisconfigured("no vendor has a model to embed with")
        if not space:
            return self._chain.places
        places = [each for each in self._chain.places if space_of(each.vendor, each.model) == space]
        if not places:
            raise ModelNotFound("no vendor embeds into this space", metadata={"model": space})
        return places


def _invalid(description: str) -> InvalidRequest:
    return InvalidRequest(violations=[Violation("texts", description)])
