import pytest

from services.image.providers.base import AspectRatio, ImageRequest, InputPicture
from services.image.providers.google.request import config, contents

PICTURE = InputPicture("image/jpeg", b"photo")


def request(aspect_ratio: AspectRatio | None, *pictures: InputPicture) -> ImageRequest:
    return ImageRequest("model", "Make it night", aspect_ratio, "caller", pictures)


def test_pictures_go_before_the_words_about_them() -> None:
    second = InputPicture("image/png", b"drawing")
    [content] = contents(request(None, PICTURE, second))
    *blobs, words = content.parts or []
    sent = [(blob.inline_data.mime_type, blob.inline_data.data) for blob in blobs if blob.inline_data]
    assert sent == [("image/jpeg", b"photo"), ("image/png", b"drawing")]
    assert words.text == "Make it night"


@pytest.mark.parametrize("aspect_ratio", AspectRatio)
def test_the_shape_that_is_asked_for_is_named(aspect_ratio: AspectRatio) -> None:
    image = config(request(aspect_ratio), has_previews=False).image_config
    assert image is not None
    assert image.aspect_ratio == aspect_ratio.value


def test_a_changed_picture_keeps_its_shape_where_none_is_asked_for() -> None:
    assert config(request(None, PICTURE), has_previews=False).image_config is None


def test_thoughts_are_asked_for_only_of_models_that_think() -> None:
    assert config(request(None), has_previews=False).thinking_config is None
    thinking = config(request(None), has_previews=True).thinking_config
    assert thinking is not None
    assert thinking.include_thoughts


def test_one_order_is_one_request_and_no_more() -> None:
    asked = config(request(None), has_previews=False)
    assert asked.automatic_continuation is False
    assert asked.automatic_function_calling is not None
    assert asked.automatic_function_calling.disable
