from dataclasses import dataclass

from services.gateway.documents.document import PagesRead
from services.gateway.documents.names import shown_name
from services.gateway.documents.sources import NO_CARD
from services.gateway.rendering import FormattedText
from services.gateway.wording import Language, Wording


@dataclass
class Opening:
    """What stands above an answer to whoever brought documents: how far they are read, then what they are."""

    filenames: tuple[str, ...]
    current: int = 0
    """Which of them is being read."""
    pages_read: PagesRead | None = None
    card: FormattedText = NO_CARD
    """Empty until all of them are read."""
    locked_id: str = ""
    """The document whose password is wanted."""

    def text(self, language: Language, wording: Wording) -> FormattedText:
        """What is to be shown now."""
        if self.card.text:
            return self.card
        said = self._reading(shown_name(self.filenames[self.current]), language, wording)
        count = len(self.filenames)
        return FormattedText(f"{self.current + 1}/{count} · {said}" if count > 1 else said)

    def begin(self, index: int) -> None:
        """Another one of the documents is being read."""
        self.current, self.pages_read = index, None

    def _reading(self, name: str, language: Language, wording: Wording) -> str:
        read = self.pages_read
        if read is None or not read.page_count:
            return wording.say("document-reading", language, name=name)
        pages: dict[str, str | int] = {"name": name, "count": read.count, "total": read.page_count}
        if read.is_recognising:
            return wording.say("document-recognising", language, **pages)
        return wording.say("document-reading-pages", language, **pages)
