import secrets
from collections.abc import Sequence
from typing import Final

from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.media.kinds import MediaKind

MAX_ALBUM: Final = 10
_UNMIXED: Final = (MediaKind.DOCUMENT, MediaKind.AUDIO)
_ALBUM_KINDS: Final = (MediaKind.PHOTO, MediaKind.VIDEO, *_UNMIXED)


def new_album_id() -> str:
    """A `media_group_id`: the messages that carry it are shown as one album."""
    return str(secrets.randbelow(9 * 10**16) + 10**16)


def check_album(kinds: Sequence[MediaKind]) -> None:
    """Raises ApiError where these cannot be sent together."""
    if not kinds:
        raise bad_request("there are no messages to send")
    if len(kinds) > MAX_ALBUM:
        raise bad_request("too many messages to send as an album")
    if any(kind not in _ALBUM_KINDS for kind in kinds):
        raise bad_request("can't use the media of the specified type in the album")
    for kind in _UNMIXED:
        if kind in kinds and set(kinds) != {kind}:
            raise bad_request(f"{kind.value} can't be mixed with other media types")
