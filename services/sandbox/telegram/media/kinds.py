from enum import StrEnum


class MediaKind(StrEnum):
    """What a file is sent as; the value is the field of the message that holds it."""

    PHOTO = "photo"
    VOICE = "voice"
    VIDEO_NOTE = "video_note"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"
    ANIMATION = "animation"

    @property
    def has_caption(self) -> bool:
        return self not in (MediaKind.VIDEO_NOTE, MediaKind.STICKER)

    @property
    def can_be_covered(self) -> bool:
        """Whether it may be sent under a spoiler and below its caption."""
        return self in (MediaKind.PHOTO, MediaKind.VIDEO, MediaKind.ANIMATION)

    @property
    def folder(self) -> str:
        """Where the file lies among those that can be downloaded."""
        return _FOLDERS[self]

    @property
    def type_name(self) -> str:
        """The name of the kind in Telegram's refusals."""
        return _TYPE_NAMES.get(self, self.value.capitalize())


_FOLDERS = {
    MediaKind.PHOTO: "photos",
    MediaKind.VOICE: "voice",
    MediaKind.VIDEO_NOTE: "video_notes",
    MediaKind.VIDEO: "videos",
    MediaKind.AUDIO: "music",
    MediaKind.DOCUMENT: "documents",
    MediaKind.STICKER: "stickers",
    MediaKind.ANIMATION: "animations",
}
_TYPE_NAMES = {MediaKind.VOICE: "VoiceNote", MediaKind.VIDEO_NOTE: "VideoNote"}
