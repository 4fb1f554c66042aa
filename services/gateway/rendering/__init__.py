"""How a model's Markdown looks in Telegram: formatted text, cut into messages. Pure functions, no I/O."""

from services.gateway.rendering.bot_api import from_aiogram, to_aiogram, to_dicts
from services.gateway.rendering.formatted_text import (
    Entity,
    EntityType,
    FormattedText,
    as_code,
    italic,
    quoted,
)
from services.gateway.rendering.live import live_view
from services.gateway.rendering.markdown import render, render_partial
from services.gateway.rendering.splitting import MAX_TEXT_UTF16, cut, split
from services.gateway.rendering.tables import without_tables
from services.gateway.rendering.utf16 import utf16_length

__all__ = [
    "MAX_TEXT_UTF16",
    "Entity",
    "EntityType",
    "FormattedText",
    "as_code",
    "cut",
    "from_aiogram",
    "italic",
    "live_view",
    "quoted",
    "render",
    "render_partial",
    "split",
    "to_aiogram",
    "to_dicts",
    "utf16_length",
    "without_tables",
]
