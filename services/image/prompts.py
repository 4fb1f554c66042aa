from typing import Final

from services.image.styles import PHRASES, Style

MANNER: Final = "Draw it as {}."
CHANGED_MANNER: Final = "Draw the result as {}."
RECOMPOSED: Final = (
    "Recompose this picture for the new format: extend or rearrange the scene so that it fills the whole "
    "frame naturally. Keep its subject, colours, mood and manner of drawing. Add no borders and no text."
)
REDRAWN: Final = "Redraw this picture as {}. Keep its subject and composition."


def prompt_to_draw(words: str, style: Style) -> str:
    """Say what to draw: the user's words, and the manner where one is chosen."""
    return _joined(words, MANNER, style)


def prompt_to_change(words: str, style: Style) -> str:
    """Say what to change of a picture. Without words it is its manner or, without one, its format."""
    if words.strip():
        return _joined(words, CHANGED_MANNER, style)
    return REDRAWN.format(PHRASES[style]) if style in PHRASES else RECOMPOSED


def _joined(words: str, manner: str, style: Style) -> str:
    words = words.strip()
    return f"{words}\n\n{manner.format(PHRASES[style])}" if style in PHRASES else words
