import re
from typing import Final

from services.gateway.pictures.order import Picture

MAX_WORDS_CHARACTERS: Final = 40
_EXTENSIONS: Final = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}
_NO_WORD: Final = re.compile(r"[\W_]+")


def file_name(picture: Picture) -> str:
    """What a picture is called as a file: the beginning of its prompt, its number, its kind."""
    words = _NO_WORD.sub(" ", picture.prompt).strip()[:MAX_WORDS_CHARACTERS].strip()
    extension = _EXTENSIONS.get(picture.mime_type, "bin")
    return f"{words or 'picture'} {picture.version.number}.{extension}"
