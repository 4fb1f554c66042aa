import asyncio
from collections.abc import Sequence
from typing import Final

from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]  # no stubs

from services.docs.readers.base import Page

SAMPLE_CHARACTERS: Final = 8000
LEAST_CHARACTERS: Final = 20
LEAST_CONFIDENCE: Final = 0.6


class Languages:
    """Tells the language of a document. Its model is loaded when it is first needed: that takes a second."""

    def __init__(self) -> None:
        self._loading: asyncio.Task[LanguageIdentifier] | None = None

    async def of(self, pages: Sequence[Page]) -> str:
        """Return a code of ISO 639-1, which is one of BCP 47; empty where it cannot be told."""
        sample = _sample(pages)
        if sum(sign.isalpha() for sign in sample) < LEAST_CHARACTERS:
            return ""
        if self._loading is None:
            self._loading = asyncio.create_task(asyncio.to_thread(_load))
        model = await asyncio.shield(self._loading)
        language, confidence = await asyncio.to_thread(model.classify, sample)
        return str(language) if confidence >= LEAST_CONFIDENCE else ""


def _sample(pages: Sequence[Page]) -> str:
    """Some of the text, also from the middle: a beginning may be a cover in another language."""
    said = [page.text for page in pages if page.text.strip()]
    middle = "\n".join(said[len(said) // 2 :])[: SAMPLE_CHARACTERS // 2]
    return f"{chr(10).join(said)[: SAMPLE_CHARACTERS // 2]}\n{middle}" if len(said) > 1 else middle


def _load() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
