from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from importlib.metadata import version
from typing import Final

import genai_prices

from services.providers.accounting import Spent
from services.text.conversation import Usage

TOKENS_PER_MILLION: Final = 1_000_000
# A question with some of what was said before, and a page of answer.
TYPICAL_INPUT_TOKENS: Final = 2_000
TYPICAL_OUTPUT_TOKENS: Final = 500
MEDIUM_FROM_USD: Final = Decimal("0.002")
HIGH_FROM_USD: Final = Decimal("0.007")


MICROS: Final = 1_000_000
VERSION: Final = f"genai-prices {version('genai-prices')}"


class PriceClass(StrEnum):
    """What a typical answer costs: below 0.2 US cents, below 0.7, or more."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs, in US dollars per million tokens, and how many tokens it takes in, if known."""

    input_usd: Decimal
    output_usd: Decimal
    context_tokens: int = 0

    @property
    def price_class(self) -> PriceClass:
        answer_usd = self.input_usd * TYPICAL_INPUT_TOKENS + self.output_usd * TYPICAL_OUTPUT_TOKENS
        if answer_usd >= HIGH_FROM_USD * TOKENS_PER_MILLION:
            return PriceClass.HIGH
        return PriceClass.MEDIUM if answer_usd >= MEDIUM_FROM_USD * TOKENS_PER_MILLION else PriceClass.LOW


def price(provider: str, model: str) -> Price | None:
    """Look a model up in the tables that genai-prices brings along; no network. None where it has none.

    Prices that grow with the length of a question are those of the typical one.
    https://github.com/pydantic/genai-prices
    """
    typical = genai_prices.Usage(input_tokens=TYPICAL_INPUT_TOKENS, output_tokens=TYPICAL_OUTPUT_TOKENS)
    try:
        found = genai_prices.calc_price(typical, model, provider_id=provider)
    except LookupError:
        return None
    return Price(
        input_usd=found.input_price * TOKENS_PER_MILLION / TYPICAL_INPUT_TOKENS,
        output_usd=found.output_price * TOKENS_PER_MILLION / TYPICAL_OUTPUT_TOKENS,
        context_tokens=found.model.context_window or 0,
    )


def cost_micros(usage: Usage) -> int | None:
    """Say what an answer cost, in millionths of a US dollar. None where no price is known."""
    counts = genai_prices.Usage(
        input_tokens=usage.input_tokens,
        cache_read_tokens=min(usage.cached_input_tokens, usage.input_tokens),
        output_tokens=usage.output_tokens,
    )
    try:
        found = genai_prices.calc_price(counts, usage.model, provider_id=usage.provider)
    except (LookupError, ValueError):
        # Unknown, or priced by counts that vendors do not tell.
        return None
    return round(found.total_price * MICROS)


def spent(usage: Usage, *, minutes: float = 0.0) -> Spent:
    """Write what an answer, or so many minutes of sound, cost for analysts."""
    return Spent(
        input_tokens=usage.input_tokens,
        cached_input_tokens=usage.cached_input_tokens,
        output_tokens=usage.output_tokens,
        reasoning_tokens=usage.reasoning_tokens,
        unit_count=minutes,
        unit="minute" if minutes else "",
        cost_micros=cost_micros(usage),
        price_version=VERSION,
        estimated=usage.estimated,
    )
