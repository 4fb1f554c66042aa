from dataclasses import dataclass, field
from typing import Any, Final

from services.gateway.buttons import Keyboard, keyboard
from services.gateway.menus.trail import Trail
from services.gateway.rendering import utf16_length

LONG_QUOTE: Final = 150
"""Characters: about three lines on a phone."""
Button = tuple[str, str]
"""What it says, and its callback data."""


@dataclass
class Page:
    """A screen as it is drawn: text, marking and buttons."""

    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    rows: list[list[Button]] = field(default_factory=list)

    @property
    def keyboard(self) -> Keyboard | None:
        return keyboard(*self.rows) if self.rows else None

    def write(self, text: str, kind: str = "", *, gap: str = "\n\n") -> None:
        """Adds a passage; `kind` is the type of the entity that marks all of it."""
        self.text += gap if self.text else ""
        if kind:
            self._mark(kind, utf16_length(self.text), text)
        self.text += text

    def quote(self, text: str) -> None:
        """Adds what somebody said; a long one can be unfolded."""
        is_long = len(text) > LONG_QUOTE
        self.write(text, "expandable_blockquote" if is_long else "blockquote", gap="\n")

    def write_stressing(self, text: str, stressed: str, *, gap: str = "\n") -> None:
        """Adds a passage with one of its words in bold, the last one that reads so."""
        self.write(text, gap=gap)
        begin = self.text.rindex(stressed)
        self._mark("bold", utf16_length(self.text[:begin]), stressed)

    def followed_by(self, other: "Page") -> "Page":
        """This page's text above the other page."""
        shift = utf16_length(self.text + "\n\n")
        moved = [{**entity, "offset": entity["offset"] + shift} for entity in other.entities]
        return Page(f"{self.text}\n\n{other.text}", self.entities + moved, other.rows)

    def add_row(self, *buttons: Button) -> None:
        self.rows.append(list(buttons))

    def add_grid(self, buttons: list[Button], *, columns: int) -> None:
        self.rows += [buttons[begin : begin + columns] for begin in range(0, len(buttons), columns)]

    def add_back(self, text: str, trail: Trail) -> None:
        """A way back, where the screen was reached from another one."""
        if trail.back is not None:
            self.add_row((text, trail.back.data()))

    def _mark(self, kind: str, offset: int, text: str) -> None:
        self.entities.append({"type": kind, "offset": offset, "length": utf16_length(text)})
