"""Files with real bytes: kept, measured, and described as Telegram describes them."""
