import re
from typing import Final

import httpx2
import openai

from services.chassis import errors
from services.chassis.errors import QuartetError
from services.image.providers.base import ImageRequest
from services.providers.openai import errors as shared

# Says that the words are to blame, where no code says more.
USERS_ERROR: Final = "image_generation_user_error"
BAD_PICTURE: Final = re.compile(r"(?!image_generation)\w*image\w*")
# Who reads the stream without the SDK meets the errors of the connection itself.
FAILURES: Final = (*shared.FAILURES, httpx2.HTTPError, httpx2.StreamError)


def translate(error: Exception, request: ImageRequest) -> QuartetError:
    """Turn what came instead of a picture into our error."""
    found = shared.translate(error, model=request.model, is_begun=False)
    kind = _kind(error, found, has_pictures=bool(request.pictures))
    if kind is errors.UnsupportedImage:
        return kind(found.message, metadata={**found.metadata, "problem": "broken"})
    return kind(found.message, metadata=found.metadata, retry_after_seconds=found.retry_after_seconds)


def _kind(error: Exception, found: QuartetError, *, has_pictures: bool) -> type[QuartetError]:
    """Say what it means where pictures are drawn."""
    if isinstance(found, errors.InvalidRequest):
        code = getattr(error, "code", None) or ""
        if BAD_PICTURE.fullmatch(code):
            return errors.UnsupportedImage
        is_users_error = USERS_ERROR in (code, getattr(error, "type", None))
        return errors.ContentRejected if is_users_error else errors.ProviderUnavailable
    if has_pictures and isinstance(error, openai.APIStatusError):
        is_about_pictures = error.status_code == 413 or (error.param or "").startswith("image")
        if is_about_pictures and isinstance(found, errors.ProviderMisconfigured | errors.ContextTooLong):
            return errors.UnsupportedImage
    return type(found)
