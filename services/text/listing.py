from collections.abc import Sequence
from typing import Final

from quartet.text.v1 import text_service_pb2 as pb

from services.providers.vendor import Health
from services.text.catalogue import ListedModel
from services.text.prices import PriceClass
from services.text.strengths import Strength

STRENGTHS: Final = {
    Strength.EVERYDAY: pb.MODEL_STRENGTH_EVERYDAY,
    Strength.SPEED: pb.MODEL_STRENGTH_SPEED,
    Strength.DEPTH: pb.MODEL_STRENGTH_DEPTH,
}
PRICE_CLASSES: Final = {
    PriceClass.LOW: pb.PRICE_CLASS_LOW,
    PriceClass.MEDIUM: pb.PRICE_CLASS_MEDIUM,
    PriceClass.HIGH: pb.PRICE_CLASS_HIGH,
}
HEALTHS: Final = {
    Health.AVAILABLE: pb.MODEL_HEALTH_AVAILABLE,
    Health.DEGRADED: pb.MODEL_HEALTH_DEGRADED,
    Health.UNAVAILABLE: pb.MODEL_HEALTH_UNAVAILABLE,
}


def listing(models: Sequence[ListedModel]) -> pb.ListModelsResponse:
    """Put the catalogue on the wire."""
    return pb.ListModelsResponse(models=map(_model, models))


def _model(model: ListedModel) -> pb.Model:
    listed = pb.Model(
        model_id=model.model_id,
        display_name=model.display_name,
        provider=model.provider,
        strength=STRENGTHS[model.strength],
        health=HEALTHS[model.health],
        shutdown_date=model.shutdown_date,
        sees_images=model.sees_images,
    )
    if model.price is not None:
        listed.price_class = PRICE_CLASSES[model.price.price_class]
        listed.input_price_usd = float(model.price.input_usd)
        listed.output_price_usd = float(model.price.output_usd)
        listed.context_token_count = model.price.context_tokens
    return listed
