import io

from PIL import Image

from services.video.providers.base import AspectRatio, Offer, VideoRequest


def nearest(durations_seconds: tuple[int, ...], wished_seconds: int) -> int:
    """The length that comes nearest, the longer of two."""
    return min(durations_seconds, key=lambda seconds: (abs(seconds - wished_seconds), -seconds))


def nearest_ratio(request: VideoRequest, offer: Offer) -> AspectRatio:
    """The format that is wished, or that of the first frame, as near as the model has it."""
    wished = request.aspect_ratio
    if wished is None and request.first_frame is not None:
        with Image.open(io.BytesIO(request.first_frame.content)) as picture:
            proportion = picture.width / picture.height
        return min(offer.aspect_ratios, key=lambda ratio: abs(_proportion(ratio) - proportion))
    return wished if wished in offer.aspect_ratios else offer.aspect_ratios[0]


def _proportion(ratio: AspectRatio) -> float:
    width, _, height = ratio.partition(":")
    return int(width) / int(height)
