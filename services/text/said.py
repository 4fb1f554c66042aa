from contextlib import aclosing
from dataclasses import replace
from typing import Self

from services.chassis.errors import ProviderInterrupted
from services.providers.vendors import Answering
from services.text.conversation import Usage
from services.text.providers.base import Completed, Delta, TextRequest, estimated_usage
from services.text.vendors import LanguageVendors


class Said:
    """What has come of an answer so far, and from whom."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.by = Answering(provider="", model="")

    @classmethod
    async def whole(cls, vendors: LanguageVendors, request: TextRequest) -> tuple[Self, Completed]:
        """Ask, and wait for the whole answer. Raises QuartetError."""
        said = cls()
        async with aclosing(vendors.ask(request)) as pieces:
            async for piece in pieces:
                match piece:
                    case Completed():
                        return said, piece
                    case Answering():
                        said.by = piece
                    case Delta():
                        said.texts.append(piece.text)
        raise ProviderInterrupted(f"{said.by.provider} ended without an end")

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def estimated_usage(self, request: TextRequest) -> Usage:
        return estimated_usage(self.by.provider, replace(request, model=self.by.model), self.text)
