from services.image.providers.base import ImageProvider
from services.image.settings import ImageSettings, ImageVendor


def connect(settings: ImageSettings) -> dict[str, ImageProvider]:
    """Return every vendor that is configured, by name, the preferred one first; nothing is sent yet.

    Raises StartupError.
    """
    return {vendor: _connect(ImageVendor(vendor), settings) for vendor in settings.models_by_vendor}


def _connect(vendor: ImageVendor, settings: ImageSettings) -> ImageProvider:
    # No vendor needs another's SDK.
    match vendor:
        case ImageVendor.OPENAI:
            from services.image.providers.openai.connection import connect as openai  # noqa: PLC0415

            return openai(settings, max_requests=settings.image_max_drawings)
        case ImageVendor.GOOGLE:
            from services.image.providers.google.connection import connect as google  # noqa: PLC0415

            return google(settings, max_requests=settings.image_max_drawings)
