"""The vendors of language models, one module each; nothing above this package knows their types."""

from services.text.providers.base import TextProvider
from services.text.settings import TextSettings


def build(settings: TextSettings) -> dict[str, TextProvider]:
    """Return every vendor that is configured, by name, the preferred one first."""
    from services.text.providers.openai.connection import connect  # noqa: PLC0415 - no vendor needs another's SDK

    provider = connect(settings)
    return {provider.name: provider}
