from typing import Final

from services.video.providers.base import AspectRatio, Offer

# What the SDK's response format names; the vendor publishes no price per second that could be told before.
USUAL: Final = Offer((4, 6, 8), 6, (AspectRatio.WIDE, AspectRatio.TALL), takes_first_frame=True)
