from services.text.providers.base import TextProvider
from services.text.settings import TextSettings, TextVendor


def connect(settings: TextSettings) -> dict[str, TextProvider]:
    """Return every vendor that is configured, by name, the preferred one first; nothing is sent yet.

    Raises StartupError.
    """
    return {vendor: _connect(TextVendor(vendor), settings) for vendor in settings.models_by_vendor}


def _connect(vendor: TextVendor, settings: TextSettings) -> TextProvider:
    # No vendor needs another's SDK.
    match vendor:
        case TextVendor.OPENAI:
            from services.text.providers.openai.connection import connect as openai  # noqa: PLC0415

            return openai(
                settings,
                max_streams=settings.text_max_streams,
                voice_timeout_seconds=settings.text_voice_timeout_seconds,
            )
        case TextVendor.GOOGLE:
            from services.text.providers.google.connection import connect as google  # noqa: PLC0415

            return google(
                settings,
                max_streams=settings.text_max_streams,
                voice_timeout_seconds=settings.text_voice_timeout_seconds,
            )
