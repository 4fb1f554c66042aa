"""Draws pictures, changes them, and keeps every version of them."""
