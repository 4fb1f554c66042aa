import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import tesserocr  # type: ignore[import-untyped]  # no stubs
from PIL import Image

from services.docs.readers.base import Problem, Unreadable
from services.docs.readers.lookalikes import in_one_script
from services.docs.readers.marks import Letters, PixelBox, marked
from services.docs.readers.pdf_layout import tidy

# Where Debian's packages and other systems put the language data.
FOLDERS: Final = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
)
LANGUAGES: Final = ("rus", "eng")
ORIENTATION: Final = "osd"
# Black and white by what is around (Sauvola's method): half of a photo may lie in the shade.
FOR_PHOTOS: Final = {"thresholding_method": "2"}
DOTS_PER_INCH: Final = 250
MAX_SIDE_PIXELS: Final = 4000
SMALL_SIDE_PIXELS: Final = 1800
"""A page of less, as messengers send them, has letters too small to tell apart: it is read enlarged."""
SURE_PERCENT: Final = 60
"""A page that is read with less may lie on its side, or upside down."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What stands on a picture. The words' boxes are in parts of it once it is turned by `degrees`."""

    text: str
    words: tuple[tuple[str, PixelBox], ...]
    sure_percent: int
    degrees: int = 0

    def marked(self, picture: Image.Image, passage: str) -> Image.Image:
        """Return the picture upright, the passage marked where it stands."""
        upright = picture.rotate(self.degrees, expand=True) if self.degrees else picture
        letters = Letters((number, word) for number, (word, _box) in enumerate(self.words))
        boxes = [self.words[number][1] for number in letters.owners(passage)]
        width, height = upright.size
        return marked(
            upright, [(box[0] * width, box[1] * height, box[2] * width, box[3] * height) for box in boxes]
        )


class Recogniser:
    """Reads text off pictures, in Russian and in English."""

    def __init__(self) -> None:
        self._api: tesserocr.PyTessBaseAPI | None = None

    def read(self, picture: Image.Image) -> Recognised:
        """Read a page, whichever way it lies. Raises Unreadable."""
        grey = _legible(picture.convert("L"))
        found = self._read(grey)
        if found.sure_percent < SURE_PERCENT and (degrees := _turned_degrees(grey)):
            turned = self._read(grey.rotate(degrees, expand=True))
            if turned.sure_percent > found.sure_percent:
                return replace(turned, degrees=degrees)
        return found

    def _read(self, grey: Image.Image) -> Recognised:
        api = self._api = self._api or _opened(LANGUAGES, tesserocr.PSM.AUTO)
        api.SetImage(grey)
        api.SetSourceResolution(DOTS_PER_INCH)
        text = tidy("\n".join(map(in_one_script, api.GetUTF8Text().split("\n"))))
        words = tuple(_words(api, grey.size)) if text else ()
        sure_percent = int(api.MeanTextConf())
        api.Clear()
        return Recognised(text, words, sure_percent)


def data_folder() -> Path | None:
    """Where the language data stands; None where it is not installed."""
    named = os.environ.get("TESSDATA_PREFIX")
    folders = [Path(folder) for folder in ((named, *FOLDERS) if named else FOLDERS)]
    return next((folder for folder in folders if any(folder.glob("*.traineddata"))), None)


@contextmanager
def decoding() -> Iterator[None]:
    """What Pillow cannot read is broken; what it does not dare to is too much. Raises Unreadable."""
    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable(Problem.TOO_MUCH_MEMORY) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Unreadable(Problem.BROKEN) from error


def _opened(languages: tuple[str, ...], mode: int) -> tesserocr.PyTessBaseAPI:
    folder = data_folder()
    known = [name for name in languages if folder and (folder / f"{name}.traineddata").exists()]
    if not known:
        raise Unreadable(Problem.OCR_MISSING)
    return tesserocr.PyTessBaseAPI(path=str(folder), lang="+".join(known), psm=mode, variables=FOR_PHOTOS)


def _words(api: tesserocr.PyTessBaseAPI, size: tuple[int, int]) -> Iterator[tuple[str, PixelBox]]:
    width, height = size
    level = tesserocr.RIL.WORD
    for word in tesserocr.iterate_level(api.GetIterator(), level):
        left, top, right, bottom = word.BoundingBox(level)
        yield word.GetUTF8Text(level), (left / width, top / height, right / width, bottom / height)


def _turned_degrees(grey: Image.Image) -> int:
    """By how much a page must be turned to be upright; none where that cannot be told."""
    try:
        api = _opened((ORIENTATION,), tesserocr.PSM.OSD_ONLY)
    except Unreadable:
        return 0
    with api:
        api.SetImage(grey)
        found = api.DetectOrientationScript()
    return int(found["orient_deg"]) if found else 0


def _legible(grey: Image.Image) -> Image.Image:
    longest = max(grey.size)
    if longest > MAX_SIDE_PIXELS:
        grey.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
    elif longest < SMALL_SIDE_PIXELS:
        grey = grey.resize((grey.width * 2, grey.height * 2), Image.Resampling.LANCZOS)
    return grey
