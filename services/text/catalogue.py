import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from services.chassis.errors import ModelNotFound, QuartetError
from services.providers.base import OfferedModel
from services.providers.vendor import Health
from services.providers.vendors import preferred
from services.text.prices import Price, price
from services.text.strengths import Strength, strength
from services.text.vendors import LanguageVendor

log = structlog.get_logger()

FRESH_SECONDS: Final = 600.0
ACRONYMS: Final = {"gpt": "GPT"}


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model that users may choose. `shutdown_date` is ISO 8601, empty where no end is announced."""

    model_id: str
    display_name: str
    provider: str
    strength: Strength
    health: Health
    price: Price | None
    shutdown_date: str
    sees_images: bool


class Catalogue:
    """The models that the operator configured, less those that their vendors do not offer.

    `focus_models` are for the focus group alone.
    """

    def __init__(self, vendors: Sequence[LanguageVendor], focus_models: Sequence[str] = ()) -> None:
        self._vendors = tuple(vendors)
        self._focus_models = tuple(focus_models)
        self._offered: dict[str, dict[str, OfferedModel]] = {}
        self._asked_at: float | None = None

    def choose(self, model_id: str, *, is_in_focus_group: bool = False) -> str:
        """Return the model to use: the default for an empty id. Raises ModelNotFound."""
        if model_id and not any(model_id in vendor.model_ids for vendor in self._vendors):
            raise ModelNotFound(metadata={"model": model_id})
        if model_id in self._focus_models and not is_in_focus_group:
            # Chosen while they were in the group.
            model_id = ""
        return model_id or self._default(is_in_focus_group=is_in_focus_group)

    async def list(self, *, is_in_focus_group: bool = False) -> Sequence[ListedModel]:
        """Return the models, best default first. A vendor's silence takes none of its models away."""
        await self._refresh()
        places = [
            (vendor, model_id)
            for vendor in self._vendors
            for model_id in vendor.model_ids
            if model_id == vendor.default_model or self._is_offered(vendor, model_id)
            if is_in_focus_group or model_id not in self._focus_models
        ]
        default = self._default(is_in_focus_group=is_in_focus_group)
        # Those that are switched off come last: the first is what is used unless a user chooses.
        places.sort(key=lambda place: (place[0].is_off(place[1]), place[1] != default))
        return [self._listed(vendor, model_id) for vendor, model_id in places]

    async def check(self) -> None:
        """Warn the operator of configured models that a vendor does not have, or not for long."""
        await self._refresh()
        for vendor in self._vendors:
            for model_id in vendor.model_ids:
                shutdown_date = self._shutdown_date(vendor, model_id)
                if not self._is_offered(vendor, model_id):
                    log.warning("model_not_offered", provider=vendor.name, model=model_id)
                elif shutdown_date:
                    log.warning("model_shuts_down", model=model_id, shutdown_date=shutdown_date)

    def _default(self, *, is_in_focus_group: bool) -> str:
        """The model of those who chose none."""
        on = {
            model_id
            for vendor in self._vendors
            for model_id in vendor.model_ids
            if not vendor.is_off(model_id)
        }
        new = [model_id for model_id in self._focus_models if model_id in on] if is_in_focus_group else []
        return new[0] if new else preferred(self._vendors).default_model

    def _listed(self, vendor: LanguageVendor, model_id: str) -> ListedModel:
        return ListedModel(
            model_id=model_id,
            display_name=_display_name(model_id),
            provider=vendor.name,
            strength=strength(model_id),
            health=vendor.health(model_id),
            price=price(vendor.name, model_id),
            shutdown_date=self._shutdown_date(vendor, model_id),
            sees_images=bool(vendor.provider.capabilities.image_mime_types),
        )

    def _is_offered(self, vendor: LanguageVendor, model_id: str) -> bool:
        offered = self._offered.get(vendor.name)
        return not offered or model_id in offered

    def _shutdown_date(self, vendor: LanguageVendor, model_id: str) -> str:
        offered = self._offered.get(vendor.name, {}).get(model_id)
        return (offered.shutdown_date or "") if offered else ""

    async def _refresh(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._asked_at is not None and now - self._asked_at < FRESH_SECONDS:
            return
        self._asked_at = now
        await asyncio.gather(*map(self._ask, self._vendors))

    async def _ask(self, vendor: LanguageVendor) -> None:
        try:
            models = await vendor.provider.models()
        except QuartetError as error:
            log.warning("models_not_listed", provider=vendor.name, reason=error.reason)
        else:
            self._offered[vendor.name] = {model.model_id: model for model in models}


def _display_name(model_id: str) -> str:
    head, *rest = model_id.rsplit("/", 1)[-1].split("-")
    words = [ACRONYMS.get(head, head.capitalize()), *rest]
    # Versions belong to the family: "GPT-6 Luna".
    if len(words) > 1 and words[0] in ACRONYMS.values() and words[1][:1].isdigit():
        words[:2] = ["-".join(words[:2])]
    return " ".join([words[0], *(word.capitalize() for word in words[1:])])
