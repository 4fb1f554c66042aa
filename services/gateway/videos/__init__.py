"""Videos: how they are asked for, what their messages say, and the buttons under them."""

from services.gateway.videos.video import (
    MODEL_FALLBACK,
    Allowance,
    AspectRatio,
    Film,
    Form,
    Job,
    Model,
    Order,
    State,
)

__all__ = [
    "MODEL_FALLBACK",
    "Allowance",
    "AspectRatio",
    "Film",
    "Form",
    "Job",
    "Model",
    "Order",
    "State",
]
