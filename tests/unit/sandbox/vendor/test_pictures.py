import io

import pytest
from PIL import Image

from services.sandbox.vendor import pictures
from services.sandbox.vendor.pictures import Format
from tests.support import media


@pytest.mark.parametrize("kind", list(Format))
def test_a_file_is_of_the_format_that_was_asked_for(kind: Format) -> None:
    file = pictures.write(Image.new("RGB", (32, 16), "red"), kind, quality=80)
    found = pictures.read(file)
    assert (found.format, found.size) == (kind.upper(), (32, 16))


def test_a_file_is_made_as_large_as_wanted_and_shows_the_same() -> None:
    small = media.png(64, 64)
    large = pictures.padded(small, 500_000)
    assert len(large) == 500_000
    # The strictest reading there is: of every chunk, with its sum.
    Image.open(io.BytesIO(large)).verify()
    assert pictures.read(large).tobytes() == pictures.read(small).tobytes()
    assert pictures.padded(small, 10) == pictures.padded(small, None) == small


def test_previews_become_finer() -> None:
    picture = pictures.read(media.png(256, 128)).convert("RGB")
    colours = [len(pictures.coarse(picture, step).getcolors(100_000) or ()) for step in range(3)]
    assert colours == sorted(set(colours))
    assert all(pictures.coarse(picture, step).size == picture.size for step in range(3))


@pytest.mark.parametrize("data", [b"", b"GIF89a", media.png()[:60], media.wav(0.1)])
def test_what_is_no_picture_is_not_taken_for_one(data: bytes) -> None:
    with pytest.raises(ValueError, match="no picture"):
        pictures.read(data)
