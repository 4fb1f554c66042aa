"""The easel: a message that holds a description of a picture before anything is spent on it."""

from services.gateway.easel.card import Card, card_under, draw_card
from services.gateway.easel.press import EaselPress, EaselVerb, parse_easel_press

__all__ = ["Card", "EaselPress", "EaselVerb", "card_under", "draw_card", "parse_easel_press"]
