from typing import Any

from services.gateway.pictures import AspectRatio, Picture, Style, Version

BOT_ID = 1234567890
CHAT_ID = -1001234567890
SERIES = f"{BOT_ID}.{CHAT_ID}.2147483647.1893456000"


def a_picture(**changes: Any) -> Picture:
    """A picture of a long series in a large group: its buttons are as long as they get."""
    facts: dict[str, Any] = {
        "picture_id": "1234567890.-1001234567890.987654321.0123456789",
        "version": Version(SERIES, 12),
        "version_count": 15,
        "parent_number": 0,
        "prompt": "рыжий кот в скафандре",
        "style": Style.ANY,
        "aspect_ratio": AspectRatio.SQUARE,
        "is_edited": False,
        "mime_type": "image/jpeg",
        "original_mime_type": "image/png",
        "width_pixels": 1024,
        "height_pixels": 1024,
        "size_bytes": 3,
        "model": "gpt-image-2.6-flare",
        "content": b"...",
    }
    return Picture(**(facts | changes))
