"""Answers as rich messages, where plain text cannot show what they hold: tables and formulas."""

from services.gateway.rendering.rich.blocks import rich_message

__all__ = ["rich_message"]
