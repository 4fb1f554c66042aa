from typing import Final

MAX_CHARACTERS: Final = 60


def shown_name(name: str, max_characters: int = MAX_CHARACTERS) -> str:
    """A file's name or a title on one line. Nothing in it moves or hides what stands beside it."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
    return line if len(line) <= max_characters else f"{line[: max_characters - 1].rstrip()}…"
