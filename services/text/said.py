from contextlib import aclosing
from dataclasses import replace
from typing import Self

from services.chassis.errors import ProviderInterrupted
from services.providers.accounting import Account, Spent
from services.providers.vendors import Answering
from services.text.conversation import Usage
from services.text.prices import spent
from services.text.providers.base import Completed, Delta, TextRequest, estimated_usage
from services.text.vendors import LanguageVendors


class Said:
    """What has come of an answer so far, and from whom."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.by = Answering(provider="", model="")

    @classmethod
    async def whole(
        cls, vendors: LanguageVendors, request: TextRequest, account: Account
    ) -> tuple[Self, Completed]:
        """Ask, and wait for the whole answer. Raises QuartetError."""
        said = cls()
        async with account.closing(lambda: said.spent(request)), aclosing(vendors.ask(request)) as pieces:
            async for piece in pieces:
                match piece:
                    case Completed():
                        await account.answered(spent(piece.usage), finish=piece.finish)
                        return said, piece
                    case Answering():
                        said.take_up(piece, account)
                    case Delta():
                        account.began()
                        said.texts.append(piece.text)
        raise ProviderInterrupted(f"{said.by.provider} ended without an end")

    def take_up(self, by: Answering, account: Account) -> None:
        """Another vendor answers from now on."""
        self.by = by
        account.asked(by)

    def spent(self, request: TextRequest) -> Spent | None:
        """What an answer has cost that did not come to its end; nothing is known where none began."""
        return spent(self.estimated_usage(request)) if self.texts else None

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def estimated_usage(self, request: TextRequest) -> Usage:
        return estimated_usage(self.by.provider, replace(request, model=self.by.model), self.text)
