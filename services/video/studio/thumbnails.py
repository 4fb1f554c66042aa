from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageStat

from services.video.studio.film import Problem, UnusableFilm
from services.video.studio.inspecting import opened

# https://core.telegram.org/bots/api#sendvideo
MAX_SIDE_PIXELS: Final = 320
MAX_BYTES: Final = 200_000
QUALITIES: Final = (85, 70, 50, 30)
LOOK_EVERY_SECONDS: Final = 0.25
# Of 255. Films like to begin in the dark.
DARK: Final = 24.0


def write_thumbnail(film: Path, target: Path) -> None:
    """Write a JPEG of the first picture that is not black; of the brightest where all are.

    Raises UnusableFilm, and what FFmpeg raises.
    """
    picture = _telling(film)
    for quality in QUALITIES:
        content = BytesIO()
        picture.save(content, "JPEG", quality=quality)
        if content.tell() <= MAX_BYTES:
            break
    target.write_bytes(content.getvalue())


def _telling(film: Path) -> Image.Image:
    brightest: Image.Image | None = None
    most_light, next_look_seconds = -1.0, 0.0
    with opened(film, "mov") as container:
        for frame in container.decode(video=0):
            at_seconds = frame.time or 0.0
            if at_seconds < next_look_seconds:
                continue
            next_look_seconds = at_seconds + LOOK_EVERY_SECONDS
            picture: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
            picture.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
            light = ImageStat.Stat(picture.convert("L")).mean[0]
            if light > most_light:
                brightest, most_light = picture, light
            if light >= DARK:
                break
    if brightest is None:
        raise UnusableFilm(Problem.BROKEN)
    return brightest
