"""Recordings and what they are made into, by a process of their own: nobody trusts a file from outside."""

from services.text.sound.coding import Coder, Sound, UnreadableSound
from services.text.sound.purposes import Purpose

__all__ = ["Coder", "Purpose", "Sound", "UnreadableSound"]
