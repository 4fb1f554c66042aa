from typing import Final

from services.chassis import errors
from services.chassis.errors import QuartetError
from services.video.providers.runway.errors import PROVIDER

# By how a code begins: https://docs.dev.runwayml.com/errors/task-failures
KINDS: Final = (
    ("SAFETY.", errors.ContentRejected),
    ("INPUT_PREPROCESSING.SAFETY", errors.ContentRejected),
    ("ASSET.", errors.UnsupportedImage),
)


def failure_of(code: str | None) -> QuartetError:
    """Say why a task has failed. None of it may be asked again on its own: it would be another task."""
    named = code or ""
    kind = next((kind for start, kind in KINDS if named.startswith(start)), errors.ProviderInterrupted)
    metadata = {"provider": PROVIDER}
    if kind is errors.UnsupportedImage:
        metadata["problem"] = "broken"
    return kind(f"runway failed: {named[:64] or 'it does not say why'}", metadata=metadata)
