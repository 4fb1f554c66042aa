from dataclasses import dataclass
from typing import Self

from services.providers.accounting import Books
from services.text.digests import Digests
from services.text.embeddings import Embeddings
from services.text.image_prompts import ImagePrompts
from services.text.metrics import TextMetrics
from services.text.question import Limits
from services.text.store import ConversationStore
from services.text.titles import Titles
from services.text.vendors import LanguageVendors


@dataclass(frozen=True)
class Errands:
    """What a model is asked beside conversations: one question each, of which nothing is remembered."""

    titles: Titles
    digests: Digests
    image_prompts: ImagePrompts
    embeddings: Embeddings

    @classmethod
    def of(
        cls,
        vendors: LanguageVendors,
        embeddings: Embeddings,
        store: ConversationStore,
        books: Books,
        metrics: TextMetrics,
        limits: Limits,
    ) -> Self:
        return cls(
            titles=Titles(vendors, store, books, metrics),
            digests=Digests(vendors, books, metrics, max_material_characters=limits.max_material_characters),
            image_prompts=ImagePrompts(vendors, books, metrics),
            embeddings=embeddings,
        )
