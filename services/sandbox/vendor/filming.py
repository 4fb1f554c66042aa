import math
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
from PIL import Image, ImageDraw

from services.sandbox.vendor.drawing import Drawing, draw

FRAMES_PER_SECOND: Final = 8
BALL_SIDE: Final = 0.08
BALL_COLOUR: Final = (255, 225, 120)
MARK: Final = "sandbox"


@dataclass(frozen=True)
class Film:
    """What is filmed: words on a scene of their own, or on a picture where there is one."""

    words: str
    width: int
    height: int
    seconds: int
    seed: bytes
    first_frame: Image.Image | None = None
    mark: str = MARK


def shoot(film: Film) -> bytes:
    """Return an MP4 that plays everywhere: H.264, yuv420p, its index in front. Something moves in it."""
    sources = (film.first_frame,) if film.first_frame is not None else ()
    scene = draw(Drawing(film.words, film.mark, film.width, film.height, film.seed, sources))
    # A file of the disk: the index is moved to the front by reading it again.
    with tempfile.TemporaryDirectory(prefix="sandbox-film-") as folder:
        path = Path(folder) / "film.mp4"
        _encode(film, scene, path)
        return path.read_bytes()


def _encode(film: Film, scene: Image.Image, path: Path) -> None:
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as file:
        stream = file.add_stream("libx264", rate=FRAMES_PER_SECOND)
        stream.width, stream.height, stream.pix_fmt = film.width, film.height, "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "30", "tune": "stillimage"}
        count = film.seconds * FRAMES_PER_SECOND
        for number in range(count):
            frame = av.VideoFrame.from_image(_frame(scene, number / count))  # type: ignore[no-untyped-call]
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def _frame(scene: Image.Image, progress: float) -> Image.Image:
    """The scene with a ball on its way across."""
    frame = scene.copy()
    side = min(frame.size) * BALL_SIDE
    x = side + (frame.width - 2 * side) * progress
    y = frame.height * (0.25 + 0.1 * math.sin(progress * math.tau))
    ImageDraw.Draw(frame).ellipse((x - side / 2, y - side / 2, x + side / 2, y + side / 2), fill=BALL_COLOUR)
    return frame
