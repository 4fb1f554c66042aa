import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import tesserocr  # type: ignore[import-untyped]  # no stubs
from PIL import Image

from services.docs.readers.base import Problem, Unreadable

# Where Debian's packages and other systems put the language data.
FOLDERS: Final = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
)
LANGUAGES: Final = ("rus", "eng")
DOTS_PER_INCH: Final = 250
MAX_SIDE_PIXELS: Final = 4000


def data_folder() -> Path | None:
    """Where the language data stands; None where it is not installed."""
    named = os.environ.get("TESSDATA_PREFIX")
    folders = [Path(folder) for folder in ((named, *FOLDERS) if named else FOLDERS)]
    return next((folder for folder in folders if any(folder.glob("*.traineddata"))), None)


class Recogniser:
    """Reads text off pictures, in Russian and in English."""

    def __init__(self) -> None:
        self._api: tesserocr.PyTessBaseAPI | None = None

    def text_on(self, picture: Image.Image) -> str:
        """Return the text on a picture, paragraphs apart by an empty line. Raises Unreadable."""
        api = self._api = self._api or _opened()
        api.SetImage(_prepared(picture))
        api.SetSourceResolution(DOTS_PER_INCH)
        text: str = api.GetUTF8Text()
        api.Clear()
        return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def _opened() -> tesserocr.PyTessBaseAPI:
    folder = data_folder()
    known = [name for name in LANGUAGES if folder and (folder / f"{name}.traineddata").exists()]
    if not known:
        raise Unreadable(Problem.OCR_MISSING)
    return tesserocr.PyTessBaseAPI(path=str(folder), lang="+".join(known), psm=tesserocr.PSM.AUTO)


def _prepared(picture: Image.Image) -> Image.Image:
    grey = picture.convert("L")
    if max(grey.size) > MAX_SIDE_PIXELS:
        grey.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
    return grey


@contextmanager
def decoding() -> Iterator[None]:
    """What Pillow cannot read, or does not dare to, is broken or too large. Raises Unreadable."""
    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable(Problem.TOO_LARGE) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Unreadable(Problem.BROKEN) from error
