import base64
import binascii
import hashlib
import struct
from typing import Final, NamedTuple

from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.media.kinds import MediaKind

# The first byte of a real file_id is the kind too, so the beginnings look alike: AgAC is a photo.
_KIND_NUMBERS: Final = {
    MediaKind.PHOTO: 2,
    MediaKind.VOICE: 3,
    MediaKind.VIDEO: 4,
    MediaKind.DOCUMENT: 5,
    MediaKind.STICKER: 8,
    MediaKind.AUDIO: 9,
    MediaKind.ANIMATION: 10,
    MediaKind.VIDEO_NOTE: 13,
}
_LAYOUT: Final = struct.Struct(">B5sQB16sB")
_FILLER: Final = b"\x00\x02\x02\x00\x00"
_VERSION: Final = 4
_WRONG: Final = "Wrong remote file identifier specified"


class FileKey(NamedTuple):
    """What a file_id names: a file and, of a photo, one of its sizes."""

    kind: MediaKind
    number: int
    size: int = 0


def file_id_of(key: FileKey) -> str:
    packed = _LAYOUT.pack(
        _KIND_NUMBERS[key.kind], _FILLER, key.number, key.size, _digest(key, b"id", 16), _VERSION
    )
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def unique_id_of(key: FileKey) -> str:
    """The file_unique_id: of no use for downloads, the same in all messages with the file."""
    return "AQAD" + base64.urlsafe_b64encode(_digest(key, b"unique", 9)).decode()


def read_file_id(file_id: str) -> FileKey:
    """The inverse of `file_id_of`; raises ApiError in tdlib's words for what never was one."""
    packed = _decode(file_id)
    if packed[-1] != _VERSION:
        raise bad_request(f"{_WRONG}: can't unserialize it. Wrong last symbol")
    kinds = {number: kind for kind, number in _KIND_NUMBERS.items()}
    if len(packed) != _LAYOUT.size or packed[0] not in kinds:
        raise bad_request(f"{_WRONG}: can't unserialize it")
    number_of_kind, _, number, size, digest, _ = _LAYOUT.unpack(packed)
    key = FileKey(kinds[number_of_kind], number, size)
    if digest != _digest(key, b"id", 16):
        raise bad_request(f"{_WRONG}: can't unserialize it")
    return key


def _decode(file_id: str) -> bytes:
    if len(file_id) % 4 == 1:
        raise bad_request(f"{_WRONG}: Wrong string length")
    try:
        packed = base64.b64decode(file_id + "=" * (-len(file_id) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise bad_request(f"{_WRONG}: Wrong character in the string") from error
    if not packed:
        raise bad_request("Remote file identifier can't be empty")
    return packed


def _digest(key: FileKey, purpose: bytes, size: int) -> bytes:
    text = f"{key.kind.value}:{key.number}:{key.size}".encode()
    return hashlib.blake2b(text, digest_size=size, person=purpose).digest()
