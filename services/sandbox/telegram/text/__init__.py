"""Telegram's rules for message text: parse modes, entities and UTF-16 lengths."""
