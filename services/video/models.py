from collections.abc import Mapping
from dataclasses import dataclass

from services.video.order import Terms
from services.video.providers.base import Offer, VideoProvider


@dataclass(frozen=True, slots=True)
class Model:
    """A model that users may choose, and what it can be asked for."""

    provider: str
    model: str
    offer: Offer


def models_of(
    providers: Mapping[str, VideoProvider], model_ids: Mapping[str, tuple[str, ...]]
) -> tuple[Model, ...]:
    """List what is configured, the preferred vendor's default first."""
    return tuple(
        Model(name, model, provider.offers[model])
        for name, provider in providers.items()
        for model in model_ids[name]
    )


def terms_of(models: tuple[Model, ...], *, max_prompt_characters: int) -> Terms:
    """What may be ordered of them. Of two vendors with a model of the same name the preferred one counts."""
    offers = {found.model: found.offer for found in reversed(models)}
    return Terms({found.model: offers[found.model] for found in models}, max_prompt_characters)
