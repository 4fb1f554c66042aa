from services.chassis import errors
from services.chassis.errors import QuartetError
from services.image.providers.base import ImageRequest
from services.providers.google import errors as shared


def translate(error: Exception, request: ImageRequest) -> QuartetError:
    """Turn what came instead of a picture into our error."""
    found = shared.translate(error, model=request.model, is_begun=False)
    if not isinstance(found, errors.InvalidRequest | errors.ContextTooLong):
        return found
    if request.pictures:
        metadata = {**found.metadata, "problem": "broken"}
        return errors.UnsupportedImage(found.message, metadata=metadata)
    return errors.ContentRejected(found.message, metadata=found.metadata)
