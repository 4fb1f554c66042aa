from typing import TypeAlias

from services.providers.vendors import Vendors
from services.video.providers.base import Submitted, VideoRequest

VideoVendors: TypeAlias = Vendors[VideoRequest, Submitted]
"""The vendors of video models, as if they were one, for submitting. One takes over from another only where
that one surely has not taken the order."""
