import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from services.chassis.errors import ModelNotFound, QuartetError
from services.text.providers.base import OfferedModel, TextProvider

log = structlog.get_logger()

FRESH_SECONDS: Final = 600.0
ACRONYMS: Final = {"gpt": "GPT"}


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model that users may choose."""

    model_id: str
    display_name: str
    provider: str


class Catalogue:
    """The models that the operator configured, less those that the vendor does not offer."""

    def __init__(self, provider: TextProvider, model_ids: Sequence[str]) -> None:
        self._provider = provider
        self._model_ids = tuple(model_ids)
        self._offered: dict[str, OfferedModel] = {}
        self._asked_at: float | None = None

    def choose(self, model_id: str) -> str:
        """Return the model to use: the default for an empty id. Raises ModelNotFound."""
        if model_id and model_id not in self._model_ids:
            raise ModelNotFound(metadata={"model": model_id})
        return model_id or self._model_ids[0]

    async def list(self) -> Sequence[ListedModel]:
        """Return the models, best default first. The vendor's silence takes none away."""
        await self._refresh()
        default, *others = self._model_ids
        kept = [default, *(other for other in others if not self._offered or other in self._offered)]
        return [ListedModel(model_id, _display_name(model_id), self._provider.name) for model_id in kept]

    async def check(self) -> None:
        """Warn the operator of configured models that the vendor does not have, or not for long."""
        await self._refresh()
        for model_id in self._model_ids if self._offered else ():
            offered = self._offered.get(model_id)
            if offered is None:
                log.warning("model_not_offered", provider=self._provider.name, model=model_id)
            elif offered.shutdown_date:
                log.warning("model_shuts_down", model=model_id, shutdown_date=offered.shutdown_date)

    async def _refresh(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._asked_at is not None and now - self._asked_at < FRESH_SECONDS:
            return
        self._asked_at = now
        try:
            self._offered = {model.model_id: model for model in await self._provider.models()}
        except QuartetError as error:
            log.warning("models_not_listed", provider=self._provider.name, reason=error.reason)


def _display_name(model_id: str) -> str:
    head, *rest = model_id.rsplit("/", 1)[-1].split("-")
    words = [ACRONYMS.get(head, head.capitalize()), *rest]
    # Versions belong to the family: "GPT-6 Luna".
    if len(words) > 1 and words[1][:1].isdigit():
        words[:2] = ["-".join(words[:2])]
    return " ".join([words[0], *(word.capitalize() for word in words[1:])])
