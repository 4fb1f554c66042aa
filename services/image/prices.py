from importlib.metadata import version
from typing import Final

import genai_prices

from services.image.providers.base import Usage
from services.providers.accounting import Spent

MICROS: Final = 1_000_000
VERSION: Final = f"genai-prices {version('genai-prices')}"


def cost_micros(usage: Usage) -> int | None:
    """Say what a picture cost, in millionths of a US dollar, by the tables that genai-prices brings along.

    No network. None where it has no price. https://github.com/pydantic/genai-prices
    """
    counts = genai_prices.Usage(
        input_tokens=usage.input_tokens,
        input_image_tokens=usage.input_image_tokens,
        output_tokens=usage.output_tokens,
        output_image_tokens=usage.output_image_tokens,
    )
    try:
        found = genai_prices.calc_price(counts, usage.model, provider_id=usage.provider)
    except (LookupError, ValueError):
        # Unknown, or priced by counts that vendors do not tell.
        return None
    return round(found.total_price * MICROS)


def spent(usage: Usage) -> Spent:
    """Write what a picture cost for analysts."""
    return Spent(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        unit_count=1,
        unit="picture",
        cost_micros=cost_micros(usage),
        price_version=VERSION,
        estimated=usage.estimated,
    )
