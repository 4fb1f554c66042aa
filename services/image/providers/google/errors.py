from services.chassis import errors
from services.chassis.errors import QuartetError
from services.image.providers.base import ImageRequest
from services.providers.google import errors as shared


def translate(error: Exception, request: ImageRequest) -> QuartetError:
    """Turn what came instead of a picture into our error."""
    found = shared.translate(error, model=request.model, is_begun=False)
    if request.pictures and isinstance(found, errors.InvalidRequest | errors.ContextTooLong):
        return errors.UnsupportedImage(found.message, metadata={**found.metadata, "problem": "broken"})
    if isinstance(found, errors.InvalidRequest):
        # It spoke of a picture where none was sent: of one that this model cannot draw, or not so.
        return errors.ProviderMisconfigured(found.message, metadata=found.metadata)
    return found
