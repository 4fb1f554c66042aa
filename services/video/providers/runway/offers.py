from typing import Final

from services.video.providers.base import AspectRatio, Offer

MICROS_PER_CREDIT: Final = 10_000
"""A credit is a cent: https://docs.dev.runwayml.com/guides/pricing"""
CENTS: Final = MICROS_PER_CREDIT
WIDE_AND_TALL: Final = (AspectRatio.WIDE, AspectRatio.TALL)
# What the SDK's types allow, and the credits a second of the vendor's price list.
OFFERS: Final = {
    "gen4.5": Offer((5, 8, 10), 5, WIDE_AND_TALL, takes_first_frame=True, cost_micros_per_second=12 * CENTS),
    "gen4_turbo": Offer(
        (5, 10),
        5,
        (*WIDE_AND_TALL, AspectRatio.SQUARE),
        takes_first_frame=True,
        needs_first_frame=True,
        cost_micros_per_second=5 * CENTS,
    ),
    # With sound.
    "veo3.1": Offer((4, 6, 8), 8, WIDE_AND_TALL, takes_first_frame=True, cost_micros_per_second=40 * CENTS),
    "veo3.1_fast": Offer(
        (4, 6, 8), 8, WIDE_AND_TALL, takes_first_frame=True, cost_micros_per_second=15 * CENTS
    ),
}
USUAL: Final = Offer((5,), 5, WIDE_AND_TALL, takes_first_frame=True)
"""Of a model that is younger than this list."""
RATIOS: Final = {
    AspectRatio.WIDE: "1280:720",
    AspectRatio.TALL: "720:1280",
    AspectRatio.SQUARE: "960:960",
}
