from typing import Final

from services.video.providers.base import AspectRatio, Offer

# Between the 3 and 10 seconds that all models of the family take, and the same as Runway's: who takes over
# makes what was ordered. The vendor publishes no price per second that could be told before.
USUAL: Final = Offer((5, 8, 10), 5, (AspectRatio.WIDE, AspectRatio.TALL), takes_first_frame=True)
