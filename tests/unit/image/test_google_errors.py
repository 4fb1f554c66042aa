import pytest
from google.genai.errors import ClientError

from services.chassis import errors
from services.image.providers.base import AspectRatio, ImageRequest, InputPicture
from services.image.providers.google.errors import translate

WORDS = ImageRequest("model", "A cat", AspectRatio.SQUARE, "caller")
CHANGE = ImageRequest("model", "Make it night", None, "caller", (InputPicture("image/png", b"photo"),))
BAD_PICTURE = "Unable to process input image. Please retry or report"
BAD_MODEL = "This model does not support the requested response modalities: image,text"
TOO_LARGE = "Request payload size exceeds the limit: 20971520 bytes."


def answered(message: str) -> ClientError:
    body = {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": message}}
    return ClientError(400, body, None)


@pytest.mark.parametrize("message", [BAD_PICTURE, TOO_LARGE])
def test_a_picture_that_the_vendor_does_not_take_is_the_users(message: str) -> None:
    error = translate(answered(message), CHANGE)
    assert isinstance(error, errors.UnsupportedImage)
    assert error.metadata == {"provider": "google", "model": "model", "problem": "broken"}
    assert message not in str(error)


def test_nobodys_picture_is_to_blame_where_none_was_sent() -> None:
    assert isinstance(translate(answered(BAD_MODEL), WORDS), errors.ProviderMisconfigured)


def test_a_model_that_does_not_think_is_an_operators_mistake() -> None:
    refused = answered("Thinking is not enabled for this model")
    assert isinstance(translate(refused, CHANGE), errors.ProviderMisconfigured)
